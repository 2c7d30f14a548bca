// Three truths about an operator, in a menu under the phone's lamp: the page is heard, the phone is registered, Asterisk
// has them in their queues.

import { element, part, write } from "./parts";
import type { DeskState } from "./server";
import { say } from "../words";

const SILENT = 60; // seconds: two signs of life of this page were missed

interface Sign {
  well: boolean;
  words: string;
}

let state: DeskState | null = null;

export function drawSigns(fresh: DeskState, now: number): void {
  state = fresh;
  tickSigns(now);
}

export function tickSigns(now: number): void {
  const found = state ? signs(state, now) : [];
  const list = part("signs");
  if (list.children.length !== Math.max(1, found.length)) list.replaceChildren(...(found.length ? found : [null]).map(() => element("li")));
  found.forEach((sign, at) => {
    const line = list.children[at] as HTMLElement;
    line.dataset.sign = sign.well ? "well" : "ill";
    write(line, sign.words);
  });
  if (!found.length) {
    const line = list.children[0] as HTMLElement;
    delete line.dataset.sign;
    write(line, say("They are known during a shift."));
  }
  part("phone-lamp").toggleAttribute("data-ill", found.some((sign) => !sign.well));
}

function signs({ shift, queues }: DeskState, now: number): Sign[] {
  if (!shift) return [];
  const mine = queues.filter((queue) => queue.mine).length;
  return [page(shift.seen_at, now), phone(shift.phone_reachable), { well: shift.queues_joined >= mine, words: say("Queues: Asterisk has you in {joined} of {queues}", { joined: shift.queues_joined, queues: mine }) }];
}

function page(seen: string, now: number): Sign {
  const seconds = Math.max(0, Math.floor((now - Date.parse(seen)) / 1000));
  if (seconds < SILENT) return { well: true, words: say("Page: the centre heard it {seconds} s ago", { seconds }) };
  const time = new Date(seen).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  return { well: false, words: say("Page: the centre has not heard it since {time}", { time }) };
}

const phone = (well: boolean): Sign => ({ well, words: well ? say("Phone: registered") : say("Phone: not registered") });
