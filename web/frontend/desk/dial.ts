// A call to a number outside: typed here, or sent here by another page's "call this number". The server checks it.
import "./dial.css";

import { notice } from "./notice";
import { part, show, write } from "./parts";
import { post, Refused } from "./server";
import { say } from "../words";
import { DIAL } from "../numbers";
import type { Dialled } from "../numbers";

export interface Outside {
  dial: string; // as the phone dials it
  name: string; // as people write it
}

type Dial = (number: string, language: string, name: string) => Promise<boolean>;

let dial: Dial = () => Promise.resolve(false);
let asking = false;

const form = (): HTMLFormElement | null => document.querySelector('[data-part="panel-dial"]');

// What the phone dials for what was typed. Refused: its message says why not, in the user's language.
export function askOutside(typed: string, handOut: boolean): Promise<Outside> {
  return post<Outside>(handOut ? "/desk/outgoing/hand-out" : "/desk/outgoing", { number: typed });
}

export function whyRefused(error: unknown): string {
  if (error instanceof Refused && error.status === 409) return error.message;
  return say("The server is not reached. Try again.");
}

export function prepareDial(given: Dial): void {
  dial = given;
  const panel = form();
  if (!panel) return;
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    void call();
  });
  part<HTMLInputElement>("dial-number").addEventListener("input", () => problem(""));
  const others = new BroadcastChannel(DIAL);
  others.addEventListener("message", (event: MessageEvent<Dialled>) => {
    if (event.data.taken || panel.hidden) return;
    take(event.data.number);
    others.postMessage({ number: event.data.number, taken: true } satisfies Dialled);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-call-number]") : null;
    if (!link) return;
    event.preventDefault();
    if (panel.hidden) notice(say("Finish the call first; the number stays here."));
    else take(link.dataset.callNumber ?? "");
  });
}

export function drawDial(visible: boolean): void {
  const panel = form();
  if (!panel) return;
  const appears = visible && panel.hidden;
  show(panel, visible);
  if (appears) takeFromAddress();
}

// F10: the cursor is in the field.
export function focusDial(): void {
  if (form()?.hidden === false) part("dial-number").focus();
}

// Another page opened the desk for this number.
function takeFromAddress(): void {
  const asked = new URLSearchParams(location.hash.slice(1)).get("dial");
  if (!asked) return;
  history.replaceState(null, "", location.pathname);
  take(asked);
}

function take(number: string): void {
  const field = part<HTMLInputElement>("dial-number");
  field.value = number;
  problem("");
  field.focus();
}

function problem(words: string): void {
  write(part("dial-problem"), words);
  show(part("dial-problem"), words !== "");
  part("dial-number").setAttribute("aria-invalid", String(words !== ""));
}

async function call(): Promise<void> {
  if (asking) return;
  asking = true;
  const field = part<HTMLInputElement>("dial-number");
  try {
    const outside = await askOutside(field.value, false);
    if (await dial(outside.dial, "", outside.name)) field.value = "";
  } catch (error) {
    problem(whyRefused(error));
    field.focus();
  } finally {
    asking = false;
  }
}
