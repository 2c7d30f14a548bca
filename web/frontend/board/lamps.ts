// How old the figures are, whether the exchange is there, and the sums over all queues.

import { clock, element, part, show, write } from "../desk/parts";
import { say } from "../words";
import { number, secondsSince, setClock, timeOf } from "./figures";
import type { Figures } from "./figures";

const OLD = 5; // seconds

let freshAt = "";
let figures: Figures | null = null;

export function showAge(at: string): void {
  freshAt = at;
  setClock(at);
  tickLamps();
}

export function drawLamps(told: Figures): void {
  figures = told;
  const { channels, recordings } = told;
  write(part("sum-waiting"), number(told.queues.reduce((sum, queue) => sum + queue.waiting, 0)));
  write(part("channels"), ofAll(channels.used, channels.capacity));
  fill(part("channels-bar"), channels.used, channels.capacity);
  show(part("trunks-box"), told.trunks.length > 0);
  part("trunks").replaceChildren(...told.trunks.map(trunkRow));
  write(part("owed"), number(told.owed));
  const failed = recordings.failed ? say("{waiting} · {failed} failed", { waiting: recordings.waiting, failed: recordings.failed }) : number(recordings.waiting);
  write(part("recordings"), failed);
}

const ofAll = (used: number, room: number | null): string => (room === null ? number(used) : `${number(used)} / ${number(room)}`);

function fill(bar: HTMLElement, used: number, room: number): void {
  const share = used / Math.max(1, room);
  bar.style.width = `${Math.min(100, share * 100)}%`;
  bar.dataset.heat = share > 0.9 ? "bad" : share > 0.7 ? "warn" : "good";
}

// A trunk whose number of channels nobody has set shows only how many are in use.
function trunkRow({ trunk, used, room }: Figures["trunks"][number]): HTMLElement {
  const made = element("li");
  made.append(element("span", "quiet", trunk), element("span", "figure", ofAll(used, room)));
  if (room !== null) {
    const meter = element("span", "board-meter");
    meter.ariaHidden = "true";
    meter.append(element("span"));
    fill(meter.firstElementChild as HTMLElement, used, room);
    made.append(meter);
  }
  return made;
}

export function tickLamps(): void {
  if (!freshAt) return;
  const age = Math.round(secondsSince(freshAt));
  lamp("freshness", age > OLD ? "lost" : "on", age < 60 ? say("figures {n} s old", { n: age }) : say("figures {time} old", { time: clock(age) }));
  if (!figures) return;
  const { linked, since } = figures.asterisk;
  if (linked) lamp("asterisk", "on", say("exchange reached"));
  else if (linked === false && since) lamp("asterisk", "lost", say("Asterisk not reachable since {time}", { time: timeOf(since) }));
  else lamp("asterisk", "wait", say("not known whether the exchange is reached"));
}

function lamp(name: string, state: "on" | "lost" | "wait", words: string): void {
  part(name).dataset.lamp = state;
  write(part(`${name}-words`), words);
}
