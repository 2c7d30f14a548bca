// What every map of ours has: its sheet, the buttons for nearer and farther, the houses that the directory knows.
import L from "leaflet";
import { say } from "../words";
import { Ground } from "./ground";
import { Houses } from "./houses";

export const DEEPEST = 19;
const FARTHEST = 4;

/** A map in this element, looking at a point. With `keyboard` it is a stop of its own, and the arrows move it. */
export function mapIn(place: HTMLElement, at: L.LatLngExpression, zoom: number, { keyboard = true } = {}): L.Map {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(place, {
    attributionControl: false,
    zoomControl: false,
    keyboard,
    minZoom: FARTHEST,
    maxZoom: DEEPEST,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
  });
  L.control.zoom({ zoomInTitle: say("Nearer"), zoomOutTitle: say("Farther") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.setView(at, zoom);
  const version = Number(place.dataset.ground);
  if (version) {
    new Ground(version).addTo(map);
    if (place.dataset.credit) L.control.attribution({ prefix: false }).addTo(map).addAttribution(place.dataset.credit);
  }
  new Houses().addTo(map);
  return map;
}
