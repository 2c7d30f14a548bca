// Small things every script of a page may want: announcing, notices, the bar of a lost link, the end of the session.
import { say } from "./words";

/** The channel on which a page tells the others of this browser that somebody is signed in. */
export const SIGNED_IN = "holos.signed-in";

/** The token that proves a change was asked for by this page. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Says something to a screen reader: at once for what cannot wait. */
export function announce(text: string, { now = false } = {}): void {
  const place = document.getElementById(now ? "live-now" : "live");
  if (place) place.textContent = text;
}

/** A notice in the corner; it goes after a while unless it is about something wrong, which is told once. */
export function notice(text: string, { wrong = false } = {}): void {
  if (wrong && shown(text)) return;
  const box = document.createElement("div");
  box.className = wrong ? "notice notice-wrong" : "notice";
  box.dataset.notice = "";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "notice-close";
  close.dataset.closeNotice = "";
  close.setAttribute("aria-label", say("Close"));
  close.textContent = "×";
  box.append(words, close);
  document.getElementById("notices")?.append(box);
  if (!wrong) window.setTimeout(() => box.remove(), 8000);
}

/** Takes a notice away that is no longer true. */
export function takeBack(text: string): void {
  shown(text)?.remove();
}

function shown(text: string): Element | null {
  const all = [...document.querySelectorAll("#notices [data-notice]")];
  return all.find((each) => each.querySelector("span")?.textContent === text) ?? null;
}

/** Shows the bar over the content while the link is down, or takes it away. */
export function linkBar(text: string | null): void {
  const bar = document.getElementById("link-bar");
  if (!bar) return;
  bar.hidden = text === null;
  bar.textContent = text ?? "";
}

/** The session is over: say so, offer to sign in in another tab; what was typed stays. */
export function sessionEnded(): void {
  const text = say("Sign in again, your text is kept.");
  announce(text, { now: true });
  if (document.getElementById("session-ended")) return;
  const dialog = document.createElement("dialog");
  dialog.id = "session-ended";
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "session-ended-title");
  const title = document.createElement("h2");
  title.id = "session-ended-title";
  title.textContent = text;
  const link = document.createElement("a");
  link.className = "btn btn-primary";
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = say("Sign in");
  dialog.append(title, link);
  document.body.append(dialog);
  dialog.showModal();
}
