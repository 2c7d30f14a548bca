// The map itself: squares of our own server, drawn on canvas in the colours of the page's theme. Between the zooms that are
// kept, and beyond the nearest, the square of the next one farther away is drawn larger.
import L from "leaflet";

const LEVELS = [8, 11, 13, 15];
const EXTENT = 4096;
const SIDE = 256;

type Ring = number[];
type Shape = [layer: string, name: string, ...rings: Ring[]];
type Drawing = CanvasRenderingContext2D;

interface Look {
  fill?: string;
  stroke?: string;
  edge?: string;
  breadth?: [number, number]; // pixels at zoom 13 and at zoom 18
  dash?: number[];
}

const LOOKS: Record<string, Look> = {
  l: { fill: "--map-lived" },
  g: { fill: "--map-green" },
  w: { fill: "--map-water" },
  s: { stroke: "--map-water", breadth: [1.5, 6] },
  b: { fill: "--map-building" },
  p: { stroke: "--map-path", breadth: [0.5, 2.5], dash: [4, 3] },
  t: { stroke: "--map-rail", breadth: [1, 2.5], dash: [8, 3] },
  r: { stroke: "--map-road", edge: "--map-edge", breadth: [2, 13] },
  m: { stroke: "--map-main", edge: "--map-edge", breadth: [3.5, 17] },
};

function breadth([far, near]: [number, number], zoom: number): number {
  const share = (zoom - 13) / 5;
  return share < 0 ? Math.max(0.6, far * 2 ** (zoom - 13)) : far + (near - far) * Math.min(share, 1.4);
}

/** The ring's path, in pixels of the square. */
function walked(drawing: Drawing, ring: Ring, scale: number, left: number, top: number): void {
  let x = 0;
  let y = 0;
  for (let at = 0; at < ring.length; at += 2) {
    x += ring[at];
    y += ring[at + 1];
    if (at === 0) drawing.moveTo(x * scale - left, y * scale - top);
    else drawing.lineTo(x * scale - left, y * scale - top);
  }
}

export class Ground extends L.GridLayer {
  private readonly squares = new Map<string, Promise<Shape[]>>();
  private readonly themes = new MutationObserver(() => this.redraw());

  constructor(private readonly version: number) {
    super({ tileSize: SIDE, minZoom: LEVELS[0] - 2, maxZoom: 19, updateWhenZooming: false, keepBuffer: 1 });
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    return this;
  }

  override onRemove(map: L.Map): this {
    this.themes.disconnect();
    super.onRemove(map);
    return this;
  }

  override createTile(at: L.Coords, done: L.DoneCallback): HTMLElement {
    const canvas = document.createElement("canvas");
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = canvas.height = SIDE * dense;
    canvas.setAttribute("aria-hidden", "true");
    const drawing = canvas.getContext("2d");
    drawing?.scale(dense, dense);
    this.drawn(at, drawing).then(
      () => done(undefined, canvas),
      (error: Error) => done(error, canvas),
    );
    return canvas;
  }

  private async drawn(at: L.Coords, drawing: Drawing | null): Promise<void> {
    if (!drawing) return;
    const level = [...LEVELS].reverse().find((each) => each <= at.z) ?? LEVELS[0];
    const larger = 2 ** (at.z - level); // a square of ours covers so many of the kept one's side, or a part of one
    if (larger < 1) {
      const many = 1 / larger;
      for (let x = 0; x < many; x += 1)
        for (let y = 0; y < many; y += 1) {
          const shapes = await this.square(level, at.x * many + x, at.y * many + y);
          this.paint(drawing, shapes, at.z, (SIDE * larger) / EXTENT, -x * SIDE * larger, -y * SIDE * larger);
        }
      return;
    }
    const [x, y] = [Math.floor(at.x / larger), Math.floor(at.y / larger)];
    const shapes = await this.square(level, x, y);
    this.paint(drawing, shapes, at.z, (SIDE * larger) / EXTENT, (at.x - x * larger) * SIDE, (at.y - y * larger) * SIDE);
  }

  private square(zoom: number, x: number, y: number): Promise<Shape[]> {
    const key = `${zoom}/${x}/${y}`;
    const known = this.squares.get(key);
    if (known) return known;
    const asked = fetch(`/appeals/map/ground/${key}?v=${this.version}`, { headers: { Accept: "application/json" } }).then(
      async (answer) => (answer.status === 200 ? ((await answer.json()) as Shape[]) : []),
      () => {
        this.squares.delete(key); // no network: asked again when it comes into view
        return [];
      },
    );
    if (this.squares.size > 400) this.squares.clear();
    this.squares.set(key, asked);
    return asked;
  }

