// The board on a television: one queue after the other, readable from three metres; nobody touches it.
import "./board.css";
import "./wall.css";

import { firstFigures, nameOf, number, percent, secondsSince, setClock, timeOf } from "./board/figures";
import type { Figures, QueueFigures } from "./board/figures";
import { follow } from "./board/told";
import { clock, element, part, show, write } from "./desk/parts";
import { listen } from "./live";
import { say } from "./words";

const TURNS = 12_000; // ms for each queue
const OLD = 5; // seconds

let figures = firstFigures();
let freshAt = figures.at;
let turn = 0;

function take(told: Figures): void {
  figures = told;
  draw();
}

function showAge(at: string): void {
  freshAt = at;
  setClock(at);
  tick();
}

function draw(): void {
  const queue = figures.queues[turn % Math.max(1, figures.queues.length)];
  show(part("queue"), queue !== undefined);
  show(part("no-queues"), queue === undefined);
  if (queue) drawQueue(queue);
  const state = (...states: string[]): string => number(figures.agents.filter((agent) => states.includes(agent.state)).length);
  write(part("ready"), state("ready"));
  write(part("talking"), state("talking", "hold", "consulting"));
  write(part("wrap-up"), state("wrap_up"));
  write(part("paused"), state("paused"));
  write(part("channels"), `${number(figures.channels.used)} / ${number(figures.channels.capacity)}`);
  write(part("owed"), number(figures.owed));
  part("turns").replaceChildren(...figures.queues.map((each) => place(each, each === queue)));
  tick();
}

function drawQueue(queue: QueueFigures): void {
  write(part("queue-name"), nameOf(queue));
  write(part("waiting"), number(queue.waiting));
  write(part("level"), percent(queue.levels[0] ?? null));
  write(part("level-of"), say("answered within {t} s", { t: queue.target }));
  write(part("offered"), number(queue.offered));
  write(part("answered"), number(queue.answered));
  write(part("abandoned"), number(queue.abandoned));
}

// The other queues stay in sight, with their callers.
function place(queue: QueueFigures, shown: boolean): HTMLElement {
  const made = element("li", shown ? "is-shown" : "");
  made.append(element("span", "", nameOf(queue)), element("strong", queue.waiting ? "figure has-waiting" : "figure", number(queue.waiting)));
  return made;
}

function tick(): void {
  write(part("clock"), timeOf(Date.now()));
  const queue = figures.queues[turn % Math.max(1, figures.queues.length)];
  if (queue) {
    const waited = queue.longest_since ? secondsSince(queue.longest_since) : 0;
    write(part("longest"), queue.longest_since ? clock(waited) : "–");
    part("queue").dataset.heat = waited > queue.target ? "bad" : waited > queue.target / 2 ? "warn" : "good";
  }
  const age = Math.round(secondsSince(freshAt));
  const { linked, since } = figures.asterisk;
  const lost = linked === false && since ? say("Asterisk not reachable since {time}", { time: timeOf(since) }) : "";
  const old = age > OLD ? say("figures {time} old", { time: clock(age) }) : "";
  write(part("trouble"), [lost, old].filter(Boolean).join(" · "));
  show(part("trouble"), lost !== "" || old !== "");
}

const told = follow(figures, { draw: take, fresh: showAge });
const ask = (): Promise<void> => told.ask().catch(() => undefined);
listen("/board/live", {
  heard: (news) => void told.heard(news),
  poll: ask,
  linked: (up) => up && void ask(),
  sleeps: () => true,
});
setInterval(tick, 1000);
setInterval(() => {
  turn += 1;
  draw();
}, TURNS);
part("full").addEventListener("click", () => void document.documentElement.requestFullscreen().catch(() => undefined));
