// After the talk: result, topic, note. What was chosen survives a reload; nothing skips it.

import { isLeftBegun, keepTypedNotes, registerAppeal } from "./card";
import { draft, keepDraft } from "./drafts";
import { nudgeOnce } from "./nudge";
import { clock, part, show, write } from "./parts";
import { post, Refused } from "./server";
import type { DeskState } from "./server";
import { serverNow } from "./top";
import { say } from "../words";

type WrapUp = NonNullable<DeskState["wrap_up"]>;

interface Typed {
  result: string;
  topic: string;
  note: string;
}

let open: WrapUp | null = null;
let usual = ""; // what the button says
let told = ""; // the call whose card was said to be begun and not registered
let done: (state: DeskState) => void = () => undefined;

const form = (): HTMLFormElement => part<HTMLFormElement>("panel-wrap-up");
const key = (call: string): string => `wrap-up.${call}`;

export const wrapUpOpen = (): boolean => open !== null;

export function prepareWrapUp(whenDone: (state: DeskState) => void): void {
  done = whenDone;
  form().addEventListener("input", keep);
  form().addEventListener("submit", (event) => {
    event.preventDefault();
    void finish();
  });
  part("register-begun").addEventListener("click", registerAppeal);
}

// What the button does, said before it is pressed: nobody is left on a pause without knowing.
function finishWords(state: DeskState, wrapUp: WrapUp): string {
  if (wrapUp.others > 0) return say("Done, {n} more to finish", { n: wrapUp.others });
  if (state.pause_after) return say("Done, then pause: {reason}", { reason: state.pause_after });
  if (state.state === "paused") return say("Done, still on pause");
  return say("Done, next call");
}

// Shows the panel for the wrap-up that is due.
export function showWrapUp(state: DeskState, wrapUp: WrapUp): void {
  usual = finishWords(state, wrapUp);
  write(part("finish-words"), told === wrapUp.call ? say("Done, register later") : usual);
  write(part("wrap-up-title"), wrapUp.old ? say("An earlier call is not finished") : say("How did it end?"));
  write(part("wrap-up-call"), wrapUp.about);
  form().classList.toggle("is-old", wrapUp.old);
  if (open?.call === wrapUp.call) return;
  open = wrapUp;
  form().reset();
  problem("");
  tellBegun("");
  const typed = JSON.parse(draft(key(wrapUp.call)) || "null") as Typed | null;
  if (typed) fill(typed);
  show(form(), true);
  tickWrapUp();
  if (!document.querySelector("dialog[open]")) focusResults();
}

export function hideWrapUp(): void {
  open = null;
  show(form(), false);
}

export function focusResults(): void {
  const results = form().querySelectorAll<HTMLInputElement>('[name="result"]');
  ([...results].find((each) => each.checked) ?? results[0])?.focus({ preventScroll: true });
}

// Keys 1 to 9.
export function chooseResult(number: number): void {
  const radio = form().querySelectorAll<HTMLInputElement>('[name="result"]')[number - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  problem("");
  keep();
}

// The appeal's form registered one, in the talk or in the wrap-up: the result suggests itself where none was chosen.
export function suggestRegistered(call: string): void {
  if (told === call) tellBegun("");
  const typed = open?.call === call ? values() : (JSON.parse(draft(key(call)) || "null") as Typed | null);
  if (typed?.result) return;
  const suggested = { topic: "", note: "", ...typed, result: "appeal_registered" } satisfies Typed;
  keepDraft(key(call), JSON.stringify(suggested));
  if (open?.call === call) fill(suggested);
}

export function tickWrapUp(): void {
  if (!open) return;
  const [since, due, now] = [Date.parse(open.since), Date.parse(open.due_at), serverNow()];
  write(part("wrap-up-clock"), clock((now - since) / 1000));
  const share = Math.min(1, (now - since) / Math.max(1, due - since));
  part("wrap-up-bar").style.width = `${(share * 100).toFixed(1)}%`;
  form().classList.toggle("is-late", now > due);
  if (now > due) nudgeOnce(`wrap-up ${open.call}`, say("The time for the wrap-up is over."));
}

function values(): Typed {
  const data = new FormData(form());
  const text = (name: string) => String(data.get(name) ?? "");
  return { result: text("result"), topic: text("topic"), note: text("note") };
}

function fill({ result, topic, note }: Typed): void {
  const radio = form().querySelector<HTMLInputElement>(`[name="result"][value="${CSS.escape(result)}"]`);
  if (radio) radio.checked = true;
  (form().elements.namedItem("topic") as HTMLSelectElement).value = topic;
  (form().elements.namedItem("note") as HTMLTextAreaElement).value = note;
}

function keep(): void {
  if (open) keepDraft(key(open.call), JSON.stringify(values()));
}

function problem(words: string): void {
  write(part("wrap-up-problem"), words);
  show(part("wrap-up-problem"), words !== "");
}

// The card that was begun in this call is not registered; pressed once more, Done leaves it for later.
function tellBegun(call: string): void {
  told = call;
  show(part("wrap-up-begun"), call !== "");
  write(part("finish-words"), call ? say("Done, register later") : usual);
}

async function finish(): Promise<void> {
  if (!open) return;
  const typed = values();
  if (!typed.result) {
    problem(say("Choose how it ended: keys 1 to 9."));
    focusResults();
    return;
  }
  const button = part<HTMLButtonElement>("finish");
  button.disabled = true;
  const { call } = open;
  try {
    if (told !== call && (await isLeftBegun(call))) {
      tellBegun(call);
      return;
    }
    await keepTypedNotes(call);
    const state = await post(`/desk/wrap-up/${call}`, { ...typed });
    keepDraft(key(call), "");
    done(state);
  } catch (error) {
    const away = error instanceof Refused && error.status === 0;
    problem(away ? say("The server is not reached. What you chose is kept here; try again.") : say("It was not saved. Try again."));
  } finally {
    button.disabled = false;
    if (told === call) button.focus();
  }
}
