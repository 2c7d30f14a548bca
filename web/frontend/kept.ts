// Where this browser keeps what a person typed: under the person's own name, as desks are shared. Signing out clears it,
// and so does the next person who signs in; a session that merely ended keeps it.
const ROOT = "holos.kept.";
const LONGEST = 7 * 24 * 3600_000; // ms
const mine = (): string => `${ROOT}${document.documentElement.dataset.person ?? ""}.`;

/** The beginning of the names of everything of one kind that this person keeps here. */
export function prefixOf(kind: "form" | "desk"): string {
  return `${mine()}${kind}.`;
}

/** Keeps something under a name. Where the store is full or closed it is still on the page. */
export function put(name: string, what: object): void {
  try {
    localStorage.setItem(name, JSON.stringify({ ...what, at: Date.now() }));
  } catch {
    // Nothing else depends on it.
  }
}

/** What is kept under a name; null where nothing is, or nothing that can be read. */
export function kept<What extends object>(name: string): (What & { at: number }) | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as (What & { at: number }) | null;
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  localStorage.removeItem(name);
}

/** Forgets what is older than a week, and what nobody can read. */
export function sweep(): void {
  for (const name of namesUnder(mine())) if (!(Date.now() - (kept(name)?.at ?? 0) < LONGEST)) forget(name);
}

/** Forgets what others kept here, and at sign-out everything. */
export function keepToOneself(): void {
  if (document.documentElement.dataset.person) {
    for (const name of namesUnder(ROOT)) if (!name.startsWith(mine())) forget(name);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (new URL(form.action, location.href).pathname !== "/sign-out") return;
    for (const name of namesUnder(ROOT)) forget(name);
  });
}

function namesUnder(prefix: string): string[] {
  return Object.keys(localStorage).filter((each) => each.startsWith(prefix));
}
