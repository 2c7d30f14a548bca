// The session under an open desk: a running call outlives it, and the desk goes on once somebody signs in beside it.

import { SIGNED_IN } from "../page";
import type { Line } from "../phone/line";
import { say } from "../words";
import { notice } from "./notice";
import { Patience } from "./patience";
import type { DeskState } from "./server";
import { serverNow } from "./top";

const TALKS = ["talking", "hold", "consulting"];

let ended = false;
let talked = false; // since then
const patience = new Patience();

export const signedOut = (): boolean => ended;

export const nextLook = (): number => patience.wait();

export function sessionEnded(): void {
  if (ended) return;
  ended = true;
  tell(say("Your session has ended; a running call goes on. After signing in this page goes on by itself."));
}

function tell(words: string): void {
  notice(words, "bad", true, { words: say("Sign in in another tab"), url: "/sign-in?next=/me" });
}

export const hasTalk = (state: DeskState): boolean => TALKS.includes(state.state);

// The state as the phone knows it: without a session nobody tells the desk that a talk is over.
export function afterTalk(state: DeskState, line: Line | null): DeskState {
  if (!ended) return state;
  talked ||= line?.established ?? false;
  if (line || !(talked || hasTalk(state))) return state;
  talked = false;
  tell(say("The talk is over. Its wrap-up waits until you sign in again."));
  const over = { state: "wrap_up", state_text: say("The talk is over"), call: null, caller_hears: null, recording_paused_since: null } as const;
  return { ...state, ...over, since: new Date(serverNow()).toISOString() };
}

export function signedInAgain(): void {
  ended = talked = false;
  patience.succeeded();
  document.getElementById("session-ended")?.remove();
  notice(say("You are signed in again."), "good");
}

// Somebody signed in beside the desk, or looks at it again: whether the session is back is asked at once.
export function followSession(look: () => void): void {
  const seen = () => ended && document.visibilityState === "visible" && look();
  window.addEventListener("focus", seen);
  document.addEventListener("visibilitychange", seen);
  new BroadcastChannel(SIGNED_IN).addEventListener("message", () => ended && look());
  document.addEventListener("click", openBeside, true);
}

// Whoever offers to sign in again does it beside the desk: leaving the page would end the call.
function openBeside(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("#session-ended a") : null;
  if (link) link.target = "_blank";
}
