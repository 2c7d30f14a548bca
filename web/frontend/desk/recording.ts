// Keeps sensitive data out of the recording. The desk shows a pause only when the exchange has confirmed it.
import "./recording.css";

import { inCall } from "./call";
import { notice } from "./notice";
import { clock, part, show, write } from "./parts";
import { post, Refused } from "./server";
import type { DeskState } from "./server";
import { serverNow } from "./top";
import { csrf } from "../page";
import { say } from "../words";

const CONFIRMED_WITHIN = 5000; // ms
const SENSITIVE = "[data-sensitive]";

let call: string | null = null;
let another = false; // a colleague asks about their caller: the recording is that of the colleague's talk
let since: string | null = null;
let asked: { paused: boolean; sent: boolean; late: ReturnType<typeof setTimeout> } | null = null;
let byField = false; // this pause is a sensitive field's, and ends with its focus
let overruled = false; // the agent or the limit let the recording go on while such a field has the focus
let take: (fresh: DeskState) => void = () => undefined;

export function prepareRecording(taken: (fresh: DeskState) => void): void {
  take = taken;
  key()?.addEventListener("click", () => void toggleRecording());
  for (const moved of ["focusin", "focusout"]) document.addEventListener(moved, () => setTimeout(followFocus));
  for (const turned of ["focus", "blur"]) window.addEventListener(turned, followFocus);
  window.addEventListener("pagehide", leave);
}

const key = (): HTMLElement | null => document.querySelector('[data-part="pause-recording"]');
const offered = (): boolean => inCall() && !another && key() !== null;

// Whatever took the focus away, be it a click, another window or a card painted anew: what counts is where it is now.
function followFocus(): void {
  const sensitive = document.hasFocus() && document.activeElement?.matches(SENSITIVE) === true;
  if (!sensitive) overruled = false;
  if (asked || !offered()) return;
  if (sensitive && since === null && !overruled) {
    byField = true;
    void ask(true);
  } else if (!sensitive && since !== null && byField) {
    void ask(false);
  }
}

// What was written off the record goes with the talk.
function forget(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-forgotten]")) field.value = "";
}

// The page goes: its pause must not stay behind it.
function leave(): void {
  if (!byField || (since === null && !asked?.paused) || !call) return;
  const headers = { "X-CSRF-Token": csrf(), "X-Requested-With": "desk" };
  void fetch("/desk/recording", { method: "POST", keepalive: true, headers, body: new URLSearchParams({ call, paused: "false" }) });
}

export function drawRecording(state: DeskState): void {
  const talking = state.state === "talking" || state.state === "hold";
  another = state.caller_hears !== null;
  const was = since;
  const same = call === state.call;
  call = talking ? state.call : null;
  if (!call) forget();
  since = state.recording_paused_since;
  if (asked && (asked.paused === (since !== null) || !inCall())) settled();
  else if (!asked && same && call && was && !since) {
    overruled = true;
    notice(say("The recording goes on: the pause was as long as it may be."));
  }
  if (since === null && !asked) byField = false;
  draw();
  void send();
  followFocus();
}

export async function toggleRecording(): Promise<void> {
  if (asked || !offered()) return;
  byField = false;
  overruled = since !== null;
  await ask(since === null);
}

async function ask(paused: boolean): Promise<void> {
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
  overruled = paused; // not asked again and again while the field has the focus: it is said, and F3 tries again
  notice(paused ? say("The recording was not paused: what is said is kept. Try again.") : say("The recording did not go on. Try again."), "bad", true);
  draw();
}

function settled(): void {
  clearTimeout(asked?.late);
  asked = null;
}

function draw(): void {
  show(part("recording-paused"), since !== null);
  for (const each of document.querySelectorAll<HTMLElement>('[data-part="pause-recording"], [data-part="off-record"]')) show(each, !another);
  key()?.setAttribute("aria-pressed", String(since !== null));
  key()?.setAttribute("aria-busy", String(asked !== null));
  tickRecording();
}

export function tickRecording(): void {
  followFocus();
  if (since) write(part("recording-clock"), clock((serverNow() - Date.parse(since)) / 1000));
}
