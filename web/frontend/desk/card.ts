// The card: fetched at the offer or at the phone's own INVITE, whichever comes first, and painted at once.

import { draft, keepDraft } from "./drafts";
import { part, show } from "./parts";
import { get, getPart, post, postForPart, Refused } from "./server";
import { say } from "../words";

const RETRIES = [150, 400, 1000]; // ms
const COMPLETIONS = [250, 600, 1200]; // ms; then the appeal's form comes by itself
const LAST_WORDS = 1500; // ms; by then a colleague's form has saved what was typed last

let shown = ""; // the call whose card is on the page, or on its way
let shownNumber = ""; // as the phone gave it
let shownSource = ""; // as the phone gave it: a number from a browser is only the caller's word
let substanceAwaited = ""; // the call whose form is to get the keyboard
let underway: Promise<void> = Promise.resolve();
let touched = false; // the appeal's form, by whoever sits here
let unsaved = false; // its own saving waits for a pause in the typing

export const shownCall = (): string => shown;

// Resolves when no card is on its way.
export const cardPainted = (): Promise<void> => underway;

export function showCard(call: string, number = "", source = ""): Promise<void> {
  if (call && call === shown && number && !shownNumber) {
    shownNumber = number; // the offer's news came first and knew no number
    shownSource = source;
    return completeCard(call);
  }
  if (!call || call === shown) return underway;
  shown = call;
  shownNumber = number;
  shownSource = source;
  touched = unsaved = false;
  underway = load(call, number, source);
  return underway;
}

// The phone may ring before the server knows whose call it is: until then the card is early, a number and no more.
export async function completeCard(call: string): Promise<void> {
  await underway;
  const card = part("card");
  if (shown !== call || !card.querySelector("[data-early]") || card.querySelector(".card-appeal form")) return;
  underway = load(call, shownNumber, shownSource);
  await underway;
}

async function completeSoon(call: string): Promise<void> {
  for (const wait of COMPLETIONS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await completeCard(call);
  }
}

async function load(call: string, number: string, source: string): Promise<void> {
  const started = performance.now();
  for (const wait of [...RETRIES, 0]) {
    try {
      const html = await getPart(`/desk/calls/${call}/card?${new URLSearchParams({ number, source }).toString()}`);
      if (shown === call) paint(call, html, started);
      return;
    } catch (error) {
      if (shown !== call) return;
      if (!wait) break;
      if (error instanceof Refused && error.status === 401) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  paintFailure(call, number, source);
}

export function clearCard(): void {
  shown = "";
  const card = part("card");
  delete card.dataset.call;
  delete card.dataset.paintedAt;
  card.replaceChildren();
  show(card, false);
  show(part("no-card"), true);
}

function paint(call: string, html: string, started: number): void {
  const card = part("card");
  const again = card.dataset.call === call;
  delete card.dataset.paintedAt; // the last card's
  card.innerHTML = html;
  card.dataset.call = call;
  const early = card.querySelector("[data-early]") !== null;
  show(card, true);
  show(part("no-card"), false);
  window.htmx.process(card);
  keepNotes(card, call);
  focusAwaited();
  if (early && !again) void completeSoon(call);
  if (early) return;
  // Two frames: the first draws the card, the second begins when it is on the screen. An early card does not count.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (shown !== call) return;
      performance.mark("card-painted", { detail: { call } });
      card.dataset.paintedAt = String(Date.now());
      card.dataset.paintedAfter = (performance.now() - started).toFixed(1);
    }),
  );
}

function paintFailure(call: string, number: string, source: string): void {
  const card = part("card");
  card.dataset.call = call;
  const box = document.createElement("div");
  box.className = "card-failure";
  box.setAttribute("role", "alert");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-outline-secondary";
  again.textContent = say("Load the card again");
  again.addEventListener("click", () => {
    shown = "";
    void showCard(call, number, source);
  });
  const words = document.createElement("p");
  words.textContent = say("The card could not be loaded. The call goes on; the number is on the phone.");
  box.append(words, again);
  card.replaceChildren(box);
  show(card, true);
  show(part("no-card"), false);
}

