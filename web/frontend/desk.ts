// The operator's desk. Three truths are kept apart: the server's state of the agent, the phone's link, the live news.
import "./desk.css";

import { askForNotifications, ignoreAttention } from "./desk/attention";
import * as call from "./desk/call";
import { CALLBACK, callbackOffered, callbackOver, drawCallback, prepareCallbacks, tickCallback } from "./desk/callbacks";
import { cardPainted, clearCard, completeCard, freshenForm, registerAppeal, showCard, shownCall, watchForm } from "./desk/card";
import { drawDirectories } from "./desk/directories";
import { drawDial, focusDial, prepareDial } from "./desk/dial";
import { drawBeforeShift, drawIdle, lookForBegun } from "./desk/idle";
import { drawIncident, followIncidents } from "./desk/incident";
import { followKeys } from "./desk/keys";
import { askedOfLost, forgetLost, isLost, tellLost, tellLostElsewhere } from "./desk/lost";
import { notice } from "./desk/notice";
import { part, show } from "./desk/parts";
import { drawRecording, prepareRecording, tickRecording } from "./desk/recording";
import { seatOfThisPage } from "./desk/seat";
import { post, Refused } from "./desk/server";
import type { DeskState, QueueNews } from "./desk/server";
import { afterTalk, followSession, hasTalk, nextLook, sessionEnded, signedInAgain, signedOut } from "./desk/session";
import { listDevices, onDeviceChange, testMicrophone } from "./desk/shift";
import { drawSupervised } from "./desk/supervised";
import * as telephone from "./desk/telephone";
import { drawQueues, drawTop, readyWaits, tickTop } from "./desk/top";
import { prepareTransfer } from "./desk/transfer";
import { focusResults, hideWrapUp, prepareWrapUp, showWrapUp, suggestRegistered, tickWrapUp } from "./desk/wrapup";
import { listen } from "./live";
import type { News } from "./live";
import { allowSound } from "./phone/sounds";
import { say } from "./words";

const SIGN_OF_LIFE = 20_000; // ms after the last one, whatever it was for

let seat = "";
let state: DeskState | null = null;
let newsLostSince: number | null = null;
let here = false; // this page has the phone

// Answers overtake each other; the server's own time says which is the newer.
function take(fresh: DeskState): void {
  if (state && fresh.now < state.now) return;
  if (state?.state === "consulting" && fresh.state !== "consulting" && fresh.call) freshenForm(fresh.call);
  state = fresh;
  if (fresh.here !== undefined) here = fresh.here;
  if (fresh.shift === null && telephone.isOn() && !call.inCall()) telephone.switchOff(); // somebody else has ended the shift
  drawTop(fresh);
  drawRecording(fresh);
  drawCallback(fresh, here);
  drawPanels();
}

// The server knows that the talk is over and nothing comes through: the end itself never came, and the dead line would
// refuse whoever calls next.
function letGoOfDeadLine(known: DeskState): void {
  const line = call.mainLine();
  if (!line?.established || !line.silent || hasTalk(known) || known.state === "ringing") return;
  line.hangUp();
  notice(say("The line had broken off; the talk is over."));
}

function drawPanels(): void {
  if (!state) return;
  letGoOfDeadLine(state);
  const line = call.mainLine();
  if (here) drawAfterTalk(afterTalk(state, line));
  if (line && isLost(line.call)) forgetLost();
  const onShift = state.shift !== null && here;
  const wrapUp = state.wrap_up;
  document.querySelector<HTMLElement>("[data-desk]")!.dataset.state = line ? line.state : state.state;
  show(part("panel-shift"), !onShift && !line);
  if (!onShift) drawBeforeShift(state, here);
  call.draw();
  if (onShift && !line && wrapUp) {
    if (!shownCall()) void showCard(wrapUp.call);
    showWrapUp(state, wrapUp);
  } else {
    hideWrapUp();
  }
  show(part("panel-idle"), onShift && !line && !wrapUp && !callbackOffered());
  drawDial(onShift && !line && !callbackOffered());
  if (line && !line.incoming && !shownCall() && state.call) void showCard(state.call);
  drawIdle(state, signedOut());
  if (!line && !wrapUp && shownCall() && !signedOut() && state.state !== "ringing" && !hasTalk(state)) clearCard();
}

function drawAfterTalk(known: DeskState): void {
  if (known === state) return;
  state = known;
  drawTop(known);
  drawRecording(known);
}

