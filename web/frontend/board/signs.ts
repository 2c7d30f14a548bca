// Three truths about an operator, each with a shape and words: their page is heard, their phone is registered, Asterisk
// has them in their queues.

import { element, write } from "../desk/parts";
import { say } from "../words";
import { timeOf } from "./figures";
import type { AgentFigures } from "./figures";

interface Sign {
  well: boolean;
  words: string;
}

export function drawSigns(place: HTMLElement, agent: AgentFigures): void {
  const signs = signsOf(agent);
  while (place.children.length < signs.length) place.append(element("li"));
  signs.forEach((sign, at) => {
    const mark = place.children[at] as HTMLElement;
    mark.dataset.sign = sign.well ? "well" : "ill";
    write(mark, sign.words);
  });
}

function signsOf(agent: AgentFigures): Sign[] {
  const silent = agent.page_silent_since;
  const queues = { joined: agent.queues_joined, queues: agent.queues_wanted };
  return [
    { well: silent === null, words: silent === null ? say("page open") : say("page silent since {time}", { time: timeOf(silent) }) },
    { well: agent.phone, words: agent.phone ? say("phone registered") : say("phone not reachable") },
    { well: agent.queues_joined >= agent.queues_wanted, words: say("in {joined} of {queues} queues", queues) },
  ];
}
