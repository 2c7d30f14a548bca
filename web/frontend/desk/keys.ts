// The keyboard: everything on the desk without the mouse.

import { pressByKeyboard } from "../phone/keypad";
import { answer, decline, hangUp, keypad, mainLine, toggleHold, toggleKeypad, toggleMute } from "./call";
import { acceptCallback, callbackOffered, declineCallback } from "./callbacks";
import { toggleAllThree, transfer } from "./consult";
import { isTyping } from "./parts";
import { toggleRecording } from "./recording";
import { chooseResult, wrapUpOpen } from "./wrapup";

interface Deeds {
  togglePause(): void;
  registerAppeal(): void;
  focusDial(): void;
}

export function followKeys({ togglePause, registerAppeal, focusDial }: Deeds): void {
  const always: Record<string, () => void> = {
    F2: () => void (callbackOffered() ? acceptCallback() : answer()),
    F3: () => void toggleRecording(),
    F4: () => void toggleHold(),
    F6: toggleMute,
    F7: () => mainLine()?.established && toggleKeypad(),
    F8: transfer,
    F9: togglePause,
    F10: focusDial,
    "Shift+F8": () => void toggleAllThree(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const deed = event.ctrlKey || event.altKey || event.metaKey ? undefined : always[event.shiftKey ? `Shift+${event.key}` : event.key];
    if (deed) {
      event.preventDefault();
      deed();
    } else if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      registerAppeal();
    } else if (event.ctrlKey && event.shiftKey && event.code === "KeyH") {
      event.preventDefault();
      hangUp();
    } else {
      plainKey(event);
    }
  });
}

function plainKey(event: KeyboardEvent): void {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && mainLine()?.state === "ringing") {
    event.preventDefault();
    decline();
    return;
  }
  if (event.key === "Escape" && callbackOffered()) {
    event.preventDefault();
    void declineCallback();
    return;
  }
  if (event.key === "Escape" && keypad()) {
    event.preventDefault();
    toggleKeypad();
    return;
  }
  if (isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (wrapUpOpen() && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    chooseResult(Number(event.key));
    return;
  }
  const pad = keypad();
  if (pad && pressByKeyboard(pad, event)) event.preventDefault();
}
