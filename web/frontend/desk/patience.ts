// How long to wait before the next try: 1, 2, 4 ... 30 seconds, until something succeeds.

const FIRST = 1000; // ms
const LONGEST = 30_000; // ms

export class Patience {
  private next = FIRST;

  wait(): number {
    const now = this.next;
    this.next = Math.min(now * 2, LONGEST);
    return now;
  }

  succeeded(): void {
    this.next = FIRST;
  }
}
