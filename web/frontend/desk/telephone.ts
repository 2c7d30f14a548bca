// The shift's phone, while this page has it: its lamp, and what is said while its link is lost.

import { Phone } from "../phone/phone";
import type { Account, PhoneState } from "../phone/phone";
import { say } from "../words";
import * as call from "./call";
import { notice } from "./notice";
import { clock } from "./parts";
import { Patience } from "./patience";
import { drawPhoneLamp } from "./top";

let phone: Phone | null = null;
let lostSince = 0;
let linked = false; // once since it was switched on: the first link is no return
const registration = new Patience();

export function switchOn(account: Account): void {
  phone?.close();
  linked = false;
  phone = new Phone(account, { state: changed, ringing: call.rings, line: call.lineChanged }, { register: true });
  call.usePhone(phone);
  changed("connecting", Date.now());
  phone.start();
}

export function switchOff(): void {
  phone?.close();
  phone = null;
  call.usePhone(null);
  drawPhoneLamp("off", say("phone off"));
}

export const isOn = (): boolean => phone !== null;

function changed(now: PhoneState, since: number): void {
  const was = lostSince;
  lostSince = now === "ready" ? 0 : was || since;
  if (now === "ready") {
    registration.succeeded();
    drawPhoneLamp("on", say("phone ready"));
    if (was && linked && Date.now() - was > 1500) {
      notice(say("The phone is back after {time}.", { time: clock((Date.now() - was) / 1000) }), "good");
    }
    linked = true;
  } else if (now === "connecting") {
    drawPhoneLamp("wait", say("phone connects"));
  } else if (now === "refused") {
    drawPhoneLamp("wait", say("phone connects"));
    retryRegistration();
  } else if (now === "lost") {
    tick();
  }
}

// A fresh secret reaches the exchange a moment after the page: the first try may be too early.
function retryRegistration(): void {
  const refused = phone;
  setTimeout(() => {
    if (phone === refused && refused?.state === "refused") refused.registerAgain();
  }, registration.wait());
}

export function tick(): void {
  if (phone?.state !== "lost" && phone?.state !== "refused") return;
  const time = clock((Date.now() - lostSince) / 1000);
  if (Date.now() - lostSince <= 3000) return;
  drawPhoneLamp("lost", say("phone link lost {time}", { time }));
  notice(say("The phone has had no link for {time}. Calls do not ring here; the card, notes and drafts still work.", { time }), "bad", true);
}