// The phone hears of the end of a talk before any news do, and without a session there are none.
function lineChanged(): void {
  drawPanels();
  if (state && hasTalk(state) && !call.mainLine()) refreshSoon();
}

function withoutSession(): void {
  sessionEnded();
  drawPanels();
}

async function deed(url: string, fields: Record<string, string> = {}, again = true): Promise<void> {
  try {
    take(await post(url, fields));
  } catch (error) {
    if (error instanceof Refused && error.status === 401) withoutSession();
    else if (error instanceof Refused && error.status === 409 && again && (await callIsOver())) await deed(url, fields, false);
    else if (error instanceof Refused && error.status === 409) notice(say("That does not fit now: finish the call and its wrap-up first."), "bad");
    else notice(say("The server is not reached. Try again."), "bad");
  }
}

// The phone hears of a call's end before the server does: what was refused because of that call is tried once more.
async function callIsOver(): Promise<boolean> {
  for (let look = 0; look < 8 && !call.mainLine(); look += 1) {
    await signOfLife();
    if (state && ["ready", "paused", "wrap_up"].includes(state.state)) return state.state !== "wrap_up";
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}

async function startShift(): Promise<void> {
  allowSound();
  askForNotifications();
  const button = part<HTMLButtonElement>("start-shift");
  button.disabled = true;
  try {
    const fresh = await post("/desk/shift", { seat });
    takePhone(fresh);
    if (fresh.lost) tellLostElsewhere(fresh.lost);
  } catch (error) {
    const busy = error instanceof Refused && error.status === 409;
    notice(busy ? say("Your phone is in a call at another place. End that call first; if that place is gone, try again in half a minute.") : say("The shift could not be started. Try again."), "bad");
  } finally {
    button.disabled = false;
  }
}

function takePhone(fresh: DeskState): void {
  here = true;
  if (fresh.phone) telephone.switchOn(fresh.phone);
  take(fresh);
}

let nextSign: ReturnType<typeof setTimeout> | undefined;

async function signOfLife(): Promise<void> {
  clearTimeout(nextSign);
  nextSign = setTimeout(() => void signOfLife(), SIGN_OF_LIFE);
  try {
    const fresh = await post("/desk/seen", { seat, ...askedOfLost() });
    if (signedOut()) signedInAgain();
    if (fresh.lost_over) forgetLost();
    const lostHere = here && fresh.here === false && fresh.shift !== null;
    take(fresh);
    if (lostHere) moved();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      withoutSession();
      clearTimeout(nextSign);
      nextSign = setTimeout(() => void signOfLife(), nextLook());
    }
  }
}

function moved(): void {
  if (call.inCall()) return; // the server moves no phone that is in a call
  here = false;
  telephone.switchOff();
  ignoreAttention();
  notice(say("Your shift goes on at another place. This page no longer has the phone."), "plain", true);
  drawPanels();
}

function signedOutBySupervisor(later: boolean): void {
  notice(later ? say("A supervisor ends your shift after this call and its wrap-up.") : say("A supervisor has ended your shift."), "plain", true);
  refreshSoon();
}

function heard(news: News): void {
  if (news.kind === "queues") {
    const fresh = new Map((news.queues as QueueNews[]).map((queue) => [queue.queue, queue]));
    if (state) drawQueues(state.queues.map((queue) => ({ ...queue, ...fresh.get(queue.queue) })));
    return;
  }
  if (news.kind === "supervised" || news.kind === "message") {
    void drawSupervised().catch(() => undefined);
    return;
  }
  if (news.kind === "incident") {
    void drawIncident().catch(() => undefined);
    return;
  }
  if (news.kind === "answer") {
    notice(say("A specialist has answered."), "good", true, { words: say("Read the answer"), url: `/questions/${String(news.question)}` });
    return;
  }
  if (news.kind === "directories") {
    void drawDirectories().catch(() => undefined);
    return;
  }
  if (news.kind === "signed_out") {
    signedOutBySupervisor(news.later === true);
    return;
  }
  if (news.kind === "moved") {
    if (news.seat !== seat && here) moved();
    return;
  }
  if (news.kind === "callback" && news.outcome && here) callbackOver(String(news.outcome));
  if (news.kind === "offer" && here && !call.inCall()) {
    void showCard(String(news.call));
    void completeCard(String(news.call));
  }
  refreshSoon(news.kind === "state" ? (news.since as string | undefined) : undefined);
}

