// Reasons to pause and topics of a wrap-up: an administrator changes them while desks are open.

import { element, part } from "./parts";
import { get } from "./server";
import { say } from "../words";

interface Directories {
  pauses: [code: string, name: string][];
  topics: [code: string, name: string][];
}

export async function drawDirectories(): Promise<void> {
  const { pauses, topics } = await get<Directories>("/desk/directories");
  part("pauses").replaceChildren(...(pauses.length ? pauses.map(pause) : [item(element("span", "dropdown-item-text quiet", say("No reasons are set up; an administrator can add them.")))]));
  const choice = part<HTMLSelectElement>("topics");
  const chosen = choice.value;
  choice.replaceChildren(choice.options[0], ...topics.map(([code, name]) => new Option(name, code)));
  choice.value = topics.some(([code]) => code === chosen) ? chosen : "";
}

function pause([code, name]: [string, string]): HTMLElement {
  const button = element("button", "dropdown-item", name);
  button.type = "button";
  button.dataset.pause = code;
  return item(button);
}

function item(within: HTMLElement): HTMLElement {
  const made = element("li");
  made.append(within);
  return made;
}
