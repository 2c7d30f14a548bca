// The houses of the directory under everything else: dots from near by, with their numbers from nearer still.
import L from "leaflet";
import { atRest, seenBy } from "./sight";

const DOTS_FROM = 15; // zoom
const NUMBERS_FROM = 17;

type House = [latitude: number, longitude: number, number: string];
interface Told {
  houses: House[];
  language: string; // of the numbers
}

export class Houses extends L.LayerGroup {
  private asked: AbortController | null = null;

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    const canvas = L.canvas({ padding: 0.2 });
    const look = (): void => void this.look(map, canvas);
    atRest(map, look);
    look();
    return this;
  }

  private async look(map: L.Map, canvas: L.Canvas): Promise<void> {
    this.asked?.abort();
    const near = map.getZoom() >= DOTS_FROM;
    map.getContainer().classList.toggle("map-with-numbers", map.getZoom() >= NUMBERS_FROM);
    if (!near) {
      this.clearLayers();
      return;
    }
    const asked = (this.asked = new AbortController());
    try {
      const answer = await fetch(`/appeals/map/houses?${new URLSearchParams(seenBy(map)).toString()}`, {
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (answer.ok) this.draw((await answer.json()) as Told, map, canvas);
    } catch {
      // A newer question, or no network: what is drawn stays.
    }
  }

  private draw({ houses, language }: Told, map: L.Map, canvas: L.Canvas): void {
    const numbered = map.getZoom() >= NUMBERS_FROM;
    const colour = getComputedStyle(map.getContainer()).getPropertyValue("--map-house").trim();
    this.clearLayers();
    for (const [latitude, longitude, number] of houses) {
      L.circleMarker([latitude, longitude], { renderer: canvas, radius: 2.5, weight: 0, fillOpacity: 1, fillColor: colour, interactive: false }).addTo(this);
      if (!numbered) continue;
      const icon = L.divIcon({ className: "map-number", iconSize: [0, 0], html: "" });
      const label = L.marker([latitude, longitude], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this);
      const element = label.getElement();
      if (element) {
        element.textContent = number;
        element.lang = language;
        element.setAttribute("aria-hidden", "true");
      }
    }
  }
}
