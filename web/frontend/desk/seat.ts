// The place at which the shift's phone is. A reload keeps the seat; another tab or computer has another.

const SEAT = "holos.seat";
const PAGE_LEAVES = 1500; // ms

// A tab that was opened from this one, or is its duplicate, begins with a copy of what this one remembers: the seat
// belongs to the page that holds it.
export async function seatOfThisPage(): Promise<string> {
  const known = sessionStorage.getItem(SEAT);
  if (known && (await holds(known))) return known;
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(SEAT, fresh);
  await holds(fresh);
  return fresh;
}

// As long as this page lives. One that is just being left, before its reload, gives the seat up within moments.
function holds(seat: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true); // without https there is no telephone here anyway
  return new Promise((held) => {
    const forEver = (): Promise<never> => {
      held(true);
      return new Promise(() => undefined);
    };
    const patience = { signal: AbortSignal.timeout(PAGE_LEAVES) };
    navigator.locks.request(`${SEAT}.${seat}`, patience, forEver).catch(() => held(false));
  });
}