let refreshing: ReturnType<typeof setTimeout> | undefined;
let toldOf: string | undefined = ""; // since when the newest state is that was told of; undefined: of something else

// A deed's answer has the state that the deed's own news tells of.
function refreshSoon(since?: string): void {
  toldOf = toldOf === undefined ? undefined : since;
  refreshing ??= setTimeout(() => {
    refreshing = undefined;
    const known = toldOf !== undefined && toldOf === state?.since;
    toldOf = "";
    if (!known) void cardPainted().then(signOfLife); // nothing competes with the card
  }, 60);
}

function newsLink(up: boolean): void {
  if (up && newsLostSince !== null) {
    refreshSoon();
    void drawSupervised().catch(() => undefined);
  }
  newsLostSince = up ? null : (newsLostSince ?? Date.now());
  part("glance").classList.toggle("is-stale", newsLostSince !== null);
}

// The page is new: is there a shift to go on with, and did a call break off when the page went?
async function begin(): Promise<void> {
  let fresh = await post("/desk/seen", { seat });
  if (fresh.here) {
    const broken = fresh.call !== null && ["talking", "hold"].includes(fresh.state) ? fresh.call : null;
    takePhone(await post("/desk/shift", { seat }));
    if (broken) {
      fresh = await post("/desk/lost-call", { call: broken });
      take(fresh);
      if (fresh.requeued) tellLost(broken);
    }
  } else {
    take({ ...fresh, here: false });
    await listDevices();
  }
}

function goReady(): void {
  const waits = callbackOffered() ? say("Call back first, or put it off") : readyWaits();
  if (!waits) {
    void deed("/desk/ready");
    return;
  }
  notice(say("{reason}; then Ready takes calls.", { reason: waits }));
  if (callbackOffered()) part("callback-call").focus();
  else focusResults();
}

function wrapUpDone(fresh: DeskState): void {
  hideWrapUp();
  clearCard();
  lookForBegun();
  take(fresh);
  if (fresh.wrap_up || fresh.state !== "paused" || fresh.reason === CALLBACK) return;
  notice(say("Saved. You are on pause ({reason}): Ready takes the next call.", { reason: fresh.reason_text }));
  part("ready").focus();
}

function togglePause(): void {
  if (state?.state === "paused" || state?.pause_after) goReady();
  else part<HTMLButtonElement>("pause").click();
}

function prepare(): void {
  call.prepareCall(lineChanged, {
    queueName: (queue) => state?.queues.find((each) => each.queue === queue)?.name ?? "",
    callerHears: () => state?.caller_hears ?? null,
  });
  prepareTransfer();
  prepareDial(call.dialOutside);
  prepareRecording(take);
  prepareCallbacks({ dial: call.dial, inCall: () => call.mainLine() !== null, refresh: refreshSoon });
  prepareWrapUp(wrapUpDone);
  onDeviceChange(() => void call.microphoneChanged(), call.speakerChanged);
  part("start-shift").addEventListener("click", () => void startShift());
  part("test-microphone").addEventListener("click", () => void testMicrophone());
  part("ready").addEventListener("click", goReady);
  part("end-shift").addEventListener("click", () => void deed("/desk/shift/end").then(() => state?.shift === null && telephone.switchOff()));
  part("pauses").addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-pause]");
    if (button) void deed("/desk/pause", { reason: button.dataset.pause ?? "" });
  });
  watchForm(suggestRegistered);
  window.addEventListener("beforeunload", (event) => {
    if (call.inCall()) event.preventDefault(); // a call cannot survive its page: the browser asks first
  });
  followKeys({ togglePause, registerAppeal, focusDial });
  followSession(() => void signOfLife());
}

async function start(): Promise<void> {
  seat = await seatOfThisPage();
  void begin().catch(() => notice(say("The desk could not be loaded. It tries again by itself."), "bad", true));
  void drawSupervised().catch(() => undefined);
  listen("/desk/live", { heard, poll: signOfLife, linked: newsLink, rests: signedOut, sleeps: () => !telephone.isOn() });
  nextSign = setTimeout(() => void signOfLife(), SIGN_OF_LIFE);
}

prepare();
followIncidents();
void start();
setInterval(() => {
  tickTop();
  call.tickCall();
  tickCallback();
  tickRecording();
  tickWrapUp();
  telephone.tick();
}, 1000);
