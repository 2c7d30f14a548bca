// A live stream of the server's news, with a fall back to polling when it is away. The page says how fresh it is.
import { linkBar, sessionEnded } from "./page";
import { say } from "./words";

export interface News {
  kind: string;
  [name: string]: unknown;
}

interface Options {
  /** Called for each piece of news. */
  heard: (news: News) => void;
  /** Called while the stream is away, every few seconds, to look by asking. */
  poll?: () => void | Promise<void>;
  /** Called when the link goes or comes back. */
  linked?: (up: boolean) => void;
  /** While it is true neither the stream nor `poll` is tried: nobody would be let in. */
  rests?: () => boolean;
  /** While it is true a page that nobody sees lets its stream go: a browser keeps six to a server, for all its pages. */
  sleeps?: () => boolean;
}

const SILENCE = 40_000; // ms: the server's heartbeat comes every 15 s
const PATIENCE = 15_000; // ms: so long a new stream may take to connect
const POLL_EVERY = 5_000; // ms

/** Listens to `url` until the page goes. Reconnects by itself; missed news are sent again by the server. */
export function listen(url: string, { heard, poll, linked, rests, sleeps }: Options): () => void {
  let source: EventSource | null = null;
  let lastSign = Date.now();
  let openedAt = Date.now();
  let last = "";
  let up = true;
  let closed = false;
  let asleep = false;

  const state = (now: boolean): void => {
    if (now === up) return;
    up = now;
    linked?.(now);
    if (now) linkBar(null);
  };
  const open = (): void => {
    const at = new URL(url, location.href);
    if (last) at.searchParams.set("last", last);
    else at.searchParams.set("since", document.documentElement.dataset.came ?? ""); // the page was on its way meanwhile
    source = new EventSource(at);
    openedAt = Date.now();
    source.onopen = () => {
      lastSign = Date.now();
      state(true);
    };
    source.onmessage = (event) => {
      lastSign = Date.now();
      state(true);
      if (event.lastEventId) last = event.lastEventId;
      const news = JSON.parse(event.data) as News;
      if (news.kind === "signed-out") sessionEnded();
      else heard(news);
    };
    source.addEventListener("beat", () => {
      lastSign = Date.now();
      state(true);
    });
    source.onerror = () => state(false);
  };
  const watch = window.setInterval(() => {
    fallAsleepOrWake();
    if (asleep) return;
    const now = Date.now();
    const silent = now - lastSign > SILENCE && now - openedAt > PATIENCE;
    const dead = source?.readyState === EventSource.CLOSED || silent;
    const resting = rests?.() ?? false;
    if (dead && !closed && !resting) {
      source?.close();
      state(false);
      open();
    }
    if (!up) {
      linkBar(say("The live link is down. Figures are {n} s old.", { n: Math.round((Date.now() - lastSign) / 1000) }));
      if (!resting) void poll?.();
    }
  }, POLL_EVERY);
  const lost = (): void => {
    source?.close(); // a stream may stay open and silent though the network is gone
    state(false);
  };
  const fallAsleepOrWake = (): void => {
    const sleep = document.visibilityState === "hidden" && (sleeps?.() ?? false);
    if (sleep === asleep) return;
    asleep = sleep;
    if (asleep) lost();
    else open();
  };
  const close = (): void => {
    closed = true;
    window.clearInterval(watch);
    document.removeEventListener("visibilitychange", fallAsleepOrWake);
    window.removeEventListener("offline", lost);
    source?.close();
  };
  window.addEventListener("offline", lost);
  window.addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", fallAsleepOrWake);
  fallAsleepOrWake(); // a tab may be opened behind another
  if (!asleep) open();
  return close;
}
