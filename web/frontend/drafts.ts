// What is typed into a form with data-keep="<name>" survives a reload, a lost network and an ended session. A hidden
// field is kept only with data-kept: the number of a submission, so that what was taken already is not taken twice.
import { forget, keepToOneself, kept, prefixOf, put, sweep } from "./kept";

const PREFIX = prefixOf("form");
const SENT = "holos.sent";
const NEVER_KEPT = new Set(["password", "hidden", "file"]);

interface Draft {
  fields: Record<string, string[]>;
}

/** The form that was sent last from this tab, until a page follows. */
interface Sent {
  name: string;
  to: string;
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

const nameOf = (form: HTMLFormElement): string => PREFIX + (form.dataset.keep ?? "");

function keep(form: HTMLFormElement): void {
  const fields: Record<string, string[]> = {};
  for (const control of controls(form)) {
    fields[control.name] ??= [];
    if (!isBox(control) || control.checked) fields[control.name].push(control.value);
  }
  put(nameOf(form), { fields } satisfies Draft);
}

function restore(form: HTMLFormElement): void {
  const draft = kept<Draft>(nameOf(form));
  if (!draft) return;
  const met: Record<string, number> = {};
  for (const control of controls(form)) {
    const values = draft.fields[control.name];
    if (!values) continue;
    const place = (met[control.name] = (met[control.name] ?? -1) + 1);
    if (isBox(control)) control.checked = values.includes(control.value);
    else if (place < values.length) control.value = values[place];
  }
}

/** What a search found and wrote into the form wins over what was kept; any other form gets back what was typed. */
function keepOrRestore(form: HTMLFormElement): void {
  if ("found" in form.dataset) keep(form);
  else restore(form);
}

/** Forgets only what the server says it took: a send may break off, or end at something before the server. */
function forgetTaken(): void {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null") as Sent | null;
  sessionStorage.removeItem(SENT);
  if (sent && sent.to === document.documentElement.dataset.taken) forget(sent.name);
}

function remember(form: HTMLFormElement): void {
  const sent = { name: nameOf(form), to: new URL(form.action, location.href).pathname } satisfies Sent;
  sessionStorage.setItem(SENT, JSON.stringify(sent));
}

/** Starts keeping for all forms of the page, and forgets what the server took. */
export function startKeeping(): void {
  keepToOneself();
  sweep();
  forgetTaken();
  const refused = document.querySelector("[data-error-summary], [data-problem]") !== null;
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
    if (form.dataset.keep && leaves) remember(form);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, successful } = (event as CustomEvent).detail as Ended;
    const { elt } = requestConfig;
    if (successful && elt instanceof HTMLFormElement && elt.dataset.keep) forget(nameOf(elt));
  });
}
