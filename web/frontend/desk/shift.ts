// Before the shift: the microphone test. During it: the choice of devices.

import {
  chosenMicrophone,
  chosenSpeaker,
  closeMicrophone,
  devices,
  LevelMeter,
  MicrophoneRefused,
  openMicrophone,
  playThroughChosen,
  recordSample,
  remember,
} from "../phone/devices";
import type { Choice, Refusal } from "../phone/devices";
import { element, part, show, write } from "./parts";
import { say } from "../words";

const SAMPLE = 3000; // ms
const HEARD = 0.25; // of the meter: softer is a breath, not a voice

export function wordsOf(refusal: Refusal): string {
  switch (refusal) {
    case "denied":
      return say("The browser does not let this page use the microphone. Allow it beside the address, then try again.");
    case "missing":
      return say("No microphone was found. Plug in a headset, then try again.");
    case "busy":
      return say("The microphone is used by another program. Close that program, then try again.");
    case "insecure":
      return say("The microphone works only on a secure address (https).");
  }
}

function mark(check: "waiting" | "running" | "good" | "bad", words: string): void {
  part("check-microphone").dataset.check = check;
  write(part("check-microphone-words"), words);
}

export async function testMicrophone(): Promise<boolean> {
  const button = part<HTMLButtonElement>("test-microphone");
  button.disabled = true;
  let stream: MediaStream | null = null;
  let meter: LevelMeter | null = null;
  let loudest = 0;
  try {
    stream = await openMicrophone();
    await listDevices();
    mark("running", say("Speak now, three seconds are recorded."));
    meter = new LevelMeter(stream, (level) => {
      loudest = Math.max(loudest, level);
      part("level").style.width = `${Math.round(level * 100)}%`;
    });
    const sample = part<HTMLAudioElement>("sample");
    sample.src = await recordSample(stream, SAMPLE);
    show(sample, true);
    await playThroughChosen(sample);
    void sample.play().catch(() => undefined);
    if (loudest < HEARD) mark("bad", say("Hardly anything was heard. Is this the right microphone, and is it switched on?"));
    else mark("good", say("The microphone works. You hear yourself now."));
    return loudest >= HEARD;
  } catch (error) {
    mark("bad", error instanceof MicrophoneRefused ? wordsOf(error.refusal) : say("The test could not be made."));
    return false;
  } finally {
    meter?.stop();
    closeMicrophone(stream);
    part("level").style.width = "0";
    button.disabled = false;
  }
}

export async function listDevices(): Promise<void> {
  const { microphones, speakers } = await devices();
  fill(part<HTMLSelectElement>("microphones"), microphones, chosenMicrophone());
  const choice = part<HTMLSelectElement>("speakers");
  fill(choice, speakers, chosenSpeaker());
  const possible = "setSinkId" in HTMLMediaElement.prototype && speakers.length > 0;
  choice.disabled = !possible;
  show(part("speaker-hint"), !possible);
}

function fill(select: HTMLSelectElement, choices: Choice[], chosen: string): void {
  const usual = element("option", "", say("as the computer is set"));
  usual.value = "";
  select.replaceChildren(usual);
  for (const { id, label } of choices.filter((choice) => choice.id !== "default")) {
    const option = element("option", "", label || say("device without a name"));
    option.value = id;
    option.selected = id === chosen;
    select.append(option);
  }
}

export function onDeviceChange(microphoneChanged: () => void, speakerChanged: () => void): void {
  part("microphones").addEventListener("change", (event) => {
    remember("microphone", (event.target as HTMLSelectElement).value);
    microphoneChanged();
  });
  part("speakers").addEventListener("change", (event) => {
    remember("speaker", (event.target as HTMLSelectElement).value);
    speakerChanged();
  });
  navigator.mediaDevices?.addEventListener?.("devicechange", () => void listDevices());
}
