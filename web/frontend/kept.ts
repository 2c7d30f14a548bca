// Where this browser keeps what a person typed: under the person's own name, as desks are shared. Signing out clears it,
// and so does the next person who signs in; a session that merely ended keeps it.
const ROOT = "holos.kept.";
const mine = (): string => `${ROOT}${document.documentElement.dataset.person ?? ""}.`;

/** The beginning of the names of everything of one kind that this person keeps here. */
export function prefixOf(kind: "form" | "desk"): string {
  return `${mine()}${kind}.`;
}

/** Names in the store that begin with `prefix`. */
export function namesUnder(prefix: string): string[] {
  return Object.keys(localStorage).filter((each) => each.startsWith(prefix));
}

/** Forgets what others kept here, and at sign-out everything. */
export function keepToOneself(): void {
  if (document.documentElement.dataset.person) {
    for (const name of namesUnder(ROOT)) if (!name.startsWith(mine())) localStorage.removeItem(name);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (new URL(form.action, location.href).pathname !== "/sign-out") return;
    for (const name of namesUnder(ROOT)) localStorage.removeItem(name);
  });
}
