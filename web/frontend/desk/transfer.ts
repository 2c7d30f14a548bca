// To whom a call is handed: a pick list of colleagues and queues with their states, and by right a number outside.

import { askOutside, whyRefused } from "./dial";
import { element, part, show, write } from "./parts";
import { get } from "./server";
import type { Targets } from "./server";
import { say } from "../words";

export interface Target {
  dial: string;
  name: string;
  person: boolean;
  outside?: boolean;
}

type Chosen = (target: Target, askFirst: boolean) => void;

const NUMBER = /^\+?[\d\s()-]{3,}$/;

const dialog = (): HTMLDialogElement => document.getElementById("transfer") as HTMLDialogElement;
export const handsOut = (): boolean => "handsOut" in dialog().dataset;
const dialsOut = (): boolean => "dialsOut" in dialog().dataset;
let chosen: Chosen = () => undefined;

export function prepareTransfer(): void {
  const search = part<HTMLInputElement>("target-search");
  search.addEventListener("input", () => filter(search.value));
  dialog().addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      const line = visible().find((each) => each.getAttribute("aria-current") === "true") ?? visible()[0];
      const now = event.shiftKey ? null : line?.querySelector<HTMLButtonElement>("[data-now]");
      (now ?? line?.querySelector<HTMLButtonElement>("[data-ask]"))?.click();
    }
  });
}

export async function pickTarget(whenChosen: Chosen): Promise<void> {
  chosen = whenChosen;
  const list = part("targets");
  list.replaceChildren(element("p", "quiet", say("Looking who is there")));
  dialog().showModal();
  const search = part<HTMLInputElement>("target-search");
  search.value = "";
  problem("");
  search.focus();
  try {
    draw(list, await get<Targets>("/desk/targets"));
  } catch {
    list.replaceChildren(element("p", "field-error", say("The list could not be loaded. Close it and press F8 again.")));
  }
}

export function closeTransfer(): void {
  dialog().close();
}

function draw(list: HTMLElement, { people, queues }: Targets): void {
  list.replaceChildren();
  list.append(element("h3", "", say("Colleagues")));
  if (people.length === 0) list.append(element("p", "quiet", say("Nobody else is on a shift.")));
  for (const person of people) {
    const free = person.state === "ready" || person.state === "paused";
    list.append(line({ dial: person.dial, name: person.name, person: true }, person.state_text, person.state, { free, ways: "both" }));
  }
  list.append(element("h3", "", say("Queues")));
  for (const queue of queues) {
    const words = queue.waiting ? say("{count} waiting", { count: queue.waiting }) : say("nobody waits");
    list.append(line({ dial: queue.dial, name: queue.name, person: false }, words, queue.waiting ? "busy" : "ready", { free: true, ways: "now" }));
  }
  filter(part<HTMLInputElement>("target-search").value); // whoever types fast did so before the list came
}

interface Means {
  free: boolean;
  ways: "now" | "ask" | "both";
  pick?: (askFirst: boolean) => void; // else the target is chosen as it stands
}

function line(target: Target, words: string, state: string, { free, ways, pick }: Means): HTMLElement {
  const row = element("div", "target");
  row.dataset.name = target.name.toLocaleLowerCase();
  const name = element("div", "target-name");
  name.append(element("strong", "", target.name));
  const about = element("span", "target-state", words);
  about.dataset.state = state;
  name.append(about);
  row.append(name);
  const now = element("button", "btn btn-secondary", say("Transfer"));
  now.dataset.now = "";
  const ask = element("button", "btn btn-quiet", say("Ask first"));
  ask.dataset.ask = "";
  for (const [button, askFirst] of [[now, false], [ask, true]] as const) {
    button.type = "button";
    button.disabled = !free;
    button.setAttribute("aria-label", `${button.textContent ?? ""}: ${target.name}`);
    button.addEventListener("click", () => (pick ? pick(askFirst) : choose(target, askFirst)));
    if (ways === "both" || ways === (askFirst ? "ask" : "now")) row.append(button);
  }
  return row;
}

function choose(target: Target, askFirst: boolean): void {
  closeTransfer();
  chosen(target, askFirst);
}

// What looks like a number stands as a line of its own, below whatever else matches.
function drawOutside(typed: string): void {
  document.querySelector(".target-outside")?.remove();
  if (!NUMBER.test(typed) || !(handsOut() || dialsOut())) return;
  const ways = handsOut() && dialsOut() ? "both" : handsOut() ? "now" : "ask";
  const target = { dial: typed, name: typed, person: false, outside: true };
  const row = line(target, say("a number outside"), "ready", { free: true, ways, pick: (askFirst) => void pickOutside(typed, askFirst) });
  row.classList.add("target-outside");
  part("targets").append(row);
}

async function pickOutside(typed: string, askFirst: boolean): Promise<void> {
  try {
    const { dial, name } = await askOutside(typed, !askFirst);
    if (dialog().open) choose({ dial, name, person: false, outside: true }, askFirst);
  } catch (error) {
    problem(whyRefused(error));
    part("target-search").focus();
  }
}

function problem(words: string): void {
  write(part("target-problem"), words);
  show(part("target-problem"), words !== "");
  part("target-search").setAttribute("aria-invalid", String(words !== ""));
}

const visible = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".target:not([hidden])")];

function mark(row: HTMLElement | undefined): void {
  for (const each of visible()) each.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
}

function step(by: number): void {
  const rows = visible();
  const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  mark(rows[Math.min(rows.length - 1, Math.max(0, at + by))]);
}

function filter(typed: string): void {
  const wanted = typed.trim().toLocaleLowerCase();
  problem("");
  drawOutside(typed.trim());
  for (const row of document.querySelectorAll<HTMLElement>(".target")) row.hidden = !(row.dataset.name ?? "").includes(wanted);
  mark(visible()[0]);
}
