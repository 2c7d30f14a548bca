// The phone column during a call: what is shown, and what each key does.

import { closeMicrophone, MicrophoneRefused, openMicrophone, playThroughChosen } from "../phone/devices";
import { fillKeypad } from "../phone/keypad";
import type { Line } from "../phone/line";
import type { Phone } from "../phone/phone";
import { ringback } from "../phone/sounds";
import { say } from "../words";
import { callAttention, ignoreAttention } from "./attention";
import { focusSubstance, showCard, shownCall } from "./card";
import { asked, askedChanged, dismiss, drawConsult, prepareConsult, returnToCaller, tickConsult, together } from "./consult";
import { forgetPassing, notice } from "./notice";
import { clock, part, show, write } from "./parts";
import { get } from "./server";
import type { Targets } from "./server";
import { wordsOf } from "./shift";

// What the server says of it.
interface Known {
  queueName(queue: string): string;
  callerHears(): boolean | null; // of whom a colleague asks; null: nobody asks
}

let phone: Phone | null = null;
let main: Line | null = null; // the caller
let dialled = ""; // the number called, as people write it; "" for a call that came in
let byHand = false; // typed by the operator: nobody else says what became of it
let microphone: MediaStream | null = null;
let colleague = ""; // who rings, if it is one of us
let answering = false; // the microphone opens for the ringing call, and the exchange is told
let changed: () => void = () => undefined;
let known: Known = { queueName: () => "", callerHears: () => null };

export const mainLine = (): Line | null => main;
const isColleagues = (): boolean => known.callerHears() !== null; // the call is a colleague's
export const inCall = (): boolean => main?.established ?? false;

export function usePhone(mine: Phone | null): void {
  phone = mine;
}

export function prepareCall(whenChanged: () => void, what: Known): void {
  changed = whenChanged;
  known = what;
  const deeds: Record<string, () => void> = {
    answer: () => void answer(),
    decline,
    "hang-up": hangUp,
    mute: toggleMute,
    hold: () => void toggleHold(),
    keys: toggleKeypad,
  };
  for (const [name, deed] of Object.entries(deeds)) part(name).addEventListener("click", deed);
  fillKeypad(part("keypad"), (key) => (asked() ?? main)?.press(key));
  prepareConsult({ phone: () => phone, caller: () => main, microphone: () => microphone, isColleagues, draw });
}

export function rings(line: Line): void {
  main = line;
  dialled = "";
  forgetPassing();
  void showCard(line.call, line.number, line.source).then(draw); // the card knows how the number is written
  void playThroughChosen(line.sound);
  callAttention(numberOf(line), known.queueName(line.queue));
  changed();
  part("answer").focus();
  colleague = "";
  if (line.number.startsWith("agent")) void nameColleague(line);
}

// Calls a citizen. False: the phone is not free, or there is no microphone.
export async function dial(number: string, language: string, name = ""): Promise<boolean> {
  if (!phone || main) return false;
  try {
    const opened = await openMicrophone();
    if (main) return false; // somebody rang meanwhile
    microphone = opened;
    dialled = name || number;
    byHand = false;
    main = phone.call(number, opened, language ? { "X-Language": language } : {});
    forgetPassing();
  } catch (error) {
    notice(error instanceof MicrophoneRefused ? wordsOf(error.refusal) : say("The call could not be made."), "bad");
    return false;
  }
  void playThroughChosen(main.sound);
  ringback.start();
  draw();
  changed();
  return true;
}

// The same for a number that the operator typed: what became of it is told here.
export async function dialOutside(number: string, language: string, name: string): Promise<boolean> {
  const begun = await dial(number, language, name);
  byHand = begun;
  return begun;
}

// A colleague who asks before a transfer rings with the caller's card; the phone says who it is.
async function nameColleague(line: Line, tries = 3): Promise<void> {
  const targets = await get<Targets>("/desk/targets").catch(() => null);
  if (line !== main) return;
  colleague = targets?.people.find((person) => person.dial === line.number)?.name ?? say("A colleague");
  draw();
  if (!targets && tries > 1) await nameColleague(line, tries - 1);
}

export function lineChanged(line: Line): void {
  if (line === asked()) askedChanged(line);
  else if (line === main && !line.alive) ended(line);
  if (line === main && line.state !== "ringing") {
    ignoreAttention();
    endAnswering();
  }
  if (line === main && line.established && !asked()) ringback.stop();
  draw();
  changed();
}

function ended(line: Line): void {
  main = null;
  ignoreAttention();
  dismiss();
  ringback.stop();
  closeMicrophone(microphone);
  microphone = null;
  if (line.silent) notice(say("The call had no sound. Check the cable, Wi-Fi and VPN before the next one."), "bad", true);
  if (line.answeredAt !== null || line.ending?.byUs) return;
  if (line.incoming) notice(say("The caller gave up, or somebody else answered."));
  else if (byHand) notice(unreached(line.ending?.status ?? 0));
}

