// Parts that look again by themselves rest while somebody writes in them or has opened something there.

export function partsRest(): void {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (!(part instanceof HTMLElement) || !("rests" in part.dataset)) return;
    const busy = part.querySelector("details[open], :focus") !== null || document.visibilityState === "hidden";
    if (busy && (event as CustomEvent).detail.elt === part) event.preventDefault();
  });
}
