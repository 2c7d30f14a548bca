// What is typed into a form with data-keep="<name>" survives a reload, a lost network and an ended session. A hidden
// field is kept only with data-kept: the number of a submission, so that what was taken already is not taken twice.
import { keepToOneself, namesUnder, prefixOf } from "./kept";

const PREFIX = prefixOf("form");
const A_WEEK = 7 * 24 * 3600 * 1000;
const NEVER_KEPT = new Set(["password", "hidden", "file"]);

interface Draft {
  at: number;
  fields: Record<string, string[]>;
}

/** What htmx tells of a request that ended; the element it came from may be off the page by then. */
interface Ended {
  requestConfig: { elt: HTMLElement };
  successful: boolean;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (each): each is Control =>
      (each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement || each instanceof HTMLSelectElement) &&
      each.name !== "" &&
      (!NEVER_KEPT.has(each.type) || "kept" in each.dataset),
  );
}

function isBox(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

export function keep(form: HTMLFormElement): void {
  const fields: Record<string, string[]> = {};
  for (const control of controls(form)) {
    fields[control.name] ??= [];
    if (!isBox(control) || control.checked) fields[control.name].push(control.value);
  }
  localStorage.setItem(PREFIX + form.dataset.keep, JSON.stringify({ at: Date.now(), fields } satisfies Draft));
}

export function restore(form: HTMLFormElement): boolean {
  const stored = localStorage.getItem(PREFIX + form.dataset.keep);
  if (!stored) return false;
  const draft = JSON.parse(stored) as Draft;
  for (const control of controls(form)) {
    const values = draft.fields[control.name];
    if (!values) continue;
    if (isBox(control)) control.checked = values.includes(control.value);
    else if (values.length > 0) control.value = values[0];
  }
  return true;
}

/** What a search found and wrote into the form wins over what was kept; any other form gets back what was typed. */
function keepOrRestore(form: HTMLFormElement): void {
  if ("found" in form.dataset) keep(form);
  else restore(form);
}

export function forget(name: string): void {
  localStorage.removeItem(PREFIX + name);
}

function sweep(): void {
  for (const key of namesUnder(PREFIX)) {
    const draft = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Draft>;
    if (!draft.at || Date.now() - draft.at > A_WEEK) localStorage.removeItem(key);
  }
}

/** Starts keeping for all forms of the page, and forgets what the server took. */
export function startKeeping(): void {
  keepToOneself();
  sweep();
  const sent = sessionStorage.getItem("holos.sent");
  const refused = document.querySelector("[data-error-summary], [data-problem]") !== null;
  if (sent && !refused && !location.pathname.startsWith("/sign-in")) forget(sent);
  sessionStorage.removeItem("holos.sent");
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keep]")) {
    if (!refused) keepOrRestore(form);
  }
  document.body.addEventListener("htmx:load", (event) => {
    const { elt } = (event as CustomEvent).detail as { elt: HTMLElement };
    if (!(elt instanceof HTMLFormElement) || !elt.dataset.keep) return;
    if (!elt.querySelector("[data-error-summary]")) keepOrRestore(elt);
  });
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-keep]");
    if (form) keep(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const leaves = !event.defaultPrevented && !form.hasAttribute("hx-post");
    if (form.dataset.keep && leaves) sessionStorage.setItem("holos.sent", form.dataset.keep);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, successful } = (event as CustomEvent).detail as Ended;
    const { elt } = requestConfig;
    if (successful && elt instanceof HTMLFormElement && elt.dataset.keep) forget(elt.dataset.keep);
  });
}
