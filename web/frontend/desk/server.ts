// The desk's side of `/desk`: its state and its keys.

import { csrf, sessionEnded } from "../page";

export interface QueueGlance {
  queue: string;
  name: string;
  mine: boolean;
  waiting: number;
  longest_since: string | null;
}

export type AgentState = "offline" | "ready" | "ringing" | "talking" | "hold" | "wrap_up" | "paused";

export interface DeskState {
  now: string;
  shift: { seat: string; phone_reachable: boolean } | null;
  state: AgentState;
  state_text: string;
  reason: string | null;
  reason_text: string;
  since: string | null;
  call: string | null;
  pause_after: string | null;
  wrap_up: { call: string; since: string; due_at: string } | null;
  queues: QueueGlance[];
  today: { calls: number; talk: number; wrap_up: number };
  here?: boolean;
  requeued?: boolean;
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
  if (response.headers.has("X-Holos-Sign-In")) sessionEnded();
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
  const headers = { ...JSON_HEADERS, "X-CSRF-Token": csrf() };
  return (await (await reach(url, { method: "POST", headers, body: new URLSearchParams(fields) })).json()) as T;
}

export async function postForPart(url: string, fields: Record<string, string>): Promise<string> {
  const headers = { "HX-Request": "true", "X-CSRF-Token": csrf() };
  return (await reach(url, { method: "POST", headers, body: new URLSearchParams(fields) })).text();
}

// A queue as the board's news tell it.
export interface QueueNews {
  queue: string;
  waiting: number;
  longest_since: string | null;
}
