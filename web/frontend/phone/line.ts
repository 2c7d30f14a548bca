// One call on the browser's phone.

import type { RTCSession } from "jssip/lib/RTCSession";

import { Silence } from "./silence";

export type LineState = "ringing" | "calling" | "talking" | "held" | "ended";

const GATHERING = 1000; // ms: no address is worth a longer silence

export const MEDIA = {
  // No STUN and no TURN: phone and exchange are in one network, and each server asked costs seconds.
  pcConfig: { iceServers: [], bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" } as RTCConfiguration,
  rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: false },
};

export interface Ending {
  cause: string; // JsSIP's word: "Busy", "Rejected", "Terminated", "User Denied Media Access", ...
  byUs: boolean;
  status: number; // SIP's status of a call that never was; 0 when there was none
}

export class Line {
  state: LineState;
  readonly incoming: boolean;
  readonly call: string; // our CALL_ID; "" when the exchange did not say
  readonly queue: string;
  readonly source: string; // "browser": the number is only the caller's word
  readonly number: string;
  answeredAt: number | null = null;
  muted = false;
  ending: Ending | null = null;
  readonly sound = new Audio();
  private silence: Silence | null = null; // since the answer

  constructor(
    readonly session: RTCSession,
    header: (name: string) => string,
    private readonly changed: (line: Line) => void,
  ) {
    this.incoming = String(session.direction) === "incoming";
    this.state = this.incoming ? "ringing" : "calling";
    this.call = header("X-Call-Id");
    this.queue = header("X-Queue");
    this.source = header("X-Source");
    this.number = session.remote_identity.uri.user ?? "";
    this.sound.autoplay = true;
    this.follow();
  }

  private follow(): void {
    const { session } = this;
    session.on("peerconnection", ({ peerconnection }) => this.hear(peerconnection));
    if (session.connection) this.hear(session.connection);
    stopGatheringEarly(session);
    session.on("accepted", () => this.become("talking"));
    session.on("confirmed", () => this.become(this.state === "held" ? "held" : "talking"));
    session.on("hold", ({ originator }) => String(originator) === "local" && this.become("held"));
    session.on("unhold", ({ originator }) => String(originator) === "local" && this.become("talking"));
    const over = (event: { originator: unknown; cause: string; message?: unknown }) => {
      const status = (event.message as { status_code?: number } | undefined)?.status_code ?? 0;
      this.ending = { cause: event.cause, byUs: String(event.originator) === "local", status };
      this.sound.srcObject = null;
      this.silence?.end();
      this.become("ended");
    };
    session.on("ended", over);
    session.on("failed", over);
  }

  private hear(connection: RTCPeerConnection): void {
    connection.addEventListener("track", (event) => {
      this.sound.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      void this.sound.play().catch(() => undefined); // the browser plays at the next press of a key
    });
  }

  private become(state: LineState): void {
    if (this.state === "ended") return;
    if (state === "talking" && this.answeredAt === null) this.answered();
    this.state = state;
    this.changed(this);
  }

  private answered(): void {
    this.answeredAt = Date.now();
    this.silence = new Silence(() => this.session.connection ?? null, () => this.changed(this));
  }

  get alive(): boolean {
    return this.state !== "ended";
  }

  get established(): boolean {
    return this.state === "talking" || this.state === "held";
  }

  // No sound comes through, or none came until the end.
  get silent(): boolean {
    return this.silence?.on ?? false;
  }

  answer(microphone: MediaStream): void {
    this.session.answer({ ...MEDIA, mediaStream: microphone });
  }

  decline(): void {
    this.session.terminate({ status_code: 486, reason_phrase: "Busy Here" });
  }

  hangUp(): void {
    if (this.alive) this.session.terminate();
  }

  setMuted(muted: boolean): void {
    if (muted) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
    this.muted = muted;
    this.changed(this);
  }

  hold(): Promise<boolean> {
    return this.renegotiate("held", (done) => this.session.hold({}, done));
  }

  resume(): Promise<boolean> {
    return this.renegotiate("talking", (done) => this.session.unhold({}, done));
  }

  private renegotiate(wanted: LineState, ask: (done: () => void) => boolean): Promise<boolean> {
    if (this.state === wanted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(this.state === wanted), 4000);
      const asked = ask(() => {
        clearTimeout(late);
        resolve(true);
      });
      if (!asked) {
        clearTimeout(late);
        resolve(false);
      }
    });
  }

  press(key: string): void {
    this.session.sendDTMF(key, { duration: 160, interToneGap: 80, transportType: "RFC2833" as never });
  }

  // Hands the other side over to `target`; with `asked`, to the person on that line. False: the exchange refused.
  transfer(target: string, asked?: Line): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), 20_000);
      const end = (done: boolean) => {
        clearTimeout(late);
        resolve(done);
      };
      this.session.on("ended", () => end(true)); // the exchange may hang up before it says that it succeeded
      this.session.refer(target, {
        ...(asked ? { replaces: asked.session } : {}),
        eventHandlers: { accepted: () => end(true), failed: () => end(false), requestFailed: () => end(false) },
      });
    });
  }

  // Another voice than the microphone's: a mixture.
  async speak(track: MediaStreamTrack): Promise<void> {
    for (const sender of this.session.connection?.getSenders() ?? []) {
      if (sender.track?.kind === "audio" || sender.track === null) await sender.replaceTrack(track);
    }
    track.enabled = !this.muted && this.state !== "held";
  }

  async speakInto(microphone: MediaStream): Promise<void> {
    const track = microphone.getAudioTracks()[0];
    if (track && this.session.connection) await this.speak(track);
  }
}

// Asterisk hears a browser only at addresses of its offer, so all of them are waited for, but not for ever.
function stopGatheringEarly(session: RTCSession): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  session.on("icecandidate", ({ ready }) => {
    timer ??= setTimeout(ready, GATHERING);
  });
}
