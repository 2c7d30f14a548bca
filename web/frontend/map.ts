// Maps: the appeals of the journal's list, and the point of one card. Everything is drawn from our own server's data.
import { appealsOn } from "./map/appeals";
import { pointsOn } from "./map/point";

function start(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-map]:not([data-drawn])")) {
    if (place.closest("details:not([open])")) {
      place.closest("details")?.addEventListener("toggle", start, { once: true }); // folded away it has no size
      continue;
    }
    place.dataset.drawn = "";
    if (place.dataset.map === "appeals") appealsOn(place);
    else pointsOn(place);
  }
}

start();
document.body.addEventListener("htmx:load", start);