function unreached(status: number): string {
  if (status === 486 || status === 600) return say("The number is busy.");
  if (status === 503) return say("There is no free line. Try again in a moment.");
  if ([403, 404, 410, 484].includes(status)) return say("The number cannot be reached.");
  return say("Nobody answered.");
}

export async function answer(): Promise<void> {
  const line = main;
  if (line?.state !== "ringing" || answering) return;
  answering = true;
  ignoreAttention();
  part<HTMLButtonElement>("answer").disabled = true;
  let opened: MediaStream | null = null;
  try {
    opened = await openMicrophone();
    if (stillRings(line)) {
      line.answer(opened);
      microphone = opened;
      focusSubstance();
    } else {
      closeMicrophone(opened);
      endAnswering();
    }
  } catch (error) {
    notice(error instanceof MicrophoneRefused ? wordsOf(error.refusal) : say("The call could not be answered."), "bad");
    closeMicrophone(opened);
    endAnswering();
  }
}

function endAnswering(): void {
  answering = false;
  part<HTMLButtonElement>("answer").disabled = false;
}

// The caller may leave, and the next one ring, while the browser asks for the microphone.
const stillRings = (line: Line): boolean => line === main && line.state === "ringing";

export function decline(): void {
  if (main?.state === "ringing") main.decline();
}

export function hangUp(): void {
  if (asked() && !together()) void returnToCaller();
  else main?.hangUp();
}

export function toggleMute(): void {
  const [line, conference] = [asked() ?? main, together()];
  if (conference) conference.setMuted(!conference.muted);
  else if (line?.established) line.setMuted(!line.muted);
  draw();
}

export async function toggleHold(): Promise<void> {
  if (!main?.established || asked() || isColleagues()) return;
  const done = main.state === "held" ? await main.resume() : await main.hold();
  if (!done) notice(say("Hold did not work. Try again."), "bad");
}

export function toggleKeypad(): void {
  const pad = part("keypad");
  show(pad, pad.hidden);
  part("keys").setAttribute("aria-pressed", String(!pad.hidden));
  if (!pad.hidden) pad.querySelector<HTMLElement>("button")?.focus();
}

export const keypad = (): HTMLElement | null => (part("keypad").hidden || !inCall() ? null : part("keypad"));

export async function microphoneChanged(): Promise<void> {
  if (!main?.established) return;
  try {
    const fresh = await openMicrophone();
    const conference = together();
    if (conference) conference.speakInto(fresh);
    else await (asked() ?? main).speakInto(fresh);
    closeMicrophone(microphone);
    microphone = fresh;
  } catch (error) {
    if (error instanceof MicrophoneRefused) notice(wordsOf(error.refusal), "bad");
  }
}

export function speakerChanged(): void {
  for (const line of [main, asked()]) if (line) void playThroughChosen(line.sound);
}

export function draw(): void {
  const panel = part("panel-call");
  show(panel, main !== null);
  if (!main) {
    show(part("keypad"), false);
    part("keys").setAttribute("aria-pressed", "false");
    return;
  }
  const [consult, conference] = [asked(), together()];
  panel.dataset.line = consult && !conference ? "consult" : main.state;
  const ringing = main.state === "ringing";
  write(part("call-number"), numberOf(main));
  show(part("call-declared"), main.source === "browser" && main.number.startsWith("+"));
  write(part("call-about"), known.queueName(main.queue));
  write(part("call-state"), stateWords(main));
  show(part("call-silent"), main.silent || (consult?.silent ?? false));
  show(part("call-ringing"), ringing);
  show(part("call-keys"), main.established);
  show(part("hang-up"), !ringing && (consult === null || conference !== null));
  pressed("mute", conference ? conference.muted : (consult ?? main).muted);
  pressed("hold", main.state === "held");
  for (const name of ["hold", "transfer"]) part<HTMLButtonElement>(name).disabled = consult !== null || isColleagues();
  drawConsult();
  tickCall();
}

function numberOf(line: Line): string {
  if (dialled && !line.incoming) return dialled;
  const written = shownCall() === line.call ? document.querySelector(".caller-number")?.textContent : null;
  const unnumbered = line.source === "browser" ? say("A caller in the browser") : say("Number withheld");
  return written?.trim() || line.number || unnumbered;
}

function stateWords(line: Line): string {
  if (line.state === "ringing" && colleague) return say("{name} asks about this caller", { name: colleague });
  if (line.state === "ringing") return say("is calling");
  if (line.state === "calling") return say("is being called");
  if (line.state === "held") return say("on hold, hears music");
  const conference = together();
  const hears = known.callerHears();
  if (conference ?? hears) {
    return (conference ?? line).muted ? say("neither hears you: microphone off") : say("all three hear each other");
  }
  if (line.muted) return say("does not hear you: microphone off");
  return hears === null ? say("in conversation") : say("{name} asks you; the caller does not hear you", { name: colleague });
}

function pressed(name: string, on: boolean): void {
  part(name).setAttribute("aria-pressed", String(on));
}

export function tickCall(): void {
  if (!main) return;
  write(part("call-clock"), main.answeredAt ? clock((Date.now() - main.answeredAt) / 1000) : "");
  tickConsult();
}
