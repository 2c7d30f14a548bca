// What was typed stays in this browser until it is sent: a reload or a lost link costs no word.
import { forget, kept, prefixOf, put } from "../kept";

const PREFIX = prefixOf("desk");

interface Draft {
  text: string;
}

export function keepDraft(key: string, text: string): void {
  if (text) put(PREFIX + key, { text } satisfies Draft);
  else forget(PREFIX + key);
}

export const draft = (key: string): string => kept<Draft>(PREFIX + key)?.text ?? "";
