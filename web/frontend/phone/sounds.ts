// Sounds the phone makes itself: ringing, ringback, keys. Made by WebAudio, so nothing has to be loaded.

let shared: AudioContext | null = null;

function context(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state === "suspended") void shared.resume();
  return shared;
}

// Browsers allow sound after a press of a key: called from one, so that the first ring is heard.
export function allowSound(): void {
  context();
}

function beep(frequencies: number[], from: number, length: number, loudness: number): OscillatorNode[] {
  const audio = context();
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loudness / frequencies.length, from + 0.015);
  gain.gain.setValueAtTime(loudness / frequencies.length, from + length - 0.02);
  gain.gain.linearRampToValueAtTime(0, from + length);
  gain.connect(audio.destination);
  return frequencies.map((frequency) => {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start(from);
    tone.stop(from + length);
    return tone;
  });
}

export class Repeating {
  private timer: ReturnType<typeof setInterval> | undefined;
  private tones: OscillatorNode[] = [];

  constructor(
    private readonly once: () => OscillatorNode[],
    private readonly every: number,
  ) {}

  start(): void {
    if (this.timer !== undefined) return;
    this.tones = this.once();
    this.timer = setInterval(() => (this.tones = this.once()), this.every);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const tone of this.tones) tone.stop();
    this.tones = [];
  }
}

// A soft rising pair, twice: heard in a loud room, bearable eight hours a day.
export const ring = new Repeating(() => {
  const now = context().currentTime + 0.02;
  return [0, 0.42].flatMap((at) => [
    ...beep([523.25, 659.25], now + at, 0.18, 0.22),
    ...beep([659.25, 783.99], now + at + 0.19, 0.18, 0.22),
  ]);
}, 2400);

// ITU-T E.180, the European ringing tone: 425 Hz, one second of five.
export const ringback = new Repeating(() => beep([425], context().currentTime + 0.02, 1, 0.12), 5000);

// One low tone that fades: it reminds, and asks for nothing.
export function nudgeTone(): void {
  beep([392], context().currentTime + 0.02, 0.35, 0.08);
}

// ITU-T Q.23: a row and a column frequency for each key.
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
export const KEYS = "123456789*0#";

export function keyTone(key: string): void {
  const at = KEYS.indexOf(key);
  if (at < 0) return;
  beep([ROWS[Math.floor(at / 3)] ?? 0, COLUMNS[at % 3] ?? 0], context().currentTime + 0.005, 0.16, 0.15);
}
