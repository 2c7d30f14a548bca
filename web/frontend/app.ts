// The shell: htmx, menus, keys, tables, times, notices. Each page works without it.
import "bootstrap/js/dist/dropdown";
import htmx from "htmx.org";
import { addressesOffered } from "./addresses";
import { applicantsOffered } from "./applicants";
import { filesAttached } from "./attachments";
import { startKeeping } from "./drafts";
import { filesNamed } from "./files";
import { partsHearNews } from "./news";
import { mapsBrought } from "./maps";
import { numbersCall } from "./numbers";
import { announce, csrf, notice, sessionEnded, SIGNED_IN, takeBack } from "./page";
import { railFolds } from "./rail";
import { partsRest } from "./rests";
import { refusedFieldsSayWhy } from "./refused";
import { language, say } from "./words";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

function htmxKnowsTheSession(): void {
  document.body.addEventListener("htmx:configRequest", (event) => {
    (event as CustomEvent).detail.headers["X-CSRF-Token"] = csrf();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (asksByItself(event)) return;
    const { xhr } = (event as CustomEvent).detail as { xhr: XMLHttpRequest };
    if (xhr.getResponseHeader("X-Holos-Sign-In")) sessionEnded();
    else notice(wordsOf(xhr), { wrong: true });
  });
  const unanswered = say("The server does not answer. Nothing was lost; try again.");
  document.body.addEventListener("htmx:sendError", (event) => {
    if (!asksByItself(event)) notice(unanswered, { wrong: true });
  });
  document.body.addEventListener("htmx:beforeOnLoad", () => takeBack(unanswered));
}

// A number in the rail that nobody asked for says nothing when it cannot be had; the next deed of a person does.
function asksByItself(event: Event): boolean {
  return event.target instanceof HTMLElement && event.target.classList.contains("rail-number");
}

function wordsOf(xhr: XMLHttpRequest): string {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const words = page.querySelector(".problem-words");
  return words?.textContent?.replace(/\s+/g, " ").trim() || say("That did not work. Try again.");
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function keys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    } else if (event.key === "?") {
      const dialog = document.getElementById("keys");
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    }
  });
}

function rows(): void {
  document.getElementById("search")?.addEventListener("keydown", (event) => {
    const first = document.querySelector<HTMLElement>("[data-one-list] tbody a");
    if (event.key !== "ArrowDown" || !first) return;
    event.preventDefault();
    first.focus();
  });
  document.addEventListener("keydown", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("table[data-rows] tbody tr");
    if (!row || typing(event.target)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = [...(row.closest("[data-one-list]") ?? row.parentElement)!.querySelectorAll("tbody tr, :scope > tr")];
      const next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      next?.querySelector<HTMLElement>("a, button")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("tr[data-href]");
    if (!row || target.closest("a, button, input, label, select") || window.getSelection()?.toString()) return;
    location.assign(row.dataset.href ?? "");
  });
}

function clicks(): void {
  document.addEventListener("click", (event) => {
    const target = (event.target as HTMLElement).closest<HTMLElement>(
      "[data-close-notice], [data-show-keys], [data-open-dialog], [data-copy]",
    );
    if (!target) return;
    if ("closeNotice" in target.dataset) target.closest("[data-notice]")?.remove();
    if ("showKeys" in target.dataset) (document.getElementById("keys") as HTMLDialogElement).showModal();
    if (target.dataset.openDialog)
      (document.getElementById(target.dataset.openDialog) as HTMLDialogElement | null)?.showModal();
    if (target.dataset.copy)
      void navigator.clipboard.writeText(target.dataset.copy).then(() => announce(say("Copied")));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.ask && !window.confirm(form.dataset.ask)) event.preventDefault();
  });
}

function theme(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("[data-theme-switch]")) {
    form.addEventListener("submit", () => {
      const button = form.querySelector<HTMLButtonElement>("button[name=theme]");
      if (button) button.value = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    });
  }
}

const NOW = 5; // seconds, as the server's own words
const MINUTE = 60;
const HOUR = 3600;

// As `age` and `due` of web/formats.py: 59.9 minutes are an hour, and what is due stays due.
function age(at: Date, due: boolean, format: Intl.RelativeTimeFormat): string {
  const seconds = Math.round((at.getTime() - Date.now()) / 1000);
  if (due && seconds < NOW) return say("now");
  if (Math.abs(seconds) < NOW) return seconds > 0 ? say("now") : say("just now");
  if (Math.abs(seconds) < MINUTE) return format.format(seconds, "second");
  const minutes = Math.round(seconds / MINUTE);
  if (Math.abs(minutes) < HOUR / MINUTE) return format.format(minutes, "minute");
  return format.format(Math.round((minutes * MINUTE) / HOUR), "hour");
}

function freshTimes(): void {
  const format = new Intl.RelativeTimeFormat(language, { style: "short" });
  window.setInterval(() => {
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-fresh]")) {
      const told = age(new Date(time.dateTime), time.dataset.fresh === "due", format);
      if (time.textContent !== told) time.textContent = told;
    }
  }, 10_000);
}

function firstError(): void {
  const summary = document.querySelector<HTMLElement>("[data-error-summary]");
  const wrong = document.querySelector<HTMLElement>(
    '.field-wrong [aria-invalid="true"], .field-wrong input, .field-wrong textarea, .field-wrong select',
  );
  (wrong ?? summary)?.focus();
}

htmxKnowsTheSession();
railFolds();
keys();
rows();
clicks();
theme();
freshTimes();
startKeeping();
partsRest();
partsHearNews();
numbersCall();
mapsBrought();
addressesOffered();
applicantsOffered();
filesAttached();
filesNamed();
firstError();
refusedFieldsSayWhy();
if (document.documentElement.dataset.person) new BroadcastChannel(SIGNED_IN).postMessage("");
window.setTimeout(() => {
  for (const each of document.querySelectorAll("[data-notice]:not(.notice-wrong)")) each.remove();
}, 8000);
