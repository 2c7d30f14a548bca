// As long as an incident lasts: its topic and the short script, on top of the desk.
import "./incident.css";

import { element, part, show } from "./parts";
import { get } from "./server";
import { announce } from "../page";
import { say } from "../words";

interface Incident {
  topic: string | null;
  script?: string;
}

const AGAIN = 30_000; // ms; the news say it at once, but they may be away

let known: string | null = null;

export async function drawIncident(): Promise<void> {
  const { topic, script } = await get<Incident>("/surge/script");
  const host = part("incident");
  if (topic !== null) host.replaceChildren(element("strong", "", say("Incident: {topic}", { topic })), ...(script ? [element("p", "", script)] : []));
  show(host, topic !== null);
  if (topic !== known) announce(topic === null ? say("The incident is over") : say("Incident: {topic}", { topic }));
  known = topic;
}

export function followIncidents(): void {
  const look = () => void drawIncident().catch(() => undefined);
  look();
  setInterval(look, AGAIN);
}
