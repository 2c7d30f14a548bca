// Operators on a shift, grouped by what they do; the age of each state as a bar that warms.

import { clock, element, part, show, write } from "../desk/parts";
import { say } from "../words";
import { journal, nameOf, number, secondsSince, secondsUntil, timeOf, wordOf } from "./figures";
import type { AgentFigures, Figures, QueueFigures } from "./figures";
import { drawSigns } from "./signs";

const GROUPS = ["talking", "hold", "consulting", "ringing", "dialling", "wrap_up", "ready", "paused"];
const LONG: Record<string, number> = { talking: 600, hold: 120, consulting: 180, ringing: 20, dialling: 40, wrap_up: 60, paused: 1800 }; // seconds

const rows = new Map<number, HTMLTableRowElement>();
const heads = new Map<string, HTMLTableRowElement>();
let shown: AgentFigures[] = [];
let queues = new Map<string, QueueFigures>();
let day = "";
let opened: (agent: number) => void = () => undefined;

export function prepareAgents(whenOpened: (agent: number) => void): void {
  opened = whenOpened;
}

export const agentOf = (id: number): AgentFigures | undefined => shown.find((agent) => agent.id === id);

export function queueWords(queue: string | null): string {
  const known = queue ? queues.get(queue) : undefined;
  return known ? nameOf(known) : (queue ?? "");
}

export function drawAgents(figures: Figures): void {
  shown = figures.agents;
  queues = new Map(figures.queues.map((queue) => [queue.queue, queue]));
  day = figures.day.slice(0, 10);
  const wanted: HTMLTableRowElement[] = [];
  for (const state of [...GROUPS, ...new Set(shown.map((agent) => agent.state).filter((state) => !GROUPS.includes(state)))]) {
    const group = shown.filter((agent) => agent.state === state).sort((one, other) => Date.parse(one.since) - Date.parse(other.since));
    if (group.length) wanted.push(headOf(state, group.length), ...group.map(rowOf));
  }
  place(part("agents"), wanted);
  write(part("agents-number"), String(shown.length));
  show(part("no-agents"), shown.length === 0);
  show(part("agents").closest<HTMLElement>(".table-frame")!, shown.length > 0);
  drawCrowded(figures);
  tickAgents();
}

// A live region: drawn anew only when it says something else.
function drawCrowded(figures: Figures): void {
  const said = figures.crowded.map(({ team, on_shift }) => say("Team “{team}”: {n} operators on a shift, more than {most} for one leader", { team, n: on_shift, most: figures.most_a_leader }));
  const host = part("crowded");
  if (host.dataset.said === said.join("\n")) return;
  host.dataset.said = said.join("\n");
  host.replaceChildren(...said.map((words) => element("li", "badge badge-warn", words)));
  show(host, said.length > 0);
}

// Rows stay the same elements, so that whoever stands on one with the keyboard stays there.
function place(host: HTMLElement, wanted: HTMLElement[]): void {
  const focused = document.activeElement;
  wanted.forEach((row, at) => {
    if (host.children[at] !== row) host.insertBefore(row, host.children[at] ?? null);
  });
  while (host.children.length > wanted.length) host.lastElementChild?.remove();
  if (focused instanceof HTMLElement && focused !== document.activeElement && host.contains(focused)) focused.focus({ preventScroll: true });
}

function headOf(state: string, size: number): HTMLTableRowElement {
  const row = heads.get(state) ?? element("tr", "board-group");
  heads.set(state, row);
  if (!row.firstChild) {
    const cell = element("th");
    cell.colSpan = 6;
    cell.scope = "rowgroup";
    const mark = element("span", "state-mark");
    mark.dataset.state = state;
    mark.setAttribute("aria-hidden", "true");
    const count = element("span", "quiet figure");
    count.dataset.part = "size";
    cell.append(mark, element("span", "", wordOf("states", state)), " ", count);
    row.append(cell);
  }
  write(part("size", row), String(size));
  return row;
}

