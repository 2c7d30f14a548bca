// "Call this number" on any page: the desk of this browser takes it, else the desk is opened for it.
import { notice } from "./page";
import { say } from "./words";

export const DIAL = "holos.dial";
const ANSWERS_WITHIN = 400; // ms: a desk in another tab that can dial now

export interface Dialled {
  number: string;
  taken?: boolean;
}

function offer(number: string, url: string): void {
  const desks = new BroadcastChannel(DIAL);
  const nobody = setTimeout(() => {
    desks.close();
    location.href = url;
  }, ANSWERS_WITHIN);
  desks.addEventListener("message", (event: MessageEvent<Dialled>) => {
    if (!event.data.taken || event.data.number !== number) return;
    clearTimeout(nobody);
    desks.close();
    notice(say("The number waits at your desk in the other tab: Enter calls it."));
  });
  desks.postMessage({ number } satisfies Dialled);
}

export function numbersCall(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-call-number]") : null;
    if (!link || document.querySelector("[data-desk]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    offer(link.dataset.callNumber ?? "", link.href);
  });
}
