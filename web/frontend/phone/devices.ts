// Microphone and loudspeaker: which, remembered in this browser, and whether they work.

const MICROPHONE = "holos.microphone";
const SPEAKER = "holos.speaker";

export type Refusal = "denied" | "missing" | "busy" | "insecure";

export class MicrophoneRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}

export interface Choice {
  id: string;
  label: string;
}

export interface Devices {
  microphones: Choice[];
  speakers: Choice[];
}

function remembered(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export const chosenMicrophone = (): string => remembered(MICROPHONE);
export const chosenSpeaker = (): string => remembered(SPEAKER);

export function remember(kind: "microphone" | "speaker", id: string): void {
  try {
    localStorage.setItem(kind === "microphone" ? MICROPHONE : SPEAKER, id);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneRefused("insecure");
  const id = chosenMicrophone();
  const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return (await openChosen(id, audio)) ?? (await navigator.mediaDevices.getUserMedia({ audio }));
  } catch (error) {
    throw new MicrophoneRefused(refusalOf(error));
  }
}

// Asked for exactly, as Chromium takes a mere wish for no more than that; null when it was unplugged since.
async function openChosen(id: string, audio: MediaTrackConstraints): Promise<MediaStream | null> {
  if (!id) return null;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...audio, deviceId: { exact: id } } });
  } catch (error) {
    if (["OverconstrainedError", "NotFoundError"].includes((error as Error).name)) return null;
    throw error;
  }
}

function refusalOf(error: unknown): Refusal {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

export function closeMicrophone(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export async function devices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const of = (kind: MediaDeviceKind) =>
    all.filter((each) => each.kind === kind && each.deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of("audioinput"), speakers: of("audiooutput") };
}

// Plays through the loudspeaker that was chosen; the standard one where the browser cannot choose.
export async function playThroughChosen(sound: HTMLAudioElement): Promise<void> {
  const id = chosenSpeaker();
  if (!id || !("setSinkId" in sound)) return;
  await sound.setSinkId(id).catch(() => undefined); // unplugged since: the standard one serves
}

export class LevelMeter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private frame = 0;

  constructor(stream: MediaStream, show: (level: number) => void) {
    this.analyser.fftSize = 1024;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    const samples = new Float32Array(this.analyser.fftSize);
    const look = () => {
      this.analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const decibels = 10 * Math.log10(power + 1e-10); // speech is between -50 and -10
      show(Math.min(1, Math.max(0, (decibels + 60) / 50)));
      this.frame = requestAnimationFrame(look);
    };
    look();
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    void this.context.close();
  }
}

// Records for `length` ms; what was said, as an address an <audio> can play.
export function recordSample(stream: MediaStream, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onerror = () => reject(new Error("recording failed"));
    recorder.onstop = () => resolve(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType })));
    recorder.start();
    setTimeout(() => recorder.stop(), length);
  });
}
