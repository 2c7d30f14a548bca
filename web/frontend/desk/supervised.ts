// What supervisors do to this desk: who takes part in the talk, where the organisation shows it; messages until they are read.
import "./supervised.css";

import { element, part, show } from "./parts";
import { get, post } from "./server";
import { announce } from "../page";
import { say } from "../words";

interface Supervised {
  beside: { name: string; mode: string; words: string }[];
  messages: { id: number; by: string; text: string; at: string }[];
}

let known = 0; // messages on the desk

export async function drawSupervised(): Promise<void> {
  const { beside, messages } = await get<Supervised>("/desk/supervised");
  const host = part("supervised");
  const lines = beside.map((each) => {
    const line = element("p", "supervised-beside", say("{name} takes part in your talk: {how}", { name: each.name, how: each.words }));
    line.dataset.mode = each.mode;
    return line;
  });
  host.replaceChildren(...lines, ...messages.map(message));
  show(host, host.children.length > 0);
  if (messages.length > known) announce(`${messages.at(-1)?.by ?? ""}: ${messages.at(-1)?.text ?? ""}`);
  known = messages.length;
}

function message(it: Supervised["messages"][number]): HTMLElement {
  const box = element("div", "supervised-message");
  const read = element("button", "btn btn-secondary", say("Read"));
  read.type = "button";
  read.addEventListener("click", () => {
    read.disabled = true;
    void post(`/desk/messages/${it.id}/read`).then(drawSupervised, () => (read.disabled = false));
  });
  box.append(element("strong", "", it.by), element("p", "", it.text), read);
  return box;
}

