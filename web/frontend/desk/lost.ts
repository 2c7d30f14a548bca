// A call that broke off when the page was loaded anew, or its browser was gone: what is said of it goes once it is over, or rings here again.

import { say } from "../words";
import { notice } from "./notice";

let lost = "";
let takeBack: () => void = () => undefined;

export function tellLost(call: string): void {
  tell(call, say("The page was loaded anew during a call. The caller hears an apology and is first in the queue."));
}

export function tellLostElsewhere(call: string): void {
  tell(call, say("Your phone at the other place broke off during a call. The caller hears an apology and is first in the queue."));
}

function tell(call: string, words: string): void {
  lost = call;
  takeBack = notice(words, "bad", true);
}

// What a sign of life asks of the server, as long as there is such a call.
export const askedOfLost = (): Record<string, string> => (lost ? { lost } : {});

export const isLost = (call: string): boolean => call !== "" && call === lost;

export function forgetLost(): void {
  lost = "";
  takeBack();
  takeBack = () => undefined;
}
