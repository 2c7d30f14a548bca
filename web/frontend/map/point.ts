// The points of a card or of an appeal. A point is dragged, moved with the arrow keys, or put where one clicks; the form
// beside it carries the place, and the house that stands nearest is proposed.
import L from "leaflet";
import { announce, notice } from "../page";
import { say } from "../words";
import { mapIn } from "./frame";

type At = [position: number, latitude: number, longitude: number];
interface Nearest {
  house?: number;
  text?: string;
  metres?: number;
}

const STEP = 8; // pixels of an arrow key; with shift one
const ZOOM = 17;
const FAR_ZOOM = 12;
const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

class Points {
  private readonly map: L.Map;
  private readonly card: HTMLInputElement | null;
  private readonly form: HTMLFormElement | null;
  private readonly nearest: HTMLElement | null;
  private readonly markers = new Map<number, L.Marker>();
  private asked: AbortController | null = null;
  private due = 0;
  private last = 0; // the point that a click moves: the one that was moved or chosen last

  constructor(private readonly place: HTMLElement) {
    const at = JSON.parse(place.dataset.at ?? "[]") as At[];
    const { latitude, longitude } = place.dataset;
    const first: L.LatLngTuple = at[0] ? [at[0][1], at[0][2]] : [Number(latitude), Number(longitude)];
    this.card = place.closest("form")?.querySelector("input[name=point]") ?? null;
    this.form = place.closest(".map-of-appeal")?.querySelector("form[data-moved]") ?? null;
    this.nearest = place.parentElement?.querySelector("[data-nearest]") ?? null;
    const byPins = this.movable && at.length > 0; // one stop of the keyboard is enough in a card: the pin
    this.map = mapIn(place, first, at.length ? ZOOM : FAR_ZOOM, { keyboard: !byPins });
    if (byPins) for (const link of place.querySelectorAll<HTMLElement>(".leaflet-control-zoom a")) link.tabIndex = -1;
    this.map.scrollWheelZoom.disable(); // the page is scrolled over it
    if (matchMedia("(pointer: coarse)").matches) this.map.dragging.disable(); // one finger scrolls the page, two move the map
    for (const [position, north, east] of at) this.put(position, L.latLng(north, east));
    if (at.length > 1) this.map.fitBounds(L.latLngBounds(at.map(([, north, east]) => [north, east])), { maxZoom: ZOOM, padding: [32, 32] });
    if (!this.movable) return;
    this.offerHere(place.closest(".map-of-appeal")?.querySelector("[data-here]") ?? null);
    this.map.on("click", (event) => this.moved(this.last, event.latlng));
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== place || this.markers.size > 0) return;
      event.preventDefault();
      this.moved(0, this.map.getCenter());
      this.markers.get(0)?.getElement()?.focus();
    });
  }

  private get movable(): boolean {
    return "movable" in this.place.dataset;
  }

  private put(position: number, at: L.LatLng): L.Marker {
    const several = position > 0;
    const name = several ? say("The place of address {number}", { number: position + 1 }) : say("The place of the appeal");
    const icon = L.divIcon({ className: several ? "map-pin map-pin-further" : "map-pin", iconSize: [28, 36], iconAnchor: [14, 34] });
    const marker = L.marker(at, { icon, draggable: this.movable, keyboard: this.movable, autoPan: true });
    marker.addTo(this.map);
    this.markers.set(position, marker);
    const element = marker.getElement();
    if (element) {
      element.setAttribute("aria-label", this.movable ? `${name}. ${say("Arrow keys move it, plus and minus look nearer and farther")}` : name);
      if (!this.movable) element.setAttribute("role", "img");
      element.title = name;
      if (several) element.textContent = String(position + 1);
    }
    if (!this.movable) return marker;
    marker.on("dragend", () => this.moved(position, marker.getLatLng()));
    element?.addEventListener("focus", () => (this.last = position));
    element?.addEventListener("keydown", (event) => this.pressed(event, position, marker));
    return marker;
  }

  /** Who stands at the place lets the telephone say where that is; browsers tell it to encrypted pages only. */
  private offerHere(button: HTMLButtonElement | null): void {
    if (!button || !window.isSecureContext || !("geolocation" in navigator)) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const here = L.latLng(coords.latitude, coords.longitude);
          this.moved(this.last, here);
          this.map.setView(here, ZOOM);
        },
        () => notice(say("The telephone does not say where it is"), { wrong: true }),
        { enableHighAccuracy: true, timeout: 15_000 },
      );
    });
  }

  private pressed(event: KeyboardEvent, position: number, marker: L.Marker): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "+" || event.key === "-") this.map.setZoomAround(marker.getLatLng(), this.map.getZoom() + (event.key === "+" ? 1 : -1));
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // the map would be moved instead
    const by = L.point(way[0], way[1]).multiplyBy(event.shiftKey ? 1 : STEP);
    const to = this.map.layerPointToLatLng(this.map.latLngToLayerPoint(marker.getLatLng()).add(by));
    this.moved(position, to);
    this.map.panInside(to, { padding: [40, 40] });
  }

  private moved(position: number, to: L.LatLng): void {
    this.last = position;
    (this.markers.get(position) ?? this.put(position, to)).setLatLng(to);
    if (this.card && position === 0) {
      const house = this.place.closest("form")?.querySelector<HTMLInputElement>("input[name=house]")?.value ?? "";
      this.carry(to, house);
    }
    if (this.form) {
      this.form.hidden = false;
      const values = { position: String(position), latitude: to.lat.toFixed(6), longitude: to.lng.toFixed(6) };
      for (const [name, value] of Object.entries(values)) {
        const field = this.form.querySelector<HTMLInputElement>(`input[name=${name}]`);
        if (field) field.value = value;
      }
    }
    window.clearTimeout(this.due);
    this.due = window.setTimeout(() => void this.look(to), 250);
  }

  private carry(to: L.LatLng, house: string): void {
    if (!this.card) return;
    this.card.value = `${to.lat.toFixed(6)},${to.lng.toFixed(6)},${house}`;
    this.card.dispatchEvent(new Event("input", { bubbles: true })); // drafts are kept of it
  }

  private async look(at: L.LatLng): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const query = new URLSearchParams({ latitude: at.lat.toFixed(6), longitude: at.lng.toFixed(6) });
    try {
      const answer = await fetch(`/appeals/map/nearest?${query.toString()}`, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (answer.ok) this.propose((await answer.json()) as Nearest, at);
    } catch {
      // A newer question, or no network: the place is kept all the same.
    }
  }

  private propose(found: Nearest, at: L.LatLng): void {
    if (!this.nearest) return;
    const text = found.text
      ? say("Nearest house: {address}, {metres} m", { address: found.text, metres: found.metres ?? 0 })
      : say("No house of the directory is near");
    this.nearest.hidden = false;
    this.nearest.textContent = text;
    announce(text);
    if (!found.text || !found.house || !this.card) return;
    const take = document.createElement("button");
    take.type = "button";
    take.className = "btn btn-secondary";
    take.textContent = say("Take this address");
    take.addEventListener("click", () => this.take(found, at));
    this.nearest.append(" ", take);
  }

  private take(found: Nearest, at: L.LatLng): void {
    const field = this.place.closest("form")?.querySelector<HTMLInputElement>("input[name=address]");
    this.carry(at, String(found.house));
    field?.dispatchEvent(new CustomEvent("address-taken", { detail: { text: found.text, house: found.house, note: "" } }));
    field?.focus();
  }
}

/** The points of one card or appeal on a small map. */
export function pointsOn(place: HTMLElement): void {
  new Points(place);
}
