// A card for each queue: who waits, the longest wait against the target, the day in figures and as a sparkline.

import { clock, element, part, show, write } from "../desk/parts";
import { say } from "../words";
import { journal, levelWords, nameOf, number, percent, secondsSince } from "./figures";
import type { Figures, QueueFigures } from "./figures";

const SVG = "http://www.w3.org/2000/svg";
const HALF_HOURS = 48;
const HEIGHT = 28;

const cards = new Map<string, HTMLElement>();
let shown: QueueFigures[] = [];

export function drawCards(figures: Figures): void {
  shown = figures.queues;
  const host = part("cards");
  const wanted = figures.queues.map((queue) => {
    const card = cards.get(queue.queue) ?? emptyCard(queue);
    cards.set(queue.queue, card);
    fill(card, queue, figures.day);
    return card;
  });
  if (wanted.length !== host.children.length || wanted.some((card, place) => host.children[place] !== card)) host.replaceChildren(...wanted);
  show(part("no-queues"), wanted.length === 0);
  tickCards();
}

export function tickCards(): void {
  for (const queue of shown) {
    const card = cards.get(queue.queue);
    if (!card) continue;
    const waited = queue.longest_since ? secondsSince(queue.longest_since) : 0;
    write(part("longest", card), queue.longest_since ? clock(waited) : "–");
    const bar = part("wait-bar", card);
    bar.style.width = `${Math.min(100, (waited / Math.max(1, queue.target)) * 100)}%`;
    card.dataset.heat = waited > queue.target ? "bad" : waited > queue.target / 2 ? "warn" : "good";
  }
}

function emptyCard(queue: QueueFigures): HTMLElement {
  const card = element("article", "board-card");
  card.dataset.queue = queue.queue;
  const head = element("h3", "board-card-name");
  head.dataset.part = "name";
  const now = element("div", "board-card-now");
  now.append(link("waiting", "board-card-waiting"), element("span", "quiet", say("waiting")), figure("longest", say("longest wait")));
  const bar = element("div", "board-meter");
  const filled = element("span");
  filled.dataset.part = "wait-bar";
  bar.append(filled);
  bar.setAttribute("aria-hidden", "true");
  const day = element("dl", "board-card-day");
  for (const [name, words] of [
    ["offered", say("offered calls")],
    ["answered", say("answered calls")],
    ["abandoned", say("gave up")],
    ["owed", say("calls owed")],
  ] as const) {
    const pair = element("div");
    const value = element("dd");
    value.append(link(name, "figure"));
    pair.append(element("dt", "", words), value);
    day.append(pair);
  }
  const levels = element("div", "board-card-levels");
  levels.dataset.part = "levels";
  const spark = document.createElementNS(SVG, "svg");
  spark.classList.add("board-spark");
  spark.setAttribute("data-part", "spark");
  spark.setAttribute("role", "img");
  spark.setAttribute("viewBox", `0 0 ${HALF_HOURS * 4} ${HEIGHT}`);
  spark.setAttribute("preserveAspectRatio", "none");
  card.append(head, now, bar, levels, spark, day);
  return card;
}

function link(name: string, className: string): HTMLAnchorElement {
  const made = element("a", className);
  made.dataset.part = name;
  return made;
}

function figure(name: string, words: string): HTMLElement {
  const box = element("span", "board-card-longest");
  const value = element("span", "figure");
  value.dataset.part = name;
  box.append(element("span", "quiet", `${words} `), value);
  return box;
}

function fill(card: HTMLElement, queue: QueueFigures, day: string): void {
  const since = day.slice(0, 10);
  write(part("name", card), nameOf(queue));
  const to = (name: string, value: number | null, filters: Record<string, string>): void => {
    const place = part<HTMLAnchorElement>(name, card);
    write(place, number(value));
    place.href = journal({ visited: queue.queue, ...filters });
  };
  to("waiting", queue.waiting, { visit: "waiting" });
  to("offered", queue.offered, { since });
  to("answered", queue.answered, { since, visit: "answered" });
  to("abandoned", queue.abandoned, { since, visit: "abandoned" });
  const owed = part<HTMLAnchorElement>("owed", card);
  write(owed, number(queue.owed));
  owed.href = `/callbacks?${new URLSearchParams({ queue: queue.queue }).toString()}`;
  card.classList.toggle("has-waiting", queue.waiting > 0);
  drawLevels(part("levels", card), queue);
  drawSpark(part("spark", card), queue);
}

function drawLevels(host: HTMLElement, queue: QueueFigures): void {
  const words = levelWords(queue);
  if (host.getAttribute("aria-label") === words) return;
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", words);
  host.replaceChildren(
    ...["A", "B", "C", "D"].map((letter, place) => {
      const level = element("span", "board-level");
      level.append(element("b", "", letter), element("span", "figure", percent(queue.levels[place] ?? null)));
      return level;
    }),
    element("span", "quiet board-level-of", say("T {t} s · S {s} s", { t: queue.target, s: queue.short })),
  );
}

// What came in each half-hour, and what of it was answered in time.
function drawSpark(host: Element, queue: QueueFigures): void {
  const key = JSON.stringify(queue.parts);
  if (host.getAttribute("data-key") === key) return;
  host.setAttribute("data-key", key);
  host.setAttribute("aria-label", say("Offered by half-hours of the day, and of them answered within the target"));
  const most = Math.max(1, ...Object.values(queue.parts).map(([offered]) => offered));
  const bars = Object.entries(queue.parts).flatMap(([place, [offered, inTime]]) => [
    bar(Number(place), offered / most, "spark-offered"),
    bar(Number(place), inTime / most, "spark-in-time"),
  ]);
  host.replaceChildren(...bars);
}

function bar(place: number, share: number, className: string): SVGElement {
  const made = document.createElementNS(SVG, "rect");
  const height = share * HEIGHT;
  made.setAttribute("class", className);
  for (const [name, value] of Object.entries({ x: place * 4, y: HEIGHT - height, width: 3, height })) made.setAttribute(name, String(value));
  return made;
}