function rowOf(agent: AgentFigures): HTMLTableRowElement {
  const row = rows.get(agent.id) ?? emptyRow(agent.id);
  rows.set(agent.id, row);
  row.dataset.state = agent.state;
  write(part("agent-name", row), agent.name);
  write(part("agent-about", row), aboutOf(agent));
  drawSigns(part("agent-signs", row), agent);
  write(part("agent-queue", row), queueWords(agent.queue));
  write(part("agent-team", row), agent.team ?? "–");
  write(part("agent-languages", row), agent.languages.join(" ") || "–");
  const talks = part<HTMLAnchorElement>("agent-talks", row);
  write(talks, number(agent.talks));
  talks.href = journal({ operator: String(agent.id), since: day });
  const beside = part("agent-beside", row);
  write(beside, agent.beside.map((each) => `${each.name}: ${wordOf("modes", each.mode)}`).join(", "));
  show(beside, agent.beside.length > 0);
  return row;
}

function aboutOf(agent: AgentFigures): string {
  const asked = agent.pause_after ? say("then a pause: {reason}", { reason: wordOf("reasons", agent.pause_after) }) : "";
  return [reasonOf(agent), asked].filter(Boolean).join(" · ");
}

// A pause says until when it should last, and since when it is over its time.
function reasonOf(agent: AgentFigures): string {
  const reason = wordOf("reasons", agent.reason);
  if (!agent.due_at || agent.state !== "paused") return reason;
  const told = { reason, time: timeOf(agent.due_at) };
  return secondsUntil(agent.due_at) > 0 ? say("{reason}, until {time}", told) : say("{reason}: over since {time}", told);
}

// How much of its time a state has used up: a pause of its reason's, a wrap-up of its queue's, the others of what is usual.
function shareOf(agent: AgentFigures): number {
  const age = secondsSince(agent.since);
  const usual = LONG[agent.state] ?? 0;
  const lasts = agent.due_at ? (Date.parse(agent.due_at) - Date.parse(agent.since)) / 1000 : usual;
  return lasts > 0 ? age / lasts : 0;
}

function emptyRow(id: number): HTMLTableRowElement {
  const row = element("tr");
  row.dataset.agent = String(id);
  const name = element("th");
  name.scope = "row";
  const open = element("button", "board-agent");
  open.type = "button";
  open.append(named("span", "agent-name"));
  open.addEventListener("click", () => opened(id));
  row.addEventListener("click", (event) => {
    if (!(event.target as HTMLElement).closest("a, button")) opened(id);
  });
  name.append(open, named("small", "agent-about"), named("small", "agent-beside"), signsPlace());
  const age = element("td", "board-age");
  const meter = element("span", "board-meter");
  meter.setAttribute("aria-hidden", "true");
  meter.append(named("span", "age-bar"));
  age.append(named("span", "age", "figure"), meter);
  const talks = element("td", "right wide-only");
  talks.append(named("a", "agent-talks", "figure"));
  row.append(name, age, cell("agent-queue"), cell("agent-team"), cell("agent-languages"), talks);
  return row;
}

function signsPlace(): HTMLElement {
  const made = element("ul", "board-signs");
  made.dataset.part = "agent-signs";
  made.setAttribute("aria-label", say("Signs of life"));
  return made;
}

function cell(name: string): HTMLTableCellElement {
  const made = element("td", "wide-only");
  made.dataset.part = name;
  return made;
}

function named(tag: "span" | "small" | "a", name: string, className = ""): HTMLElement {
  const made = element(tag, className);
  made.dataset.part = name;
  return made;
}

export function tickAgents(): void {
  for (const agent of shown) {
    const row = rows.get(agent.id);
    if (!row) continue;
    const age = secondsSince(agent.since);
    write(part("age", row), clock(age));
    const share = shareOf(agent);
    if (agent.due_at) write(part("agent-about", row), aboutOf(agent));
    row.dataset.heat = share > 1 ? "bad" : share > 0.5 ? "warn" : "good";
    part("age-bar", row).style.width = `${Math.min(100, share * 100)}%`;
  }
}
