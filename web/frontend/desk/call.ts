// The phone column during a call: what is shown, and what each key does.

import { closeMicrophone, MicrophoneRefused, openMicrophone, playThroughChosen } from "../phone/devices";
import { fillKeypad } from "../phone/keypad";
import type { Line } from "../phone/line";
import type { Phone } from "../phone/phone";
import { ringback } from "../phone/sounds";
import { callAttention, ignoreAttention } from "./attention";
import { focusSubstance, showCard, shownCall } from "./card";
import { notice } from "./notice";
import { clock, part, show, write } from "./parts";
import { Conference } from "./conference";
import { get } from "./server";
import type { Targets } from "./server";
import { wordsOf } from "./shift";
import { handsOut, pickTarget } from "./transfer";
import type { Target } from "./transfer";
import { say } from "../words";

let phone: Phone | null = null;
let main: Line | null = null; // the caller
let consult: Line | null = null; // the colleague asked before a transfer
let consulted: Target | null = null;
let conference: Conference | null = null; // all three hear each other
let dialled = ""; // the number called, as people write it; "" for a call that came in
let byHand = false; // typed by the operator: nobody else says what became of it
let microphone: MediaStream | null = null;
let consultVoice: MediaStream | null = null; // the microphone once more, for the colleague
let colleague = ""; // who rings, if it is one of us
let answering = false; // the microphone opens for the ringing call
let changed: () => void = () => undefined;
let queueName: (queue: string) => string = () => "";

export const mainLine = (): Line | null => main;
export const inCall = (): boolean => main?.established ?? false;

export function usePhone(mine: Phone | null): void {
  phone = mine;
}

export function prepareCall(whenChanged: () => void, nameOfQueue: (queue: string) => string): void {
  changed = whenChanged;
  queueName = nameOfQueue;
  const deeds: Record<string, () => void> = {
    answer: () => void answer(),
    decline,
    "hang-up": hangUp,
    mute: toggleMute,
    hold: () => void toggleHold(),
    keys: toggleKeypad,
    transfer,
    "hand-over": () => void handOver(),
    return: () => void returnToCaller(),
    "all-three": () => void toggleAllThree(),
  };
  for (const [name, deed] of Object.entries(deeds)) part(name).addEventListener("click", deed);
  fillKeypad(part("keypad"), (key) => (consult ?? main)?.press(key));
}

export function rings(line: Line): void {
  main = line;
  dialled = "";
  void showCard(line.call, line.number, line.source).then(draw); // the card knows how the number is written
  void playThroughChosen(line.sound);
  callAttention(numberOf(line), queueName(line.queue));
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
async function nameColleague(line: Line): Promise<void> {
  const { people } = await get<Targets>("/desk/targets").catch(() => ({ people: [] }));
  colleague = people.find((person) => person.dial === line.number)?.name ?? say("A colleague");
  draw();
}

export function lineChanged(line: Line): void {
  if (line === consult) consultChanged(line);
  else if (line === main && !line.alive) ended(line);
  if (line === main && line.state !== "ringing") ignoreAttention();
  if (line === main && line.established && !consult) ringback.stop();
  draw();
  changed();
}

function ended(line: Line): void {
  main = null;
  ignoreAttention();
  endConference();
  consult?.hangUp();
  ringback.stop();
  closeMicrophone(microphone);
  microphone = null;
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

function consultChanged(line: Line): void {
  if (line.state === "calling") ringback.start();
  else ringback.stop();
  if (line.alive) return;
  const together = conference !== null;
  endConference();
  closeMicrophone(consultVoice);
  consult = consultVoice = null;
  if (main && !line.ending?.byUs) notice(parted(line, together));
}

function parted(line: Line, together: boolean): string {
  const name = consulted?.name ?? "";
  if (together) return say("{name} hung up. The caller is with you.", { name });
  if (line.answeredAt) return say("{name} hung up. The caller is still on hold.", { name });
  return say("{name} does not answer. The caller is still on hold.", { name });
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
    }
  } catch (error) {
    notice(error instanceof MicrophoneRefused ? wordsOf(error.refusal) : say("The call could not be answered."), "bad");
    closeMicrophone(opened);
  } finally {
    answering = false;
    part<HTMLButtonElement>("answer").disabled = false;
  }
}

// The caller may leave, and the next one ring, while the browser asks for the microphone.
const stillRings = (line: Line): boolean => line === main && line.state === "ringing";

export function decline(): void {
  if (main?.state === "ringing") main.decline();
}

export function hangUp(): void {
  if (consult && !conference) void returnToCaller();
  else main?.hangUp();
}

export function toggleMute(): void {
  const line = consult ?? main;
  if (conference) conference.setMuted(!conference.muted);
  else if (line?.established) line.setMuted(!line.muted);
  draw();
}

