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
import { get } from "./server";
import type { Targets } from "./server";
import { wordsOf } from "./shift";
import { pickTarget } from "./transfer";
import type { Target } from "./transfer";
import { say } from "../words";

let phone: Phone | null = null;
let main: Line | null = null; // the caller
let consult: Line | null = null; // the colleague asked before a transfer
let consultName = "";
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
  };
  for (const [name, deed] of Object.entries(deeds)) part(name).addEventListener("click", deed);
  fillKeypad(part("keypad"), (key) => (consult ?? main)?.press(key));
}

export function rings(line: Line): void {
  main = line;
  void showCard(line.call, line.number, line.source).then(draw); // the card knows how the number is written
  void playThroughChosen(line.sound);
  callAttention(numberOf(line), queueName(line.queue));
  changed();
  part("answer").focus();
  colleague = "";
  if (line.number.startsWith("agent")) void nameColleague(line);
}

// Calls a citizen. False: the phone is not free, or there is no microphone.
export async function dial(number: string, language: string): Promise<boolean> {
  if (!phone || main) return false;
  try {
    const opened = await openMicrophone();
    microphone = opened;
    main = phone.call(number, opened, { "X-Language": language });
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
  consult?.hangUp();
  ringback.stop();
  closeMicrophone(microphone);
  microphone = null;
  if (line.answeredAt !== null || line.ending?.byUs) return;
  if (line.incoming) notice(say("The caller gave up, or somebody else answered."));
}

function consultChanged(line: Line): void {
  if (line.state === "calling") ringback.start();
  else ringback.stop();
  if (line.alive) return;
  closeMicrophone(consultVoice);
  consult = consultVoice = null;
  if (main && !line.ending?.byUs) {
    const words = line.answeredAt ? say("{name} hung up. The caller is still on hold.", { name: consultName }) : say("{name} does not answer. The caller is still on hold.", { name: consultName });
    notice(words);
  }
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
  if (consult) void returnToCaller();
  else main?.hangUp();
}

export function toggleMute(): void {
  const line = consult ?? main;
  if (line?.established) line.setMuted(!line.muted);
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
  if (main?.established && !consult) void pickTarget((target, askFirst) => void (askFirst ? ask(target) : handTo(target)));
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
  consultName = target.name;
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
  const done = await line.transfer(phone.address(asked.number), asked);
  if (!done) {
    notice(say("The transfer did not work. The caller is still with you."), "bad");
    return;
  }
  notice(say("The caller was handed over to {name}.", { name: consultName }), "good");
  asked.hangUp();
  line.hangUp();
}

async function returnToCaller(): Promise<void> {
  consult?.hangUp();
  ringback.stop();
  await main?.resume();
  draw();
}

export async function microphoneChanged(): Promise<void> {
  if (!main?.established) return;
  try {
    const fresh = await openMicrophone();
    await (consult ?? main).speakInto(fresh);
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
  panel.dataset.line = consult ? "consult" : main.state;
  const ringing = main.state === "ringing";
  write(part("call-number"), numberOf(main));
  show(part("call-declared"), main.source === "browser" && main.number.startsWith("+"));
  write(part("call-about"), queueName(main.queue));
  write(part("call-state"), stateWords(main));
  show(part("call-ringing"), ringing);
  show(part("call-keys"), main.established);
  show(part("hang-up"), !ringing && consult === null);
  pressed("mute", (consult ?? main).muted);
  pressed("hold", main.state === "held");
  part<HTMLButtonElement>("hold").disabled = consult !== null;
  part<HTMLButtonElement>("transfer").disabled = consult !== null;
  show(part("consult"), consult !== null);
  if (consult) {
    write(part("consult-name"), consultName);
    write(part("consult-state"), consult.established ? say("you talk, the caller hears music") : say("is being called"));
    part<HTMLButtonElement>("hand-over").disabled = !consult.established;
  }
  tickCall();
}

function numberOf(line: Line): string {
  const written = shownCall() === line.call ? document.querySelector(".caller-number")?.textContent : null;
  return written?.trim() || line.number || say("Number withheld");
}

function stateWords(line: Line): string {
  if (line.state === "ringing" && colleague) return say("{name} asks about this caller", { name: colleague });
  if (line.state === "ringing") return say("is calling");
  if (line.state === "calling") return say("is being called");
  if (line.state === "held") return say("on hold, hears music");
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
