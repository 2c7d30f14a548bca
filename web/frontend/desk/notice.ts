// The bar under the desk's top line: what happened, in one sentence.

import { element, part, show } from "./parts";
import { say } from "../words";

type Tone = "plain" | "good" | "bad";

let fading: ReturnType<typeof setTimeout> | undefined;

export function notice(words: string, tone: Tone = "plain", lasting = false): void {
  const bar = part("notice");
  clearTimeout(fading);
  bar.dataset.tone = tone;
  const close = element("button", "notice-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", say("Close"));
  close.addEventListener("click", () => show(bar, false));
  bar.replaceChildren(element("span", "", words), close);
  show(bar, true);
  if (!lasting) fading = setTimeout(() => show(bar, false), 12_000);
}