  private paint(drawing: Drawing, shapes: Shape[], zoom: number, scale: number, left: number, top: number): void {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    drawing.lineCap = drawing.lineJoin = "round";
    for (const [layer, look] of Object.entries(LOOKS)) {
      const mine = shapes.filter((shape) => shape[0] === layer);
      if (!mine.length) continue;
      drawing.beginPath();
      if (look.fill) {
        drawing.fillStyle = colour(look.fill);
        for (const shape of mine) {
          drawing.beginPath();
          for (const ring of shape.slice(2) as Ring[]) walked(drawing, ring, scale, left, top);
          drawing.fill("evenodd");
        }
        continue;
      }
      for (const shape of mine) for (const ring of shape.slice(2) as Ring[]) walked(drawing, ring, scale, left, top);
      const wide = breadth(look.breadth ?? [1, 1], zoom);
      drawing.setLineDash(look.dash && zoom > 14 ? look.dash : []);
      if (look.edge && wide > 2) {
        drawing.strokeStyle = colour(look.edge);
        drawing.lineWidth = wide + 1.5;
        drawing.stroke();
      }
      drawing.strokeStyle = colour(look.stroke ?? "");
      drawing.lineWidth = wide;
      drawing.stroke();
    }
    drawing.setLineDash([]);
    this.write(drawing, shapes, zoom, { scale, left, top, ink: colour("--map-words"), halo: colour("--map-ground") });
  }

  /** Names: of streets along them, of settlements and waters where they lie. A name that does not fit is not written. */
  private write(
    drawing: Drawing,
    shapes: Shape[],
    zoom: number,
    { scale, left, top, ink, halo }: { scale: number; left: number; top: number; ink: string; halo: string },
  ): void {
    drawing.fillStyle = ink;
    drawing.strokeStyle = halo;
    drawing.lineWidth = 3;
    drawing.textAlign = "center";
    drawing.textBaseline = "middle";
    const family = getComputedStyle(document.body).fontFamily;
    const written = new Set<string>();
    for (const [layer, name, ...rings] of shapes) {
      if (!name || written.has(name) || (layer !== "n" && zoom < 15)) continue;
      drawing.font = `${layer === "n" ? "600 13px" : "11px"} ${family}`;
      const wide = drawing.measureText(name).width + 6;
      const place = layer === "n" ? point(rings[0], scale, left, top) : along(rings, scale, left, top, wide);
      if (!place || !fits(place, wide)) continue;
      written.add(name);
      drawing.save();
      drawing.translate(place.x, place.y);
      drawing.rotate(place.turn);
      drawing.strokeText(name, 0, 0);
      drawing.fillText(name, 0, 0);
      drawing.restore();
    }
  }
}

interface Place {
  x: number;
  y: number;
  turn: number;
}

function point(ring: Ring, scale: number, left: number, top: number): Place {
  return { x: ring[0] * scale - left, y: ring[1] * scale - top, turn: 0 };
}

/** The middle of the first straight stretch that is long enough and lies in the square. */
function along(rings: Ring[], scale: number, left: number, top: number, wide: number): Place | null {
  for (const ring of rings) {
    let [x, y] = [0, 0];
    for (let at = 0; at < ring.length; at += 2) {
      const [fromX, fromY] = [x * scale - left, y * scale - top];
      x += ring[at];
      y += ring[at + 1];
      if (at === 0) continue;
      let [toX, toY] = [x * scale - left, y * scale - top];
      let [beginX, beginY] = [fromX, fromY];
      const part = inside(beginX, beginY, toX, toY);
      if (!part) continue;
      [beginX, beginY, toX, toY] = part;
      if (Math.hypot(toX - beginX, toY - beginY) < wide) continue;
      const turn = Math.atan2(toY - beginY, toX - beginX);
      const upright = turn > Math.PI / 2 ? turn - Math.PI : turn < -Math.PI / 2 ? turn + Math.PI : turn;
      const place = { x: (beginX + toX) / 2, y: (beginY + toY) / 2, turn: upright };
      if (fits(place, wide)) return place;
    }
  }
  return null;
}

/** The part of a stretch that lies in the square. */
function inside(x1: number, y1: number, x2: number, y2: number): [number, number, number, number] | null {
  let [begin, end] = [0, 1];
  const ways: [number, number][] = [
    [x1 - x2, x1],
    [x2 - x1, SIDE - x1],
    [y1 - y2, y1],
    [y2 - y1, SIDE - y1],
  ];
  for (const [way, room] of ways) {
    if (way === 0 && room < 0) return null;
    if (way < 0) begin = Math.max(begin, room / way);
    if (way > 0) end = Math.min(end, room / way);
  }
  if (begin >= end) return null;
  return [x1 + (x2 - x1) * begin, y1 + (y2 - y1) * begin, x1 + (x2 - x1) * end, y1 + (y2 - y1) * end];
}

function fits({ x, y, turn }: Place, wide: number): boolean {
  const [half, high] = [(Math.abs(Math.cos(turn)) * wide) / 2, (Math.abs(Math.sin(turn)) * wide) / 2];
  const low = 7;
  return x - half - low >= 0 && x + half + low <= SIDE && y - high - low >= 0 && y + high + low <= SIDE;
}
