// Whether sound comes through: the exchange can answer a call whose packets never find their way.

const EVERY = 500; // ms
const FIRST = 6000; // ms from the answer until the connection is overdue
const AGAIN = 1500; // ms; the browser itself takes some seconds to call a connection lost

export class Silence {
  on = false;
  private stood = false; // ever
  private stoodAt = Date.now();
  private over = false;
  private readonly timer = setInterval(() => this.look(), EVERY);

  constructor(
    private readonly connection: () => RTCPeerConnection | null,
    private readonly changed: () => void,
  ) {}

  end(): void {
    this.over = true;
    clearInterval(this.timer);
  }

  // A connection that stands carries sound; whether the other side makes any is theirs: some send nothing while silent.
  private look(): void {
    const connected = this.connection()?.connectionState === "connected";
    this.stood ||= connected;
    if (connected) this.stoodAt = Date.now();
    const on = Date.now() - this.stoodAt > (this.stood ? AGAIN : FIRST);
    if (on === this.on || this.over) return;
    this.on = on;
    this.changed();
  }
}
