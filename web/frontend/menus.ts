// Prompts in the browser: any of them is played from the page, and recorded with the microphone in place of a file.
import { announce, notice } from "./page";
import { say } from "./words";

const LONGEST = 180; // seconds; the server takes no longer recording

function playing(): void {
  const player = new Audio();
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-play]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      player.src = button.dataset.play ?? "";
      void player.play().catch(() => notice(say("This prompt cannot be played."), { wrong: true }));
    });
  }
}

class Recorder {
  private readonly record: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly heard: HTMLAudioElement;
  private readonly seconds: HTMLElement;
  private running: MediaRecorder | null = null;
  private clock = 0;

  constructor(private readonly form: HTMLFormElement) {
    this.record = find(form, "[data-record]");
    this.stop = find(form, "[data-stop]");
    this.heard = find(form, "[data-heard]");
    this.seconds = find(form, "[data-seconds]");
    find<HTMLElement>(form, "[data-part=recorder]").hidden = false;
    this.record.addEventListener("click", () => void this.begin());
    this.stop.addEventListener("click", () => this.running?.stop());
  }

  private async begin(): Promise<void> {
    let microphone: MediaStream;
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      notice(say("The microphone is not open to this page."), { wrong: true });
      return;
    }
    const pieces: Blob[] = [];
    const running = new MediaRecorder(microphone);
    this.running = running;
    running.addEventListener("dataavailable", (event) => pieces.push(event.data));
    running.addEventListener("stop", () => {
      for (const track of microphone.getTracks()) track.stop();
      this.keep(new Blob(pieces, { type: running.mimeType }));
    });
    const begun = Date.now();
    this.clock = window.setInterval(() => {
      const passed = Math.floor((Date.now() - begun) / 1000);
      this.seconds.textContent = `${passed} s`;
      if (passed >= LONGEST) running.stop();
    }, 250);
    this.show(true);
    running.start();
    this.stop.focus();
  }

  /** What was recorded becomes the form's file, to be heard first and then sent like any other. */
  private keep(sound: Blob): void {
    window.clearInterval(this.clock);
    const file = new File([sound], sound.type.includes("mp4") ? "microphone.mp4" : "microphone.webm", {
      type: sound.type,
    });
    const chosen = new DataTransfer();
    chosen.items.add(file);
    const field = find<HTMLInputElement>(this.form, "input[type=file]");
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (this.heard.src) URL.revokeObjectURL(this.heard.src);
    this.heard.src = URL.createObjectURL(sound);
    this.heard.hidden = false;
    this.show(false);
    announce(say("Recorded. Listen to it, then use it."));
  }

  private show(recording: boolean): void {
    this.record.hidden = recording;
    this.stop.hidden = !recording;
  }
}

function find<Kind extends HTMLElement>(form: HTMLElement, selector: string): Kind {
  const found = form.querySelector<Kind>(selector);
  if (!found) throw new Error(`the form has no ${selector}`);
  return found;
}

playing();
if (navigator.mediaDevices && window.MediaRecorder)
  for (const form of document.querySelectorAll<HTMLFormElement>("[data-recorder]")) new Recorder(form);
