// The bar under the desk's top line: what happened, in one sentence.

import { element, part, show } from "./parts";
import { say } from "../words";

type Tone = "plain" | "good" | "bad";

let fading: ReturnType<typeof setTimeout> | undefined;
let passing: () => void = () => undefined; // takes away what is shown, unless it lasts

interface Way {
  words: string;
  url: string;
}

// `way` is a link that opens beside the desk, never in its place. What comes back takes the notice away, unless another
// has taken its place.
export function notice(words: string, tone: Tone = "plain", lasting = false, way?: Way): () => void {
  const bar = part("notice");
  clearTimeout(fading);
  bar.dataset.tone = tone;
  const close = element("button", "notice-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", say("Close"));
  close.addEventListener("click", () => show(bar, false));
  const text = element("span", "", words);
  if (way) {
    const link = element("a", "", way.words);
    link.href = way.url;
    link.target = "_blank";
    text.append(" ", link);
  }
  bar.replaceChildren(text, close);
  show(bar, true);
  const takeBack = () => text.isConnected && show(bar, false);
  passing = lasting ? () => undefined : takeBack;
  if (!lasting) fading = setTimeout(takeBack, 12_000);
  return takeBack;
}

// Another call begins: what was said of the one before goes.
export function forgetPassing(): void {
  passing();
}
