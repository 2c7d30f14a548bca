// A telephone's key pad: twelve buttons, the keyboard, and the tone of each key.

import { KEYS, keyTone } from "./sounds";

const LETTERS: Record<string, string> = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };

export function fillKeypad(pad: HTMLElement, press: (key: string) => void): void {
  pad.replaceChildren(
    ...[...KEYS].map((key) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "keypad-key";
      button.dataset.key = key;
      button.append(key);
      const letters = LETTERS[key];
      if (letters) {
        const small = document.createElement("small");
        small.textContent = letters;
        small.setAttribute("aria-hidden", "true");
        button.append(small);
      }
      button.addEventListener("click", () => pressed(button, key, press));
      return button;
    }),
  );
}

function pressed(button: HTMLElement, key: string, press: (key: string) => void): void {
  keyTone(key);
  press(key);
  button.classList.add("is-pressed");
  setTimeout(() => button.classList.remove("is-pressed"), 160);
}

// Presses the pad's key for a key of the keyboard; whether there was one.
export function pressByKeyboard(pad: HTMLElement, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || !KEYS.includes(event.key) || event.key.length !== 1) return false;
  pad.querySelector<HTMLButtonElement>(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  return true;
}
