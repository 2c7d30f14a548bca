// Whether sound comes through: the exchange can answer a call whose packets never find their way.

const EVERY = 500; // ms
const FIRST = 6000; // ms from the answer until the first sound is overdue
const AGAIN = 1500; // ms; the browser itself takes some seconds to call a connection lost

export class Silence {
  on = false;
  private arrived = false; // any sound, ever
  private soundAt = Date.now();
  private over = false;
  private readonly timer = setInterval(() => void this.look(), EVERY);

  constructor(
    private readonly connection: () => RTCPeerConnection | null,
    private readonly changed: () => void,
  ) {}

  end(): void {
    this.over = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const connection = this.connection();
    const connected = connection?.connectionState === "connected";
    if (connected && !this.arrived) this.arrived = await packetsCame(connection);
    if (connected && this.arrived) this.soundAt = Date.now();
    const on = Date.now() - this.soundAt > (this.arrived ? AGAIN : FIRST);
    if (on === this.on || this.over) return;
    this.on = on;
    this.changed();
  }
}

async function packetsCame(connection: RTCPeerConnection): Promise<boolean> {
  let came = false;
  (await connection.getStats()).forEach((each: { type: string; packetsReceived?: number }) => {
    if (each.type === "inbound-rtp" && (each.packetsReceived ?? 0) > 0) came = true;
  });
  return came;
}
