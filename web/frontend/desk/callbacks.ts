// A call that is owed to a citizen: offered here in its turn, dialled by this page's phone.
import "./callbacks.css";

import { callAttention, ignoreAttention } from "./attention";
import { notice } from "./notice";
import { part, show, write } from "./parts";
import { get, post, Refused } from "./server";
import type { DeskState } from "./server";
import { serverNow } from "./top";
import { say } from "../words";

export const CALLBACK = "callback"; // the reason of the pause in which it is offered
const SIGN_OF_LIFE = 20_000; // ms
const SETTLES = 3000; // ms until the server has heard of the end of a call

interface Callback {
  id: number;
  state: "offered" | "dialling";
  number: string;
  why: string;
  asked: boolean;
  waits: string;
  missed: number;
  attempts: number;
  queue: string;
  topic: string;
  language: string;
  spoken: string; // its code
  until: string | null;
}

interface Wishes {
  dial(number: string, language: string): Promise<boolean>; // false: the phone could not
  inCall(): boolean;
  refresh(): void;
}

let wishes: Wishes = { dial: () => Promise.resolve(false), inCall: () => false, refresh: () => undefined };
let offered: Callback | null = null;
let offeredAt = 0;
let asking = false;
let dialling = false;
let calling = false; // the phone calls the citizen, or talks with them
let signs: ReturnType<typeof setInterval> | undefined;

export const callbackOffered = (): boolean => offered !== null;

export function prepareCallbacks(given: Wishes): void {
  wishes = given;
  part("callback-call").addEventListener("click", () => void acceptCallback());
  part("callback-decline").addEventListener("click", () => void declineCallback());
}

// The desk's state says that something is offered; what it is, is asked for once.
export function drawCallback(state: DeskState, here: boolean): void {
  const due = here && state.state === "paused" && state.reason === CALLBACK && !wishes.inCall() && !dialling;
  if (!due) clear();
  else if (!offered && !asking) void ask();
}

async function ask(): Promise<void> {
  asking = true;
  try {
    const { callback } = await get<{ callback: Callback | null }>("/desk/callback");
    if (callback?.state === "offered") present(callback);
  } catch {
    // The next sign of life asks again.
  } finally {
    asking = false;
  }
}

function present(callback: Callback): void {
  offered = callback;
  offeredAt = serverNow();
  const about = [callback.queue, callback.topic === callback.queue ? "" : callback.topic, callback.language];
  write(part("callback-number"), callback.number);
  write(part("callback-about"), about.filter(Boolean).join(" · "));
  const tries = callback.attempts ? say("attempts so far: {n}", { n: callback.attempts }) : "";
  const missed = callback.missed > 1 ? say("missed calls: {n}", { n: callback.missed }) : "";
  write(part("callback-why"), [callback.why, callback.waits, missed, tries].filter(Boolean).join(" · "));
  show(part("panel-callback"), true);
  show(part("panel-idle"), false);
  callAttention(callback.number, say("Call back now"));
  part("callback-call").focus({ preventScroll: true });
  tickCallback();
}

function clear(): void {
  if (!offered) return;
  offered = null;
  ignoreAttention();
  show(part("panel-callback"), false);
}

export async function acceptCallback(): Promise<void> {
  const mine = offered;
  if (!mine || dialling) return;
  dialling = true;
  clear();
  try {
    const { dial } = await post<{ dial: string }>(`/desk/callback/${mine.id}/accept`);
    if (await wishes.dial(dial, mine.spoken)) keepAlive(mine.id);
    else await giveBack(mine.id);
  } catch (error) {
    notice(error instanceof Refused && error.status === 409 ? error.message : say("The server is not reached. Try again."), "bad");
  } finally {
    dialling = false;
    wishes.refresh();
  }
}

export async function declineCallback(): Promise<void> {
  const mine = offered;
  if (!mine) return;
  clear();
  await giveBack(mine.id);
  wishes.refresh();
}

async function giveBack(id: number, called = false): Promise<void> {
  clearInterval(signs);
  await post(`/desk/callback/${id}/give-back`, { called: String(called) }).catch(() => undefined); // it comes back by itself after a while
}

// As long as the phone calls or talks, the server knows that this page is there.
function keepAlive(id: number): void {
  clearInterval(signs);
  calling = true;
  signs = setInterval(() => void post(`/desk/callback/${id}/seen`).catch(() => undefined), SIGN_OF_LIFE);
}

// The phone's call is over. One that the exchange never made is given back; of any other the server knows by now.
async function lookAfterEnd(): Promise<void> {
  const answer = await get<{ callback: Callback | null }>("/desk/callback").catch(() => null);
  if (answer?.callback?.state === "dialling" && !wishes.inCall()) await giveBack(answer.callback.id, true);
  wishes.refresh();
}

// What became of it, as the exchange says.
export function callbackOver(outcome: string): void {
  const words: Record<string, string> = {
    no_answer: say("Nobody answered. The callback is tried again by the rules."),
    busy: say("The number was busy. The callback is tried again soon."),
    unreachable: say("The number cannot be reached. The callback is tried again by the rules."),
    no_line: say("There was no line. The callback is tried again in a minute and does not count."),
    never_dialled: say("The exchange did not make the call. The callback stays owed and the attempt does not count."),
  };
  if (words[outcome]) notice(words[outcome]);
}

export function tickCallback(): void {
  if (calling && !wishes.inCall()) {
    calling = false;
    clearInterval(signs);
    setTimeout(() => void lookAfterEnd(), SETTLES);
  }
  if (!offered?.until) return;
  const until = Date.parse(offered.until);
  const left = Math.max(0, until - serverNow());
  part("callback-bar").style.width = `${((left / Math.max(1, until - offeredAt)) * 100).toFixed(1)}%`;
}