export async function toggleHold(): Promise<void> {
  if (!main?.established || consult) return;
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

export function transfer(): void {
  if (consult) void handOver();
  else if (main?.established) void pickTarget((target, askFirst) => void (askFirst ? ask(target) : handTo(target)));
}

// Caller, operator and whoever was asked hear each other; once more, and the one who was asked is out.
export async function toggleAllThree(): Promise<void> {
  const [line, asked] = [main, consult];
  if (conference) return returnToCaller();
  if (!line || !asked?.established || !microphone) return;
  if (!(await line.resume())) {
    notice(say("Hold did not work. Try again."), "bad");
    return;
  }
  if (line !== main || asked !== consult || !asked.established) return;
  try {
    conference = new Conference(line, asked, consulted?.dial ?? "");
    await conference.begin(microphone);
  } catch {
    await returnToCaller();
    notice(say("The three could not be joined. The caller is with you."), "bad");
    return;
  }
  notice(say("{name} and the caller hear each other and you.", { name: consulted?.name ?? "" }), "good");
  draw();
}

function endConference(): void {
  if (!conference || !microphone) return;
  const over = conference;
  conference = null;
  over.end(microphone);
}

async function handTo(target: Target): Promise<void> {
  const line = main;
  if (!line || !phone) return;
  write(part("call-state"), say("Transferring to {name}", { name: target.name }));
  if (await line.transfer(phone.address(target.dial))) {
    notice(say("The caller was transferred to {name}.", { name: target.name }), "good");
    line.hangUp();
  } else {
    notice(say("The transfer did not work. The caller is still with you."), "bad");
    draw();
  }
}

async function ask(target: Target): Promise<void> {
  const line = main;
  if (!line || !phone || !microphone) return;
  if (!(await line.hold())) {
    notice(say("Hold did not work. Try again."), "bad");
    return;
  }
  consulted = target;
  // A track of its own: hold has silenced the caller's, and the colleague must hear us.
  consultVoice = microphone.clone();
  for (const track of consultVoice.getTracks()) track.enabled = true;
  consult = phone.call(target.dial, consultVoice, line.call ? { "X-Call-Id": line.call } : {});
  void playThroughChosen(consult.sound);
  ringback.start();
  draw();
}

async function handOver(): Promise<void> {
  const [line, asked] = [main, consult];
  if (!line || !phone || !asked?.established) return;
  if (consulted?.outside && !handsOut()) {
    notice(say("Handing a caller to a number outside is not among your rights."), "bad");
    return;
  }
  const done = await line.transfer(phone.address(asked.number), asked);
  if (!done) {
    notice(say("The transfer did not work. The caller is still with you."), "bad");
    return;
  }
  notice(say("The caller was handed over to {name}.", { name: consulted?.name ?? "" }), "good");
  asked.hangUp();
  line.hangUp();
}

async function returnToCaller(): Promise<void> {
  endConference();
  consult?.hangUp();
  ringback.stop();
  await main?.resume();
  draw();
}

export async function microphoneChanged(): Promise<void> {
  if (!main?.established) return;
  try {
    const fresh = await openMicrophone();
    if (conference) conference.speakInto(fresh);
    else await (consult ?? main).speakInto(fresh);
    closeMicrophone(microphone);
    microphone = fresh;
  } catch (error) {
    if (error instanceof MicrophoneRefused) notice(wordsOf(error.refusal), "bad");
  }
}

export function speakerChanged(): void {
  for (const line of [main, consult]) if (line) void playThroughChosen(line.sound);
}

export function draw(): void {
  const panel = part("panel-call");
  show(panel, main !== null);
  if (!main) {
    show(part("keypad"), false);
    part("keys").setAttribute("aria-pressed", "false");
    return;
  }
  panel.dataset.line = consult && !conference ? "consult" : main.state;
  const ringing = main.state === "ringing";
  write(part("call-number"), numberOf(main));
  show(part("call-declared"), main.source === "browser" && main.number.startsWith("+"));
  write(part("call-about"), queueName(main.queue));
  write(part("call-state"), stateWords(main));
  show(part("call-ringing"), ringing);
  show(part("call-keys"), main.established);
  show(part("hang-up"), !ringing && (consult === null || conference !== null));
  pressed("mute", conference ? conference.muted : (consult ?? main).muted);
  pressed("hold", main.state === "held");
  part<HTMLButtonElement>("hold").disabled = consult !== null;
  part<HTMLButtonElement>("transfer").disabled = consult !== null;
  drawConsult();
  tickCall();
}

function drawConsult(): void {
  show(part("consult"), consult !== null);
  if (!consult) return;
  const together = conference !== null;
  part("consult").toggleAttribute("data-together", together);
  write(part("consult-name"), consulted?.name ?? "");
  const talking = together ? say("all three hear each other") : say("you talk, the caller hears music");
  write(part("consult-state"), consult.established ? talking : say("is being called"));
  write(part("hand-over-words"), together ? say("Leave the two alone") : say("Hand over the caller"));
  write(part("all-three-words"), together ? say("Without the third") : say("All three together"));
  show(part("return"), !together);
  pressed("all-three", together);
  part<HTMLButtonElement>("all-three").disabled = !consult.established;
  part<HTMLButtonElement>("hand-over").disabled = !consult.established || (consulted?.outside === true && !handsOut());
}

function numberOf(line: Line): string {
  if (dialled && !line.incoming) return dialled;
  const written = shownCall() === line.call ? document.querySelector(".caller-number")?.textContent : null;
  return written?.trim() || line.number || say("Number withheld");
}

function stateWords(line: Line): string {
  if (line.state === "ringing" && colleague) return say("{name} asks about this caller", { name: colleague });
  if (line.state === "ringing") return say("is calling");
  if (line.state === "calling") return say("is being called");
  if (line.state === "held") return say("on hold, hears music");
  if (conference) return conference.muted ? say("neither hears you: microphone off") : say("all three hear each other");
  return line.muted ? say("does not hear you: microphone off") : say("in conversation");
}

function pressed(name: string, on: boolean): void {
  part(name).setAttribute("aria-pressed", String(on));
}

export function tickCall(): void {
  if (!main) return;
  write(part("call-clock"), main.answeredAt ? clock((Date.now() - main.answeredAt) / 1000) : "");
  if (consult) write(part("consult-clock"), consult.answeredAt ? clock((Date.now() - consult.answeredAt) / 1000) : "");
}
