// The desk's top line: my state, the queues at a glance, my day, the phone's lamp.

import { nudgeOnce } from "./nudge";
import { clock, element, part, show, write } from "./parts";
import type { DeskState, QueueGlance } from "./server";
import { drawSigns, tickSigns } from "./signs";
import { say } from "../words";

let state: DeskState | null = null;
let skew = 0; // ms our clock is ahead of the server's

export const serverNow = (): number => Date.now() - skew;

export function drawTop(fresh: DeskState): void {
  if (fresh.now !== state?.now) skew = Date.now() - Date.parse(fresh.now);
  state = fresh;
  const box = part("state");
  box.dataset.state = fresh.state;
  part("state-text").textContent === fresh.state_text || write(part("state-text"), fresh.state_text);
  drawReason();
  const onShift = fresh.shift !== null;
  drawReady(fresh, onShift);
  drawSigns(fresh, serverNow());
  show(part("pause-menu"), onShift && fresh.state !== "paused" && !fresh.pause_after);
  show(part("end-shift"), onShift && ["ready", "paused"].includes(fresh.state));
  const after = part("pause-after");
  show(after, fresh.pause_after !== null);
  if (fresh.pause_after) writeShort("pause-after", say("Pause after this call: {reason}", { reason: fresh.pause_after }));
  write(part("day-calls"), String(fresh.today.calls));
  write(part("day-talk"), clock(fresh.today.talk));
  write(part("day-wrap-up"), clock(fresh.today.wrap_up));
  drawQueues(fresh.queues);
}

// The line has one row: what does not fit there is told whole to whoever points at it.
function writeShort(name: string, text: string): void {
  write(part(name), text);
  part(name).title = text;
}

// A pause says until when it should last; once that is past, it reminds of it, aloud once.
function drawReason(): void {
  if (!state) return;
  const due = state.due_at ? new Date(state.due_at) : null;
  const over = due !== null && due.getTime() < serverNow();
  part("state").toggleAttribute("data-overdue", over);
  const time = due?.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) ?? "";
  const told = { reason: state.reason_text, time };
  writeShort("state-reason", due === null ? state.reason_text : over ? say("{reason}: over since {time}", told) : say("{reason}, until {time}", told));
  if (over) nudgeOnce(`pause ${state.since}`, say("Your pause is over since {time}: {reason}", told));
}

export const readyWaits = (): string | null => (state?.state === "paused" && state.wrap_up?.ready_waits) || null;

// Grey where pressing it would be refused, and then it says what it waits for.
function drawReady(fresh: DeskState, onShift: boolean): void {
  const busy = ["ringing", "dialling", "talking", "hold", "consulting", "wrap_up"].includes(fresh.state);
  const button = part("ready");
  show(button, onShift && (fresh.state === "paused" || (busy && fresh.pause_after !== null)));
  write(part("ready-words"), busy ? say("No pause after all") : say("Ready"));
  const waits = readyWaits();
  button.setAttribute("aria-disabled", String(waits !== null));
  button.title = waits ?? "";
  show(part("ready-waits"), onShift && waits !== null);
  if (waits) {
    writeShort("ready-waits", waits);
    button.setAttribute("aria-describedby", "ready-waits");
  } else {
    button.removeAttribute("aria-describedby");
  }
}

export function drawQueues(queues: QueueGlance[]): void {
  if (state) state.queues = queues;
  const mine = queues.filter((queue) => queue.mine);
  write(part("waiting"), String(mine.reduce((sum, queue) => sum + queue.waiting, 0)));
  part("queues").replaceChildren(...mine.map(queueLine));
  if (mine.length === 0) part("queues").append(element("li", "quiet", say("You are in no queue. A supervisor can add you.")));
  tickTop();
}

function queueLine(queue: QueueGlance): HTMLElement {
  const line = element("li", queue.waiting ? "queue-line has-waiting" : "queue-line");
  line.append(element("span", "queue-name", queue.name));
  const longest = element("span", "figure queue-longest");
  longest.dataset.since = queue.longest_since ?? "";
  line.append(longest, element("strong", "figure queue-waiting", String(queue.waiting)));
  return line;
}

// Once a second: only what a clock changes.
export function tickTop(): void {
  if (!state) return;
  const now = serverNow();
  drawReason();
  tickSigns(now);
  write(part("state-clock"), state.since ? clock((now - Date.parse(state.since)) / 1000) : "");
  const since = state.queues.filter((queue) => queue.mine && queue.longest_since).map((queue) => Date.parse(queue.longest_since ?? ""));
  const longest = since.length ? Math.min(...since) : null;
  write(part("longest"), longest === null ? "–" : clock((now - longest) / 1000));
  for (const each of document.querySelectorAll<HTMLElement>(".queue-longest")) {
    write(each, each.dataset.since ? clock((now - Date.parse(each.dataset.since)) / 1000) : "");
  }
}

export function drawPhoneLamp(lamp: "off" | "wait" | "on" | "lost", words: string): void {
  part("phone-lamp").dataset.lamp = lamp;
  write(part("phone-words"), words);
}