// Notes are sent by the desk itself, so that their text survives a reload and a refusal.
function keepNotes(card: HTMLElement, call: string): void {
  for (const form of card.querySelectorAll<HTMLFormElement>("form[data-note]")) {
    const field = form.elements.namedItem("text") as HTMLTextAreaElement;
    const key = `${form.dataset.note ?? "note"}.${call}`;
    field.value = draft(key);
    field.addEventListener("input", () => keepDraft(key, field.value));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void sendNote(card, form, field, key, call);
    });
  }
}

async function sendNote(
  card: HTMLElement,
  form: HTMLFormElement,
  field: HTMLTextAreaElement,
  key: string,
  call: string,
): Promise<void> {
  const text = field.value.trim();
  if (!text) return;
  const problem = part("note-problem", form);
  try {
    const html = await postForPart(form.action, { text });
    keepDraft(key, "");
    const notes = part("notes", card);
    notes.outerHTML = html;
    keepNotes(card, call);
  } catch {
    problem.textContent = say("The note was not saved. It is kept here; try again.");
    show(problem, true);
  }
}

// A note that was typed and not kept is kept with the result.
export async function keepTypedNotes(call: string): Promise<void> {
  if (shown !== call) return;
  for (const form of part("card").querySelectorAll<HTMLFormElement>("form[data-note]")) {
    const field = form.elements.namedItem("text") as HTMLTextAreaElement;
    if (!field.value.trim()) continue;
    await postForPart(form.action, { text: field.value.trim() });
    field.value = "";
    keepDraft(`${form.dataset.note ?? "note"}.${call}`, "");
  }
}

const appealForm = (): HTMLFormElement | null => part("card").querySelector("form[data-appeal-form]");

// Whether an appeal was begun in this call and nobody goes on with it; what cannot be asked holds nobody up.
export async function isLeftBegun(call: string): Promise<boolean> {
  const form = appealForm();
  const url = `/appeals/draft?call=${call}`;
  try {
    if (form && unsaved && shown === call) await post(url, textsOf(form));
    return (await get<{ begun: boolean }>(url)).begun;
  } catch {
    return false;
  }
}

function textsOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : ""]));
}

// Whoever was asked has the caller now: what the colleague typed meanwhile comes too, unless one has typed oneself.
export function freshenForm(call: string): void {
  setTimeout(() => {
    const form = appealForm();
    const url = form?.closest("[hx-get]")?.getAttribute("hx-get");
    if (form && url && shown === call && !touched) void window.htmx.ajax("get", url, { target: form, swap: "outerHTML" });
  }, LAST_WORDS);
}

// The appeal's form may still be on its way when the call is answered: then it gets the keyboard when it comes, unless the
// operator writes somewhere else by then.
export function focusSubstance(): void {
  const field = document.querySelector<HTMLElement>('[data-part="card"] [name="substance"]');
  field?.focus({ preventScroll: window.matchMedia("(max-width: 760px)").matches }); // there the phone's keys stand above it
  substanceAwaited = field ? "" : shown;
}

function focusAwaited(): void {
  if (!substanceAwaited || substanceAwaited !== shown) return;
  if (document.activeElement?.matches("input, textarea, select")) substanceAwaited = "";
  else focusSubstance();
}

// Ctrl+Enter: the appeal's own form registers; the desk only presses its button.
export function registerAppeal(): void {
  document.querySelector<HTMLButtonElement>('[data-part="card"] [data-register]')?.click();
}

// The appeal's form comes by itself, and becomes a registered appeal: that, `done` is told.
export function watchForm(done: (call: string) => void): void {
  part("card").addEventListener("input", (event) => {
    if ((event.target as Element).closest("form[data-appeal-form]")) touched = unsaved = true;
  });
  for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) {
    part("card").addEventListener(name, (event) => {
      const saving = (event.target as Element).id === "appeal-autosave";
      const { successful } = (event as CustomEvent<{ successful?: boolean }>).detail;
      if (saving) unsaved = name === "htmx:afterRequest" ? unsaved || !successful : false;
    });
  }
  part("card").addEventListener("htmx:afterSwap", () => {
    focusAwaited();
    if (part("card").querySelector("[data-registered]")) done(shown);
  });
}
