// Call us from the browser: a telephone for citizens, in plain words.
import "./visitor.css";

import { part, show, write, clock, isTyping } from "./desk/parts";
import { csrf } from "./page";
import { closeMicrophone, MicrophoneRefused, openMicrophone } from "./phone/devices";
import type { Refusal } from "./phone/devices";
import { fillKeypad, pressByKeyboard } from "./phone/keypad";
import type { Ending, Line } from "./phone/line";
import { Phone } from "./phone/phone";
import type { Account } from "./phone/phone";
import { allowSound, ringback } from "./phone/sounds";
import { say } from "./words";

interface Lent extends Account {
  token: string;
}

type Stage = "idle" | "asking" | "connecting" | "ringing" | "talking" | "ended";

// Where the call stands at the exchange, as the server tells it in the visitor's language.
interface Told {
  id: string;
  stage: "menu" | "waiting" | "talking" | "hold" | "parted" | "ended";
  words: string;
  detail: string;
}

const PROLONG = 30_000; // ms; a phone is lent for two minutes
const ASK = 1500; // ms between two questions where the call stands
const UNKNOWN = 10_000; // ms without an answer: what was told last may be wrong by now
const FAREWELL = 8; // questions, until the exchange has said how the call ended
const CONNECT = 15_000; // ms

let phone: Phone | null = null;
let line: Line | null = null;
let lent: Lent | null = null;
let microphone: MediaStream | null = null;
let own: string | null = "";
let overdue: ReturnType<typeof setTimeout> | undefined;
let told: Told | null = null;
let toldAt = 0;
let asking = false;
let unanswered = false; // the server was not reached, perhaps for longer than the phone is lent
const leaving = new Set<string>(); // tokens of calls that are over, while the page asks how they ended

const root = (): HTMLElement => document.querySelector<HTMLElement>("[data-visitor]")!;

function stage(now: Stage, words: string): void {
  root().dataset.stage = now;
  write(part("words"), words);
  if (now !== "talking") write(part("detail"), "");
  if (now !== "talking") delete root().dataset.call;
  show(part("own"), now === "idle" || now === "ended");
  const busy = now !== "idle" && now !== "ended";
  show(part("call"), !busy);
  show(part("talk"), busy);
  show(part("keypad"), now === "talking");
  show(part("mute"), now === "talking");
  show(part("clock"), now === "talking" || now === "ended");
}

function problem(words: string): void {
  write(part("problem"), words);
  show(part("problem"), words !== "");
}

const number = (): string =>
  document.querySelector<HTMLInputElement>('[name="number"]:checked, [name="number"][type="hidden"]')?.value ?? "";

async function borrow(): Promise<Lent> {
  const response = await fetch("/call/phone", {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": csrf() },
    signal: AbortSignal.timeout(10_000),
  });
  const said = (await response.json().catch(() => ({}))) as Lent & { advice?: string };
  if (!response.ok) throw new Error(said.advice ?? "");
  return said;
}

function giveBack(token: string): void {
  navigator.sendBeacon("/call/phone/back", new URLSearchParams({ token }));
  leaving.delete(token);
}

// The number to be called back at, as the exchange takes it; null when it was refused, "" when none was given.
async function ownNumber(): Promise<string | null> {
  const field = part<HTMLInputElement>("own-number");
  ownProblem("");
  const typed = field.value.trim();
  if (!typed) return "";
  const response = await fetch(`/call/${field.dataset.organisation ?? ""}/number`, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": csrf() },
    body: new URLSearchParams({ typed }),
    signal: AbortSignal.timeout(10_000),
  });
  const said = (await response.json().catch(() => ({}))) as { number?: string; advice?: string };
  if (response.ok && said.number) return said.number;
  if (response.status !== 422) throw new Error("not reached");
  ownProblem(said.advice ?? "");
  return null;
}

function ownProblem(words: string): void {
  const field = part<HTMLInputElement>("own-number");
  write(part("own-problem"), words);
  show(part("own-problem"), words !== "");
  field.setAttribute("aria-invalid", String(words !== ""));
  if (words) field.focus();
}

