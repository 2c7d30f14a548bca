// The rail: its groups stay folded as they were left, and on a phone one key shows all the places.
import { language, say } from "./words";

const A_YEAR = 31_536_000; // seconds

/** Listens for the whole page: a part of it may be exchanged, the rail with it. */
export function railFolds(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const head = target.closest<HTMLElement>(".rail-head button");
    if (head) fold(head);
    else if (target.closest(".rail-all")) showAll(!shown());
    else if (shown() && (target.matches(".rail") || !target.closest(".rail"))) showAll(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown()) showAll(false, { back: true });
  });
  document.addEventListener("focusin", (event) => {
    if (shown() && !(event.target as HTMLElement).closest(".rail")) showAll(false);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as HTMLElement).closest(".rail")) sums();
  });
  document.querySelector(".rail-place[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

function rail(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".rail");
}

function fold(head: HTMLElement): void {
  const group = head.closest<HTMLElement>(".rail-group");
  if (!group) return;
  const shut = head.getAttribute("aria-expanded") === "true";
  head.setAttribute("aria-expanded", String(!shut));
  group.toggleAttribute("data-shut", shut);
  keep(group.dataset.group ?? "", shut);
}

// A cookie, so that the next page comes drawn as this one was left.
function keep(code: string, shut: boolean): void {
  const { dataset } = rail()!;
  const folded = new Set((dataset.folded ?? "").split(".").filter(Boolean));
  if (shut) folded.add(code);
  else folded.delete(code);
  dataset.folded = [...folded].join(".");
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${dataset.keptIn}=${dataset.folded}; path=/; max-age=${A_YEAR}; samesite=lax${secure}`;
}

function shown(): boolean {
  return rail()?.hasAttribute("data-all") ?? false;
}

function showAll(all: boolean, { back = false } = {}): void {
  const whole = rail();
  const key = whole?.querySelector<HTMLElement>(".rail-all");
  if (!whole || !key) return;
  whole.toggleAttribute("data-all", all);
  key.setAttribute("aria-expanded", String(all));
  if (all) (whole.querySelector<HTMLElement>("[aria-current]") ?? whole.querySelector<HTMLElement>("button"))?.focus();
  else if (back) key.focus();
}

// What waits in places that are not seen stands beside what hides them.
function sums(): void {
  for (const sum of document.querySelectorAll<HTMLElement>(".rail [data-sum]")) {
    const hidden = sum.closest(".rail-all") ? "li:not(.at-hand)" : "li";
    const places = (sum.closest(".rail-group") ?? rail())!.querySelectorAll(`${hidden} .rail-number`);
    const waiting = [...places].reduce((found, each) => found + numberIn(each), 0);
    sum.replaceChildren(...(waiting ? told(waiting) : []));
  }
}

function told(waiting: number): Node[] {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = ` ${say("waiting")}`;
  return [document.createTextNode(new Intl.NumberFormat(language).format(waiting)), words];
}

function numberIn(place: Element): number {
  return Number.parseInt((place.textContent ?? "").replace(/[\s.,]/g, ""), 10) || 0;
}
