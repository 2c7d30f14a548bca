// The session under an open desk: a running call outlives it, and the desk goes on once somebody signs in beside it.

import { SIGNED_IN } from "../page";
import { say } from "../words";
import { notice } from "./notice";
import { Patience } from "./patience";

let ended = false;
const patience = new Patience();

export const signedOut = (): boolean => ended;

export const nextLook = (): number => patience.wait();

export function sessionEnded(): void {
  if (ended) return;
  ended = true;
  const words = say("Your session has ended; a running call goes on. After signing in this page goes on by itself.");
  notice(words, "bad", true, { words: say("Sign in in another tab"), url: "/sign-in?next=/me" });
}

export function signedInAgain(): void {
  ended = false;
  patience.succeeded();
  document.getElementById("session-ended")?.remove();
  notice(say("You are signed in again."), "good");
}

// Somebody signed in beside the desk, or looks at it again: whether the session is back is asked at once.
export function followSession(look: () => void): void {
  const seen = () => ended && document.visibilityState === "visible" && look();
  window.addEventListener("focus", seen);
  document.addEventListener("visibilitychange", seen);
  new BroadcastChannel(SIGNED_IN).addEventListener("message", () => ended && look());
  document.addEventListener("click", openBeside, true);
}

// Whoever offers to sign in again does it beside the desk: leaving the page would end the call.
function openBeside(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("#session-ended a") : null;
  if (link) link.target = "_blank";
}
