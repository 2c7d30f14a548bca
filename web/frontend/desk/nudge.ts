// What is over its time is said once: a soft tone, and words for a screen reader. It stays seen where it stands.

import { nudgeTone } from "../phone/sounds";
import { announce } from "../page";

const SAID = "holos.nudged";

// `what` names the pause or the wrap-up, so that a reload does not say it again.
export function nudgeOnce(what: string, words: string): void {
  if (sessionStorage.getItem(SAID) === what) return;
  sessionStorage.setItem(SAID, what);
  nudgeTone();
  announce(words);
}
