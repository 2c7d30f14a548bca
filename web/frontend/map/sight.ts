// What a map shows, and when it has come to rest: for those who ask the server what is there.
import type L from "leaflet";

/** What a map asks the server about: the part of the earth that it shows. */
export function seenBy(map: L.Map, bounds = map.getBounds()): Record<string, string> {
  const within = (value: number, most: number): string => Math.max(-most, Math.min(most, value)).toFixed(6);
  return {
    south: within(bounds.getSouth(), 90),
    west: within(bounds.getWest(), 180),
    north: within(bounds.getNorth(), 90),
    east: within(bounds.getEast(), 180),
    zoom: String(map.getZoom()),
  };
}

/** Does it when the map has come to rest. */
export function atRest(map: L.Map, deed: () => void): void {
  let due = 0;
  map.on("moveend", () => {
    window.clearTimeout(due);
    due = window.setTimeout(deed, 120);
  });
}
