// The supervisor's own phone: lent for as long as the page needs it, answers by itself what this page has asked for.

import { get, post, Refused } from "../desk/server";
import type { News } from "../live";
import { csrf } from "../page";
import { closeMicrophone, MicrophoneRefused, openMicrophone, playThroughChosen } from "../phone/devices";
import { wordsOf } from "../desk/shift";
import type { Line } from "../phone/line";
import { Phone } from "../phone/phone";
import type { Account, PhoneState } from "../phone/phone";
import { allowSound } from "../phone/sounds";
import { say } from "../words";

export interface Supervision {
  id: number;
  agent: number;
  mode: string;
  until: string;
  started: boolean;
  outcome: string | null;
}

const REGISTERED_WITHIN = 12_000; // ms
const KEEPS_LENT = 60_000; // ms
const RINGS_WITHIN = 20_000; // ms

export class NotPossible extends Error {}

let phone: Phone | null = null;
let line: Line | null = null;
let microphone: MediaStream | null = null;
let now: Supervision | null = null;
let awaited = false; // the next call that rings is the one we asked for
let changed: (ended: string | null) => void = () => undefined;
let late: ReturnType<typeof setTimeout> | undefined;
let left = ""; // the supervision left for another one: its ring comes too late

export function prepareBeside(whenChanged: (ended: string | null) => void): void {
  changed = whenChanged;
  window.addEventListener("pagehide", () => {
    line?.hangUp();
    if (phone) navigator.sendBeacon("/board/phone/back", new URLSearchParams({ csrf: csrf() }));
  });
  window.addEventListener("beforeunload", (event) => now?.mode === "take_over" && line?.established && event.preventDefault());
  setInterval(() => phone && void post("/board/phone/seen").catch(() => undefined), KEEPS_LENT);
}

export const present = (): Supervision | null => now;

export async function begin(agent: number, mode: string, purpose: string, note: string): Promise<void> {
  allowSound();
  refuseWithCaller();
  try {
    microphone ??= await openMicrophone();
    await phoneReady();
    await leave();
    awaited = true;
    now = await post<Supervision>("/board/supervisions", { agent: String(agent), mode, purpose, note });
    const { id } = now;
    late = setTimeout(() => now?.id === id && !line?.established && over("not_answered"), RINGS_WITHIN);
    changed(null);
  } catch (error) {
    awaited = false;
    if (!line) releaseMicrophone();
    throw new NotPossible(reasonOf(error));
  }
}

// Nobody hangs up on a citizen by choosing another talk.
function refuseWithCaller(): void {
  if (now?.mode === "take_over") throw new NotPossible(withCaller());
}

const withCaller = (): string => say("You still talk with the caller you took over. Finish that talk first.");

// Whoever takes part in another talk has left the one before, also where its line has not rung yet.
async function leave(): Promise<void> {
  clearTimeout(late);
  left = now ? String(now.id) : "";
  now = null;
  if (line) await hangUpAndWait(line);
}

function reasonOf(error: unknown): string {
  if (error instanceof NotPossible) return error.message;
  if (error instanceof MicrophoneRefused) return wordsOf(error.refusal);
  if (error instanceof Refused && error.status === 423) return withCaller();
  if (error instanceof Refused && error.status === 409) return say("There is no talk to take part in just now.");
  if (error instanceof Refused && error.status === 422) return say("Say what for.");
  return say("The server is not reached. Try again.");
}

export async function changeMode(mode: string): Promise<void> {
  if (!now || now.mode === mode) return;
  refuseWithCaller();
  try {
    now = await post<Supervision>(`/board/supervisions/${now.id}/mode`, { mode });
    changed(null);
  } catch (error) {
    throw new NotPossible(reasonOf(error));
  }
}

export function stop(): void {
  line?.hangUp();
}

// The server tells what the exchange has done.
export function told(news: News): void {
  if (!now || news.id !== now.id) return;
  if (typeof news.outcome === "string") over(news.outcome);
  else {
    now = { ...now, started: Boolean(news.started), mode: String(news.mode) };
    changed(null);
  }
}

function over(outcome: string): void {
  if (!now) return;
  clearTimeout(late);
  now = null;
  awaited = false;
  line?.hangUp();
  if (!line) releaseMicrophone();
  changed(outcome);
}

async function phoneReady(): Promise<void> {
  if (phone?.state === "ready") return;
  phone?.close();
  const account = await post<unknown>("/board/phone") as Account;
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new NotPossible(say("Your phone could not be switched on. Try again."))), REGISTERED_WITHIN);
    const state = (reached: PhoneState): void => {
      if (reached === "ready") {
        clearTimeout(deadline);
        resolve();
      } else if (reached === "refused") {
        setTimeout(() => phone?.state === "refused" && phone.registerAgain(), 500); // the secret is on its way to the exchange
      }
    };
    phone = new Phone(account, { state, ringing, line: lineChanged }, { register: true });
    phone.start();
  });
}

function ringing(rings: Line): void {
  if (!awaited || !microphone || rings.number === left) {
    rings.decline();
    return;
  }
  awaited = false;
  line = rings;
  void playThroughChosen(rings.sound);
  rings.answer(microphone);
}

function lineChanged(fresh: Line): void {
  if (fresh !== line) return;
  if (fresh.established) clearTimeout(late);
  if (!fresh.alive) {
    line = null;
    if (!awaited) {
      over("over");
      releaseMicrophone();
    }
  }
}

async function hangUpAndWait(open: Line): Promise<void> {
  awaited = true; // what ends now is not the end
  open.hangUp();
  for (let tries = 0; line && tries < 40; tries++) await new Promise((wait) => setTimeout(wait, 50));
}

function releaseMicrophone(): void {
  closeMicrophone(microphone);
  microphone = null;
}

export async function reread(): Promise<void> {
  const { present: open } = await get<{ present: Supervision | null }>("/board/supervisions/mine");
  if (now && !open) over("over");
}
