// Keeps sensitive data out of the recording. The desk shows a pause only when the exchange has confirmed it.
import "./recording.css";

import { inCall } from "./call";
import { notice } from "./notice";
import { clock, part, show, write } from "./parts";
import { post, Refused } from "./server";
import type { DeskState } from "./server";
import { serverNow } from "./top";
import { say } from "../words";

const CONFIRMED_WITHIN = 5000; // ms

let call: string | null = null;
let since: string | null = null;
let asked: { paused: boolean; sent: boolean; late: ReturnType<typeof setTimeout> } | null = null;
let take: (fresh: DeskState) => void = () => undefined;

export function prepareRecording(taken: (fresh: DeskState) => void): void {
  take = taken;
  document.querySelector('[data-part="pause-recording"]')?.addEventListener("click", () => void toggleRecording());
}

export function drawRecording(state: DeskState): void {
  const talking = state.state === "talking" || state.state === "hold";
  const was = since;
  const same = call === state.call;
  call = talking ? state.call : null;
  since = state.recording_paused_since;
  if (asked && (asked.paused === (since !== null) || !inCall())) settled();
  else if (!asked && same && call && was && !since) notice(say("The recording goes on: the pause was as long as it may be."));
  draw();
  void send();
}

export async function toggleRecording(): Promise<void> {
  if (!inCall() || asked || !document.querySelector('[data-part="pause-recording"]')) return;
  const paused = since === null;
  asked = { paused, sent: false, late: setTimeout(() => failed(paused), CONFIRMED_WITHIN) };
  draw();
  await send();
}

// In a talk's first moment the server has not heard of the answer yet: the wish waits for it.
async function send(): Promise<void> {
  if (!asked || asked.sent || !call) return;
  const mine = asked;
  mine.sent = true;
  try {
    take(await post("/desk/recording", { call, paused: String(mine.paused) }));
  } catch (error) {
    if (asked === mine && !(error instanceof Refused && error.status === 401)) failed(mine.paused);
  }
}

function failed(paused: boolean): void {
  settled();
  notice(paused ? say("The recording was not paused: what is said is kept. Try again.") : say("The recording did not go on. Try again."), "bad", true);
  draw();
}

function settled(): void {
  clearTimeout(asked?.late);
  asked = null;
}

function draw(): void {
  show(part("recording-paused"), since !== null);
  const key = document.querySelector('[data-part="pause-recording"]');
  key?.setAttribute("aria-pressed", String(since !== null));
  key?.setAttribute("aria-busy", String(asked !== null));
  tickRecording();
}

export function tickRecording(): void {
  if (since) write(part("recording-clock"), clock((serverNow() - Date.parse(since)) / 1000));
}
