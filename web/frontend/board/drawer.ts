// One operator's panel: listen, whisper, barge; take over; message; pause and end of the shift.

import { clock, isTyping, part, show, write } from "../desk/parts";
import { post, Refused } from "../desk/server";
import type { News } from "../live";
import { announce, notice } from "../page";
import { say } from "../words";
import { agentOf, queueWords } from "./agents";
import { begin, changeMode, NotPossible, prepareBeside, present, reread, stop, told } from "./beside";
import { secondsSince, secondsUntil, timeOf, wordOf } from "./figures";
import type { AgentFigures } from "./figures";
import { drawSigns } from "./signs";

const IN_TALK = ["talking", "hold"];
const MODES = ["listen", "whisper", "barge"];

let open: number | null = null;
let message: { id: number; agent: number } | null = null;
let opener: HTMLElement | null = null;
let choosing = false; // what was chosen last is on its way

const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>('[data-part="drawer-listen"]');
const maybe = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-part="${name}"]`);

export function prepareDrawer(): void {
  prepareBeside(besideChanged);
  part("drawer-close").addEventListener("click", close);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-mode]")) button.addEventListener("click", () => void choose(button.dataset.mode ?? ""));
  maybe("drawer-stop")?.addEventListener("click", stop);
  maybe("take-over")?.addEventListener("click", () => void choose("take_over"));
  form()?.addEventListener("change", () => show(part("drawer-note"), purpose() === "other"));
  form()?.addEventListener("submit", (event) => event.preventDefault());
  maybe("drawer-direct")?.addEventListener("change", () => show(part("direct-note"), cause() === "other"));
  maybe("drawer-message")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  maybe("force-pause")?.addEventListener("click", () => void deed("pause", say("The operator is paused, or will be after the call."), ""));
  maybe("sign-out")?.addEventListener("click", () => void deed("sign-out", say("The shift ends, or will end after the call."), say("End this operator's shift?")));
  document.addEventListener("keydown", keys);
}

function keys(event: KeyboardEvent): void {
  if (open === null || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  if (event.key === "Escape") close();
  else if (event.key === "0") stop();
  else if (MODES[Number(event.key) - 1]) void choose(MODES[Number(event.key) - 1] ?? "");
}

export function openDrawer(agent: number): void {
  opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  open = agent;
  show(part("drawer"), true);
  problem("");
  forgetCause();
  drawDrawer();
  part("drawer").focus({ preventScroll: true });
}

function close(): void {
  open = null;
  show(part("drawer"), false);
  opener?.focus();
}

export function drawDrawer(): void {
  const beside = present();
  for (const row of document.querySelectorAll<HTMLElement>("tr[data-agent]")) {
    row.classList.toggle("is-open", Number(row.dataset.agent) === open);
    row.classList.toggle("is-beside", beside !== null && Number(row.dataset.agent) === beside.agent);
  }
  if (open === null) return;
  const agent = agentOf(open);
  if (!agent) {
    write(part("drawer-state"), say("no longer on a shift"));
    enable(false);
    return;
  }
  write(part("drawer-name"), agent.name);
  write(part("drawer-state"), [wordOf("states", agent.state), wordOf("reasons", agent.reason), queueWords(agent.queue)].filter(Boolean).join(" · "));
  drawSigns(part("drawer-signs"), agent);
  show(part("drawer-call"), agent.call !== null);
  if (agent.call) part<HTMLAnchorElement>("drawer-call-link").href = `/calls/${agent.call}`;
  drawHeard(agent);
  drawModes(agent);
  tickDrawer();
}

function drawHeard(agent: AgentFigures): void {
  const words = agent.beside.map((each) => `${each.name}: ${wordOf("modes", each.mode)}`).join(", ");
  write(part("drawer-heard"), words);
  show(part("drawer-heard"), words !== "");
}

function drawModes(agent: AgentFigures): void {
  const beside = present();
  const here = beside?.agent === agent.id;
  enable(IN_TALK.includes(agent.state));
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-mode]")) {
    button.setAttribute("aria-pressed", String(here && beside.mode === button.dataset.mode));
  }
  const stopButton = maybe("drawer-stop");
  if (stopButton) show(stopButton, here);
}

function enable(inTalk: boolean): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-mode], [data-part="take-over"]')) button.disabled = !inTalk || choosing;
}

export function tickDrawer(): void {
  const beside = present();
  const words = maybe("drawer-beside");
  if (words) {
    const here = beside !== null && beside.agent === open;
    show(words, here);
    if (here) write(words, besideWords(beside.mode, beside.started, secondsUntil(beside.until)));
  }
  const agent = open === null ? undefined : agentOf(open);
  if (agent) write(part("drawer-age"), clock(secondsSince(agent.since)));
}

function besideWords(mode: string, started: boolean, left: number): string {
  if (!started) return say("Your phone is being connected");
  const time = clock(left);
  switch (mode) {
    case "whisper":
      return say("The operator hears you, the caller does not. {time} left", { time });
    case "barge":
      return say("Both hear you. {time} left", { time });
    case "take_over":
      return say("You talk with the caller.");
    default:
      return say("You hear both; nobody hears you. {time} left", { time });
  }
}

const cause = (): string => part("drawer-direct").querySelector<HTMLInputElement>("[name=cause]:checked")?.value ?? "";

function forgetCause(): void {
  const direct = maybe("drawer-direct");
  if (!direct) return;
  for (const each of direct.querySelectorAll<HTMLInputElement>("[name=cause]")) each.checked = false;
  part("direct-note").querySelector<HTMLInputElement>("input")!.value = "";
  for (const name of ["direct-note", "direct-problem"]) show(part(name), false);
}

// What the operator is directed for; null when it has not been said, and the place to say it has the focus.
function why(): { cause: string; note: string } | null {
  const note = part("direct-note").querySelector<HTMLInputElement>("input")!;
  const said = cause() !== "" && (cause() !== "other" || note.value.trim() !== "");
  write(part("direct-problem"), said ? "" : say("Say first what for."));
  show(part("direct-problem"), !said);
  if (!said) (cause() ? note : part("drawer-direct").querySelector<HTMLInputElement>("[name=cause]"))?.focus();
  return said ? { cause: cause(), note: note.value.trim() } : null;
}

const purpose = (): string => form()?.querySelector<HTMLInputElement>("[name=purpose]:checked")?.value ?? "";

async function choose(mode: string): Promise<void> {
  const agent = open === null ? undefined : agentOf(open);
  if (!agent || !form() || choosing) return;
  if (!IN_TALK.includes(agent.state)) {
    problem(say("There is no talk to take part in just now."));
    return;
  }
  const note = form()!.querySelector<HTMLInputElement>("[name=note]")!.value.trim();
  if (!purpose() || (purpose() === "other" && !note)) {
    problem(say("Say first what for."));
    form()!.querySelector<HTMLInputElement>(purpose() ? "[name=note]" : "[name=purpose]")?.focus();
    return;
  }
  problem("");
  choosing = true;
  const focused = document.activeElement;
  drawDrawer();
  try {
    const beside = present();
    if (beside?.agent === agent.id && mode !== "take_over") await changeMode(mode);
    else await begin(agent.id, mode, purpose(), note);
  } catch (error) {
    problem(error instanceof NotPossible ? error.message : say("That did not work. Try again."));
  } finally {
    choosing = false;
    drawDrawer();
  }
  if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus(); // a grey button loses it
}

function problem(words: string): void {
  const place = maybe("drawer-problem");
  if (!place) return;
  write(place, words);
  show(place, words !== "");
}

function besideChanged(ended: string | null): void {
  const beside = present();
  if (ended !== null && ended !== "over") problem(wordOf("outcomes", ended));
  announce(beside ? besideWords(beside.mode, beside.started, secondsUntil(beside.until)) : say("You no longer take part."));
  drawDrawer();
  tickDrawer();
}

export function drawerHeard(news: News): void {
  if (news.kind === "supervision") told(news);
  else if (news.kind === "message-read" && message && news.id === message.id && open === message.agent) {
    write(part("drawer-read"), say("Read at {time}", { time: timeOf(String(news.at)) }));
  } else if (news.kind === "access-changed") void reread().catch(() => undefined);
}

async function send(): Promise<void> {
  const text = part("drawer-message").querySelector<HTMLTextAreaElement>("[name=text]")!;
  const said = open === null || !text.value.trim() ? null : why();
  if (open === null || !said) return;
  try {
    const { id } = await post<{ id: number }>(`/board/agents/${open}/message`, { text: text.value, ...said });
    message = { id, agent: open };
    text.value = "";
    write(part("drawer-read"), say("Sent; not read yet"));
  } catch {
    write(part("drawer-read"), say("The message was not sent. Try again."));
  }
}

async function deed(name: string, done: string, question: string): Promise<void> {
  const said = open === null ? null : why();
  if (open === null || !said || (question && !window.confirm(question))) return;
  try {
    await post(`/board/agents/${open}/${name}`, said);
    notice(done);
  } catch (error) {
    notice(error instanceof Refused && error.status === 409 ? say("The operator is not on a shift any more.") : say("The server is not reached. Try again."), { wrong: true });
  }
}
