// Caller, operator and whoever was asked in one talk. The browser mixes, the exchange keeps its two calls as they are
// (docs/decisions/0087-three-in-a-talk.md); the journal is told when it begins and ends.

import { Mixing } from "../phone/mixing";
import type { Line } from "../phone/line";
import { post } from "./server";

export class Conference {
  muted = false;

  private readonly mixing: Mixing;

  constructor(
    private readonly caller: Line,
    private readonly asked: Line,
    private readonly party: string, // whom the phone dialled
  ) {
    this.mixing = new Mixing(caller, asked);
  }

  async begin(microphone: MediaStream): Promise<void> {
    const muted = this.asked.muted;
    for (const line of [this.caller, this.asked]) if (line.muted) line.setMuted(false); // the voice may be muted, never the mixture
    this.setMuted(muted);
    this.tell(true);
    await this.mixing.begin(microphone);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.mixing.setMuted(muted);
  }

  speakInto(microphone: MediaStream): void {
    this.mixing.speakInto(microphone);
  }

  end(microphone: MediaStream): void {
    void this.mixing.end(microphone, this.muted);
  }

  // Not of one that ends with the operator's talk: the journal has the end of that.
  tellEnd(): void {
    this.tell(false);
  }

  // The talk is what counts: a journal that cannot be told changes nothing in it.
  private tell(together: boolean): void {
    void post("/desk/conference", { party: this.party, together: String(together) }).catch(() => undefined);
  }
}