async function whereItStands(token: string, known: string): Promise<Told | null> {
  const body = new URLSearchParams(known ? { token, known } : { token });
  const response = await fetch("/call/phone/call", { method: "POST", body, signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { call: Told | null }).call;
}

// The exchange answers long before a person does: while the line is up, the server is asked where the call stands.
async function ask(): Promise<void> {
  const mine = lent;
  if (!mine || !line?.established || asking) return;
  asking = true;
  const fresh = await whereItStands(mine.token, told?.id ?? "").catch(() => undefined);
  asking = false;
  if (mine !== lent) return;
  if (unanswered && fresh !== undefined) void prolong();
  unanswered = fresh === undefined;
  if (fresh) {
    told = fresh;
    toldAt = Date.now();
  }
  if (told?.stage === "ended" && line?.silent) stop(told.words, true); // the end itself never came to this page
  else drawCall();
}

function drawCall(): void {
  if (!line?.established) return;
  const known = told && Date.now() - toldAt < UNKNOWN ? told : null;
  root().dataset.call = known?.stage ?? "";
  write(part("words"), known?.words ?? say("You are connected"));
  write(part("detail"), line.muted ? say("Nobody hears you: the microphone is off") : (known?.detail ?? ""));
}

// The server says how the call ended; only then its phone is given back.
async function farewell(token: string, known: string): Promise<void> {
  leaving.add(token);
  for (let left = known ? FAREWELL : 0; left > 0 && leaving.has(token); left--) {
    const fresh = await whereItStands(token, known).catch(() => null);
    if (fresh?.stage === "ended") {
      if (root().dataset.stage === "ended" && !lent) write(part("words"), fresh.words);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  if (leaving.has(token)) giveBack(token);
}

function refusalWords(refusal: Refusal): string {
  switch (refusal) {
    case "denied":
      return say("Without the microphone nobody can hear you. Allow it beside the address of this page, then call again.");
    case "missing":
      return say("No microphone was found. Plug one in, or dial the number from any telephone.");
    case "busy":
      return say("Another program uses the microphone. Close it, then call again.");
    case "insecure":
      return say("This browser gives the microphone only to secure pages. Dial the number from any telephone.");
  }
}

async function call(): Promise<void> {
  allowSound();
  problem("");
  try {
    own = await ownNumber();
  } catch {
    problem(say("The server is not reached. Check the network, then call again."));
    return;
  }
  if (own === null) return;
  told = null;
  stage("asking", say("Allow the microphone when the browser asks."));
  try {
    microphone = await openMicrophone();
    stage("connecting", say("Connecting"));
    lent = await borrow();
  } catch (error) {
    const words = error instanceof MicrophoneRefused ? refusalWords(error.refusal) : error instanceof Error ? error.message : "";
    stop(words && !words.startsWith("Failed") ? words : say("The server is not reached. Check the network, then call again."));
    return;
  }
  phone = new Phone(lent, { state: linkChanged, ringing: (other) => other.decline(), line: changed }, { register: false });
  phone.start();
  overdue = setTimeout(() => stop(say("The connection did not come about. Dial the number from any telephone.")), CONNECT);
}

function linkChanged(state: string): void {
  if (state === "ready" && !line && phone && microphone) {
    line = phone.call(number(), microphone, own ? { "X-Number": own } : {});
    line.sound.autoplay = true;
  } else if (state === "lost" && line) {
    write(part("words"), say("The network is gone. The call goes on if it comes back soon."));
  } else if (state === "ready" && line?.established) {
    drawCall();
  }
}

function changed(fresh: Line): void {
  if (fresh !== line && line) return;
  if (fresh.state === "calling") {
    stage("ringing", say("It rings"));
    ringback.start();
  } else if (fresh.established) {
    clearTimeout(overdue);
    ringback.stop();
    stage("talking", told?.words ?? say("You are connected"));
    drawCall();
    problem(fresh.silent ? noSound() : "");
    void ask();
    part("mute").setAttribute("aria-pressed", String(fresh.muted));
    write(part("mute-words"), fresh.muted ? say("Microphone on") : say("Microphone off"));
  } else if (!fresh.alive) {
    stop(endingProblem(fresh.ending), fresh.answeredAt !== null);
  }
}

function noSound(): string {
  return say(
    "No sound comes through this network. Try another one: mobile data in place of Wi-Fi, or the other way round. Or dial {number} from any telephone.",
    { number: number() },
  );
}

function endingProblem(ending: Ending | null): string {
  if (!ending || ending.byUs || ending.cause === "Terminated") return "";
  if (ending.status === 401 || ending.status === 403) return say("This line is being prepared. Try again in ten seconds.");
  if (ending.cause === "Busy" || ending.status === 503 || ending.status === 486) return say("All lines are busy. Try again in a few minutes.");
  return say("The call did not come about. Try again, or dial the number from any telephone.");
}

function stop(words: string, talked = false): void {
  clearTimeout(overdue);
  ringback.stop();
  closeMicrophone(microphone);
  microphone = null;
  const open = line;
  line = null;
  open?.hangUp();
  const used = phone;
  phone = null;
  setTimeout(() => used?.close(), 500); // the farewell must still leave
  const over = lent;
  lent = null;
  if (over) void farewell(over.token, talked ? (told?.id ?? "") : "");
  stage(talked ? "ended" : "idle", talked ? say("The call is over. Thank you.") : say("You can call again."));
  problem(words || (open?.silent ? noSound() : ""));
  part("call").focus();
}

function tick(): void {
  if (line?.answeredAt) write(part("clock"), clock((Date.now() - line.answeredAt) / 1000));
}

async function prolong(): Promise<void> {
  if (!lent) return;
  const body = new URLSearchParams({ token: lent.token });
  await fetch("/call/phone/seen", { method: "POST", body }).catch(() => undefined); // the next one may succeed
}

function prepare(): void {
  if (!document.querySelector("[data-visitor]")) return;
  fillKeypad(part("keypad"), (key) => line?.press(key));
  part("call").addEventListener("click", () => void call());
  part("hang-up").addEventListener("click", () => stop("", line?.answeredAt != null));
  part("mute").addEventListener("click", () => line?.setMuted(!line.muted));
  for (const choice of document.querySelectorAll<HTMLInputElement>('[name="number"]')) {
    choice.addEventListener("change", () => write(part("number"), number()));
  }
  document.addEventListener("keydown", (event) => {
    if (line?.established && !isTyping(event.target) && pressByKeyboard(part("keypad"), event)) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => line?.established && event.preventDefault());
  window.addEventListener("pagehide", () => {
    line?.hangUp();
    for (const token of [...leaving, ...(lent ? [lent.token] : [])]) giveBack(token);
  });
  part("own-number").addEventListener("input", () => ownProblem(""));
  setInterval(tick, 500);
  setInterval(() => void ask(), ASK);
  setInterval(() => void prolong(), PROLONG);
}

prepare();
