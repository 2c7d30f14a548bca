// Handing the caller on: at once, or after asking somebody on a second line, who may join caller and operator.

import { closeMicrophone, playThroughChosen } from "../phone/devices";
import type { Line } from "../phone/line";
import type { Phone } from "../phone/phone";
import { ringback } from "../phone/sounds";
import { say } from "../words";
import { Conference } from "./conference";
import { notice } from "./notice";
import { clock, part, show, write } from "./parts";
import { handsOut, pickTarget } from "./transfer";
import type { Target } from "./transfer";

// The call that is handed on, as it stands at that moment.
interface Call {
  phone(): Phone | null;
  caller(): Line | null;
  microphone(): MediaStream | null;
  isColleagues(): boolean; // the call is a colleague's
  draw(): void;
}

let call: Call = { phone: () => null, caller: () => null, microphone: () => null, isColleagues: () => false, draw: () => undefined };
let consult: Line | null = null; // the colleague asked before a transfer
let consulted: Target | null = null;
let conference: Conference | null = null; // all three hear each other
let forgetTogether: () => void = () => undefined; // takes away the words that they do
let leaving = false; // the caller is being handed over: the talk is about to end
let voice: MediaStream | null = null; // the microphone once more, for the colleague

export const asked = (): Line | null => consult;
export const together = (): Conference | null => conference;

export function prepareConsult(given: Call): void {
  call = given;
  part("transfer").addEventListener("click", transfer);
  part("hand-over").addEventListener("click", () => void handOver());
  part("return").addEventListener("click", () => void returnToCaller());
  part("all-three").addEventListener("click", () => void toggleAllThree());
}

export function transfer(): void {
  if (consult) void handOver();
  else if (call.caller()?.established && !call.isColleagues()) void pickTarget((target, askFirst) => void (askFirst ? ask(target) : handTo(target)));
}

async function handTo(target: Target): Promise<void> {
  const [line, phone] = [call.caller(), call.phone()];
  if (!line || !phone) return;
  write(part("call-state"), say("Transferring to {name}", { name: target.name }));
  if (await line.transfer(phone.address(target.dial))) {
    notice(say("The caller was transferred to {name}.", { name: target.name }), "good");
    line.hangUp();
  } else {
    notice(say("The transfer did not work. The caller is still with you."), "bad");
    call.draw();
  }
}

async function ask(target: Target): Promise<void> {
  const line = call.caller();
  if (!line || !call.phone() || !call.microphone()) return;
  if (!(await line.hold())) {
    notice(say("Hold did not work. Try again."), "bad");
    return;
  }
  const [phone, microphone] = [call.phone(), call.microphone()];
  if (!phone || !microphone) return; // the caller left meanwhile
  consulted = target;
  leaving = false;
  // A track of its own: hold has silenced the caller's, and the colleague must hear us.
  voice = microphone.clone();
  for (const track of voice.getTracks()) track.enabled = true;
  consult = phone.call(target.dial, voice, line.call ? { "X-Call-Id": line.call } : {});
  void playThroughChosen(consult.sound);
  ringback.start();
  call.draw();
}

async function handOver(): Promise<void> {
  const [line, phone, other] = [call.caller(), call.phone(), consult];
  if (!line || !phone || !other?.established) return;
  if (consulted?.outside && !handsOut()) {
    notice(say("Handing a caller to a number outside is not among your rights."), "bad");
    return;
  }
  const joined = conference;
  leaving = true;
  const done = await line.transfer(phone.address(other.number), other);
  if (!done) {
    leaving = false;
    if (joined && !conference) joined.tellEnd(); // the third went while the exchange refused
    notice(say("The transfer did not work. The caller is still with you."), "bad");
    return;
  }
  notice(say("The caller was handed over to {name}.", { name: consulted?.name ?? "" }), "good");
  other.hangUp();
  line.hangUp();
}

export async function returnToCaller(): Promise<void> {
  dismiss();
  ringback.stop();
  await call.caller()?.resume();
  call.draw();
}

// Caller, operator and whoever was asked hear each other; once more, and the one who was asked is out.
export async function toggleAllThree(): Promise<void> {
  const [line, other, microphone] = [call.caller(), consult, call.microphone()];
  if (conference) return returnToCaller();
  if (!line || !other?.established || !microphone) return;
  if (!(await line.resume())) {
    notice(say("Hold did not work. Try again."), "bad");
    return;
  }
  if (line !== call.caller() || other !== consult || !other.established) return;
  try {
    conference = new Conference(line, other, consulted?.dial ?? "");
    await conference.begin(microphone);
  } catch {
    await returnToCaller();
    notice(say("The three could not be joined. The caller is with you."), "bad");
    return;
  }
  forgetTogether = notice(say("{name} and the caller hear each other and you.", { name: consulted?.name ?? "" }), "good");
  call.draw();
}

// Whoever was asked is out: the operator goes back to the caller, or the caller is gone.
export function dismiss(): void {
  endConference();
  consult?.hangUp();
}

function endConference(): void {
  const microphone = call.microphone();
  if (!conference || !microphone) return;
  const over = conference;
  conference = null;
  forgetTogether();
  over.end(microphone);
  if (call.caller() && !leaving) over.tellEnd();
}

export function askedChanged(line: Line): void {
  if (line.state === "calling") ringback.start();
  else ringback.stop();
  if (line.alive) return;
  const joined = conference !== null;
  endConference();
  closeMicrophone(voice);
  consult = voice = null;
  if (call.caller() && !line.ending?.byUs) notice(parted(line, joined));
}

function parted(line: Line, joined: boolean): string {
  const name = consulted?.name ?? "";
  if (joined) return say("{name} hung up. The caller is with you.", { name });
  if (line.answeredAt) return say("{name} hung up. The caller is still on hold.", { name });
  return say("{name} does not answer. The caller is still on hold.", { name });
}

export function drawConsult(): void {
  show(part("consult"), consult !== null);
  if (!consult) return;
  const joined = conference !== null;
  part("consult").toggleAttribute("data-together", joined);
  write(part("consult-name"), consulted?.name ?? "");
  const talking = joined ? say("all three hear each other") : say("you talk, the caller hears music");
  write(part("consult-state"), consult.established ? talking : say("is being called"));
  write(part("hand-over-words"), joined ? say("Leave the two alone") : say("Hand over the caller"));
  write(part("all-three-words"), joined ? say("Without the third") : say("All three together"));
  show(part("return"), !joined);
  part("all-three").setAttribute("aria-pressed", String(joined));
  part<HTMLButtonElement>("all-three").disabled = !consult.established;
  part<HTMLButtonElement>("hand-over").disabled = !consult.established || (consulted?.outside === true && !handsOut());
}

export function tickConsult(): void {
  if (consult) write(part("consult-clock"), consult.answeredAt ? clock((Date.now() - consult.answeredAt) / 1000) : "");
}
