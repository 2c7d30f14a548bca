// Between calls: why nothing rings.

import { say } from "../words";
import { part, show, write } from "./parts";
import type { DeskState } from "./server";

export function drawBeforeShift(state: DeskState, here: boolean): void {
  const elsewhere = state.shift !== null && !here;
  const hint = elsewhere
    ? say("Your shift runs at another place. Starting here moves the phone to this page.")
    : say("Calls come only after you press Ready.");
  write(part("shift-hint"), hint);
}

export function drawIdle(state: DeskState, signedOut: boolean): void {
  const talkOver = signedOut && state.state === "wrap_up";
  show(part("idle-sign-in"), talkOver);
  if (talkOver) fill(say("The talk is over"), say("How it ended is written down after you sign in again. What you typed is kept."));
  else if (state.state !== "paused") fill(say("Waiting for a call"), say("It rings here; F2 answers."));
  else fill(say("Paused"), state.reason === "shift_begins" ? say("Press Ready to take calls.") : state.reason_text);
}

// Cards that were begun and not registered may be more or fewer by now.
export function lookForBegun(): void {
  const begun = document.querySelector('[data-part="begun"]');
  if (begun) window.htmx.trigger(begun, "look");
}

function fill(title: string, words: string): void {
  write(part("idle-title"), title);
  write(part("idle-words"), words);
}
