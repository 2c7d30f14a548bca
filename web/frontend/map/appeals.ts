// The appeals of the journal's list: what lies close together is one mark with its number, nearer it comes apart. Each
// mark opens the card; the list beside it holds what this part of the map shows.
import L from "leaflet";
import { announce, sessionEnded } from "../page";
import { say } from "../words";
import { DEEPEST, mapIn } from "./frame";
import { atRest, seenBy } from "./sight";

type Sides = [south: number, west: number, north: number, east: number];
type Drawn = [latitude: number, longitude: number, count: number, overdue: number, sides: Sides, mark?: string, number?: string, said?: string];

const CLOSEST = 18; // zoom, as far as a cluster brings one

class Appeals {
  private readonly map: L.Map;
  private readonly beside = document.getElementById("map-seen");
  private drawn = new Map<string, L.Marker>();
  private asked: AbortController | null = null;

  constructor(private readonly place: HTMLElement) {
    const { south, west, north, east } = place.dataset;
    const all = L.latLngBounds([Number(south), Number(west)], [Number(north), Number(east)]);
    this.map = mapIn(place, all.getCenter(), 12);
    const kept = /^#(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
    if (kept) this.map.setView([Number(kept[2]), Number(kept[3])], Number(kept[1]), { animate: false });
    else this.map.fitBounds(all, { maxZoom: 16, padding: [32, 32], animate: false });
    atRest(this.map, () => void this.look());
    void this.look();
  }

  private async look(only?: L.LatLngBounds): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const query = new URLSearchParams(this.place.dataset.query);
    for (const [name, value] of Object.entries(seenBy(this.map, only))) query.set(name, value);
    try {
      const answer = await fetch(`/appeals/map/seen?${query.toString()}`, { headers: { "HX-Request": "true" }, signal: asked.signal });
      if (answer.ok) this.show(await answer.text(), only !== undefined);
      else if (answer.headers.get("X-Holos-Sign-In")) sessionEnded();
    } catch {
      // A newer question, or no network: the bar of the page says so, and what is drawn stays.
    }
  }

  private show(part: string, only: boolean): void {
    if (!this.beside) return;
    this.beside.innerHTML = part;
    const told = this.beside.querySelector<HTMLElement>("[data-points]");
    announce(told?.querySelector("[role=status]")?.textContent?.trim() ?? "");
    if (only) {
      this.beside.scrollIntoView({ block: "nearest" });
      this.beside.querySelector<HTMLElement>("a")?.focus();
      return; // the marks are those of the whole map still
    }
    this.draw(JSON.parse(told?.dataset.points ?? "[]") as Drawn[]);
    const at = this.map.getCenter();
    history.replaceState(history.state, "", `#${this.map.getZoom()}/${at.lat.toFixed(5)}/${at.lng.toFixed(5)}`);
  }

  /** Draws what is new and takes away what is gone; what stays keeps the keyboard. */
  private draw(found: Drawn[]): void {
    const next = new Map<string, L.Marker>();
    for (const each of found) {
      const key = JSON.stringify(each);
      const marker = this.drawn.get(key) ?? this.made(each).addTo(this.map);
      next.set(key, marker);
      this.drawn.delete(key);
    }
    for (const gone of this.drawn.values()) gone.remove();
    this.drawn = next;
    this.place.dataset.marks = String(next.size);
    this.place.dataset.told = String(found.reduce((sum, each) => sum + each[2], 0));
  }

  private made(each: Drawn): L.Marker {
    const [latitude, longitude, count, overdue, sides, mark, number, said] = each;
    const late = overdue > 0;
    const size = count === 1 ? 28 : Math.min(56, 30 + 8 * Math.log10(count));
    const shape = document.createElement("span"); // the icon itself is moved about by Leaflet
    shape.className = `${count === 1 ? `map-mark map-mark-${mark}` : "map-cluster"}${late ? " map-mark-late" : ""}`;
    if (count > 1) shape.textContent = String(count);
    const icon = L.divIcon({ className: "map-click", html: shape, iconSize: [size, size] });
    const marker = L.marker([latitude, longitude], { icon, riseOnHover: true });
    const choose = (): void => (number ? location.assign(`/appeals/${number}`) : this.open(sides));
    const words = said ?? say("Appeals here: {count}, overdue: {overdue}", { count, overdue });
    marker.on("add", () => {
      const element = marker.getElement();
      if (!element) return;
      element.setAttribute("aria-label", words);
      element.title = words;
      if (number) element.setAttribute("role", "link");
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return; // Leaflet knows the mouse only
        event.preventDefault();
        choose();
      });
    });
    marker.on("click", choose);
    return marker;
  }

  /** Goes nearer to what lies in a cluster; where it cannot come apart, the list holds it. */
  private open([south, west, north, east]: Sides): void {
    const bounds = L.latLngBounds([south, west], [north, east]);
    const wide = this.map.getBoundsZoom(bounds.pad(0.1));
    if (this.map.getZoom() < CLOSEST && wide > this.map.getZoom()) {
      this.map.fitBounds(bounds, { maxZoom: Math.min(CLOSEST, DEEPEST), padding: [48, 48] });
    } else void this.look(L.latLngBounds([south - 1e-6, west - 1e-6], [north + 1e-6, east + 1e-6]));
  }
}

/** The appeals of a list on the map of its page. */
export function appealsOn(place: HTMLElement): void {
  new Appeals(place);
}
