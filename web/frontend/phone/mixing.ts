// Three voices in one talk: each side hears the microphone and the other side, never itself.

import type { Line } from "./line";

export class Mixing {
  private readonly context = new AudioContext();
  private readonly toFirst = this.context.createMediaStreamDestination();
  private readonly toSecond = this.context.createMediaStreamDestination();
  private readonly voice = this.context.createGain(); // the microphone
  private microphone: MediaStreamAudioSourceNode | null = null;

  constructor(
    private readonly first: Line,
    private readonly second: Line,
  ) {
    this.voice.connect(this.toFirst);
    this.voice.connect(this.toSecond);
    this.source(heard(first)).connect(this.toSecond);
    this.source(heard(second)).connect(this.toFirst);
  }

  async begin(microphone: MediaStream): Promise<void> {
    await this.context.resume();
    this.speakInto(microphone);
    await Promise.all([this.first.speak(track(this.toFirst.stream)), this.second.speak(track(this.toSecond.stream))]);
  }

  speakInto(microphone: MediaStream): void {
    this.microphone?.disconnect();
    for (const each of microphone.getAudioTracks()) each.enabled = true;
    this.microphone = this.source(microphone);
    this.microphone.connect(this.voice);
  }

  setMuted(muted: boolean): void {
    this.voice.gain.value = muted ? 0 : 1;
  }

  // The first line has the microphone again as before; the second is about to end.
  async end(microphone: MediaStream, muted: boolean): Promise<void> {
    if (this.first.alive) {
      await this.first.speak(track(microphone));
      this.first.setMuted(muted);
    }
    await this.context.close();
  }

  private source(stream: MediaStream): MediaStreamAudioSourceNode {
    return this.context.createMediaStreamSource(stream);
  }
}

function heard(line: Line): MediaStream {
  const stream = line.sound.srcObject;
  if (!(stream instanceof MediaStream)) throw new Error("the line has no sound yet");
  return stream;
}

function track(stream: MediaStream): MediaStreamTrack {
  const [first] = stream.getAudioTracks();
  if (!first) throw new Error("no sound to speak with");
  return first;
}
