// The board's figures as the server tells them, and the words of their codes.

import { language, say } from "../words";

export interface QueueFigures {
  queue: string;
  name: Record<string, string>;
  waiting: number;
  longest_since: string | null;
  offered: number;
  answered: number;
  abandoned: number;
  flowed_out: number;
  owed: number;
  levels: (number | null)[]; // A, B, C, D
  target: number; // seconds
  short: number;
  parts: Record<string, [offered: number, inTime: number]>; // by half-hour of the day
}

export interface Beside {
  person: number;
  name: string;
  mode: string;
}

export interface AgentFigures {
  id: number;
  name: string;
  state: string;
  reason: string | null;
  since: string;
  call: string | null;
  queue: string | null;
  pause_after: string | null;
  due_at: string | null; // when a pause or a wrap-up should be over
  page_silent_since: string | null;
  phone: boolean;
  queues_joined: number; // in which Asterisk has them
  queues_wanted: number;
  talks: number;
  team: string | null;
  languages: string[];
  beside: Beside[];
}

export interface Figures {
  kind: "figures";
  at: string;
  day: string;
  zone: string; // the organisation's, in which its pages tell times
  asterisk: { linked: boolean | null; since: string | null };
  channels: { used: number; capacity: number };
  trunks: { trunk: string; used: number; room: number | null }[]; // of all organisations
  owed: number;
  recordings: { waiting: number; oldest: string | null; failed: number };
  queues: QueueFigures[];
  agents: AgentFigures[];
  crowded: { team: string; on_shift: number }[]; // teams too many for their leaders
  most_a_leader: number;
}

type Words = Record<"states" | "reasons" | "modes" | "purposes" | "outcomes", Record<string, string>>;

const host = (): HTMLElement => document.querySelector<HTMLElement>("[data-board]")!;

export const firstFigures = (): Figures => JSON.parse(host().dataset.figures ?? "") as Figures;

const words: Words = JSON.parse(host().dataset.words ?? "{}") as Words;

export function wordOf(kind: keyof Words, code: string | null): string {
  return code === null ? "" : (words[kind][code] ?? code);
}

export function nameOf(queue: QueueFigures): string {
  return queue.name[language] ?? Object.values(queue.name)[0] ?? queue.queue;
}

const percentage = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const whole = new Intl.NumberFormat(language);

export const percent = (share: number | null): string => (share === null ? "–" : percentage.format(share));
export const number = (value: number | null): string => (value === null ? "–" : whole.format(value));

const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: firstFigures().zone });
export const timeOf = (at: string | number): string => hour.format(new Date(at));

let skew = 0; // ms our clock is ahead of the server's

export function setClock(serverTime: string): void {
  skew = Date.now() - Date.parse(serverTime);
}

export const secondsSince = (at: string): number => Math.max(0, (Date.now() - skew - Date.parse(at)) / 1000);

export const secondsUntil = (at: string): number => Math.max(0, (Date.parse(at) - (Date.now() - skew)) / 1000);

// The journal's rows behind a number.
export function journal(filters: Record<string, string>): string {
  return `/calls?${new URLSearchParams(filters).toString()}`;
}

export function levelWords(queue: QueueFigures): string {
  const [a, b, c, d] = queue.levels.map(percent);
  return say("Service level: A {a}, B {b}, C {c}, D {d}; T {t} s, S {s} s", {
    a: a ?? "–", b: b ?? "–", c: c ?? "–", d: d ?? "–", t: queue.target, s: queue.short,
  });
}
