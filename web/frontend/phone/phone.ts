// The browser's phone: SIP over a WebSocket, with JsSIP. Says what happens; draws nothing.

import { UA, WebSocketInterface } from "jssip";
import type { IncomingRTCSessionEvent, RTCSessionEvent } from "jssip/lib/UA";

import { Line, MEDIA } from "./line";

export interface Account {
  user: string;
  secret: string;
  socket: string;
  name: string;
}

export type PhoneState = "connecting" | "ready" | "refused" | "lost" | "closed";

export interface PhoneEvents {
  state(state: PhoneState, since: number): void;
  ringing(line: Line): void;
  line(line: Line): void;
}

const DOMAIN = "holos"; // endpoints are known by their name; the domain is only a word
const RECOVERY = { connection_recovery_min_interval: 1, connection_recovery_max_interval: 4 }; // seconds: ten after a restart all are back

export class Phone {
  state: PhoneState = "connecting";
  lines: Line[] = [];
  private readonly ua: UA;
  private readonly socket: WebSocketInterface;
  private readonly cameBack = () => this.trustAgain();

  constructor(
    account: Account,
    private readonly events: PhoneEvents,
    private readonly options: { register: boolean },
  ) {
    this.socket = new WebSocketInterface(account.socket);
    this.ua = new UA({
      sockets: [this.socket],
      uri: `sip:${account.user}@${DOMAIN}`,
      password: account.secret,
      authorization_user: account.user,
      display_name: "",
      register: options.register,
      register_expires: 120,
      session_timers: false,
      user_agent: "Holos",
      no_answer_timeout: 120,
      ...RECOVERY,
    });
    this.ua.on("connected", () => !options.register && this.become("ready"));
    this.ua.on("registered", () => this.become("ready"));
    this.ua.on("disconnected", () => this.state !== "closed" && this.become("lost"));
    this.ua.on("registrationFailed", ({ response }) => {
      this.become(response ? "refused" : "lost");
      if (!response) this.openAnew();
    });
    this.ua.on("newRTCSession", (event: RTCSessionEvent) => this.take(event));
  }

  start(): void {
    window.addEventListener("online", this.cameBack);
    this.ua.start();
  }

  registerAgain(): void {
    this.become("connecting");
    this.ua.register();
  }

  // Gives the phone back: unregisters and closes the link.
  close(): void {
    window.removeEventListener("online", this.cameBack);
    this.become("closed");
    this.ua.stop();
  }

  // The network is there again: a link from before may be dead without having ended.
  private trustAgain(): void {
    if (this.lines.length === 0) this.openAnew();
    else if (this.options.register) this.ua.register();
  }

  // Whoever does not answer on an open link is not heard on it either: JsSIP itself waits until it ends.
  private openAnew(): void {
    if (!this.socket.isConnected()) return;
    this.socket.disconnect();
    this.socket.ondisconnect(true);
  }

  private become(state: PhoneState): void {
    if (state === this.state || this.state === "closed") return;
    this.state = state;
    this.events.state(state, Date.now());
  }

  private take(event: RTCSessionEvent): void {
    if (String(event.originator) !== "remote") return; // our own calls are made in `call`
    const { session, request } = event as IncomingRTCSessionEvent;
    if (this.lines.length > 0) {
      session.terminate({ status_code: 486, reason_phrase: "Busy Here" }); // one caller at a time
      return;
    }
    const header = (name: string) => String(request.getHeader(name) ?? "");
    const line = new Line(session, header, (changed) => this.changed(changed));
    this.lines.push(line);
    this.events.ringing(line);
  }

  call(target: string, microphone: MediaStream, headers: Record<string, string> = {}): Line {
    const extraHeaders = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const session = this.ua.call(this.address(target), { ...MEDIA, mediaStream: microphone, extraHeaders });
    const line = new Line(session, (name) => headers[name] ?? "", (changed) => this.changed(changed));
    this.lines.push(line);
    this.events.line(line);
    return line;
  }

  address(target: string): string {
    return `sip:${target}@${DOMAIN}`;
  }

  private changed(line: Line): void {
    if (!line.alive) this.lines = this.lines.filter((other) => other !== line);
    this.events.line(line);
  }
}
