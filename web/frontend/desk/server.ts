// The desk's side of `/desk`: its state and its keys.

import { csrf } from "../page";

export interface QueueGlance {
  queue: string;
  name: string;
  mine: boolean;
  waiting: number;
  longest_since: string | null;
}

export type AgentState = "offline" | "ready" | "ringing" | "dialling" | "talking" | "hold" | "consulting" | "wrap_up" | "paused";

export interface DeskState {
  now: string;
  shift: { seat: string; phone_reachable: boolean; queues_joined: number; seen_at: string } | null;
  state: AgentState;
  state_text: string;
  reason: string | null;
  reason_text: string;
  since: string | null;
  due_at: string | null; // when a pause should be over
  call: string | null;
  caller_hears: boolean | null; // of whom a colleague asks; null: nobody asks
  recording_paused_since: string | null;
  pause_after: string | null;
  wrap_up: {
    call: string;
    since: string;
    due_at: string;
    old: boolean; // the agent does something else by now
    about: string;
    ready_waits: string | null; // why nobody becomes ready before it
    others: number; // more that lack a result
  } | null;
  queues: QueueGlance[];
  today: { calls: number; talk: number; wrap_up: number };
  here?: boolean;
  requeued?: boolean;
  lost?: string | null; // the call that broke off when the other place was gone
  lost_over?: boolean; // the call that broke off at this page
  phone?: { user: string; secret: string; socket: string; name: string };
}

export interface Targets {
  people: { dial: string; name: string; state: AgentState; state_text: string; since: string }[];
  queues: { dial: string; name: string; waiting: number }[];
}

export class Refused extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    message: string,
  ) {
    super(message);
  }
}


async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  const said = (await response.json().catch(() => ({}))) as { title?: string; advice?: string };
  throw new Refused(response.status, said.advice ?? said.title ?? String(response.status));
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Refused(0, "");
  }
  return answered(response);
}

const JSON_HEADERS = { Accept: "application/json", "X-Requested-With": "desk" };

export async function get<T>(url: string): Promise<T> {
  return (await (await reach(url, { headers: JSON_HEADERS })).json()) as T;
}

export async function getPart(url: string): Promise<string> {
  return (await reach(url, { headers: { "HX-Request": "true" }, priority: "high" })).text();
}

export async function post<T = DeskState>(url: string, fields: Record<string, string> = {}): Promise<T> {
  return (await (await send(url, JSON_HEADERS, fields)).json()) as T;
}

export async function postForPart(url: string, fields: Record<string, string>): Promise<string> {
  return (await send(url, { "HX-Request": "true" }, fields)).text();
}

// A desk outlives its session: after signing in again in another tab, this page's token is the old session's.
async function send(url: string, headers: Record<string, string>, fields: Record<string, string>): Promise<Response> {
  const once = () =>
    reach(url, { method: "POST", headers: { ...headers, "X-CSRF-Token": csrf() }, body: new URLSearchParams(fields) });
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error;
    const { csrf: fresh } = await get<{ csrf: string }>("/desk/state");
    if (fresh === csrf()) throw error;
    document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.setAttribute("content", fresh);
    return once();
  }
}

// A queue as the board's news tell it.
export interface QueueNews {
  queue: string;
  waiting: number;
  longest_since: string | null;
}
