// What was typed stays in this browser until it is sent: a reload or a lost link costs no word.
import { namesUnder, prefixOf } from "../kept";

const PREFIX = prefixOf("desk");
const KEPT_FOR = 3 * 24 * 3600_000; // ms

interface Draft {
  at: number;
  text: string;
}

export function keepDraft(key: string, text: string): void {
  try {
    if (text) localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), text } satisfies Draft));
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // A full or closed store: the text is still on the page.
  }
}

export function draft(key: string): string {
  try {
    return (JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") as Draft | null)?.text ?? "";
  } catch {
    return "";
  }
}

export function forgetOldDrafts(): void {
  try {
    for (const key of namesUnder(PREFIX)) {
      const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
      if (!kept || Date.now() - kept.at > KEPT_FOR) localStorage.removeItem(key);
    }
  } catch {
    // Nothing to forget where nothing is kept.
  }
}
