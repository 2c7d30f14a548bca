// The player of a call: two waves (left the caller, right the operator), seek, speed, skipped silence, keys.
// The page's timeline of the whole call moves along and is another way to seek.
import WaveSurfer from "wavesurfer.js";

interface Waves {
  caller: number[];
  operator: number[];
}

const STEP = 5; // seconds
const LOUDEST = 100; // of the stored waves

function needed<T extends Element>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the player lacks ${selector}`);
  return found;
}

function told(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The line over the whole call, if the page has one. */
class Timeline {
  private readonly begins: number;
  private readonly lasts: number;

  constructor(private readonly track: HTMLElement) {
    this.begins = Date.parse(track.dataset.begins ?? "");
    this.lasts = Number(track.dataset.seconds) || 1;
    track.addEventListener("click", (event) => this.clicked(event));
  }

  show(moment: number): void {
    const cursor = needed<HTMLElement>(this.track, "[data-cursor]");
    cursor.hidden = false;
    cursor.style.left = `${Math.min(100, ((moment - this.begins) / 1000 / this.lasts) * 100)}%`;
  }

  private clicked(event: MouseEvent): void {
    const box = this.track.getBoundingClientRect();
    const moment = this.begins + ((event.clientX - box.left) / box.width) * this.lasts * 1000;
    players.find((player) => player.covers(moment))?.playFrom(moment);
  }
}

class Player {
  private waves: WaveSurfer;
  private readonly seconds: number;
  private readonly begins: number;
  private readonly pauses: [number, number][];
  private readonly sound: HTMLAudioElement | null;

  constructor(readonly root: HTMLElement) {
    this.seconds = Number(root.dataset.seconds);
    this.begins = Date.parse(root.dataset.begins ?? "");
    this.pauses = JSON.parse(root.dataset.pauses ?? "[]") as [number, number][];
    this.sound = root.querySelector<HTMLAudioElement>("[data-sound]");
    this.waves = this.draw();
    if (this.sound) this.control(this.sound);
  }

  covers(moment: number): boolean {
    return moment >= this.begins && moment <= this.begins + this.seconds * 1000;
  }

  playFrom(moment: number): void {
    if (this.sound) {
      this.waves.setTime((moment - this.begins) / 1000);
      void this.waves.play();
    }
    this.root.scrollIntoView({ block: "nearest" });
    if (!this.sound) this.root.parentElement?.querySelector<HTMLElement>(".why input")?.focus();
  }

  close(): void {
    this.waves.destroy();
  }

  /** Draws the waves anew, in the colours of another theme; the sound goes on where it is. */
  redraw(): void {
    this.waves.destroy();
    this.waves = this.draw();
    if (this.sound) this.follow();
  }

  private draw(): WaveSurfer {
    const stored = JSON.parse(this.root.dataset.waves ?? "{}") as Waves;
    const style = getComputedStyle(this.root);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const channel = (name: string): object => ({
      waveColor: colour(`--voice-${name}-quiet`),
      progressColor: colour(`--voice-${name}`),
      height: 56,
      overlay: false,
    });
    return WaveSurfer.create({
      container: needed<HTMLElement>(this.root, "[data-wave]"),
      media: this.sound ?? undefined,
      peaks: [stored.caller, stored.operator].map((wave) => wave.map((point) => point / LOUDEST)),
      duration: this.seconds,
      splitChannels: [channel("caller"), channel("operator")],
      normalize: true,
      cursorColor: colour("--ink"),
      cursorWidth: 1,
      barWidth: 2,
      barGap: 1,
      interact: this.sound !== null,
      dragToSeek: this.sound !== null,
      cspNonce: document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content,
    });
  }

  private control(sound: HTMLAudioElement): void {
    sound.hidden = true;
    needed<HTMLElement>(this.root, "[data-controls]").hidden = false;
    needed(this.root, "[data-play]").addEventListener("click", () => void this.waves.playPause());
    for (const button of this.root.querySelectorAll<HTMLElement>("[data-move]"))
      button.addEventListener("click", () => this.waves.skip(Number(button.dataset.move)));
    const speed = needed<HTMLSelectElement>(this.root, "[data-speed]");
    speed.addEventListener("change", () => this.waves.setPlaybackRate(Number(speed.value), true));
    this.follow();
    sound.addEventListener("error", () => {
      needed<HTMLElement>(this.root, "[data-trouble]").hidden = false;
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.focus({ preventScroll: true });
    this.waves.once("ready", () => void this.waves.play().catch(() => undefined));
  }

  private follow(): void {
    this.waves.on("play", () => this.playing(true));
    this.waves.on("pause", () => this.playing(false));
    this.waves.on("timeupdate", (now) => this.moved(now));
  }

  private playing(on: boolean): void {
    if (on) for (const other of players) if (other !== this) other.waves.pause();
    const button = needed<HTMLElement>(this.root, "[data-play]");
    needed<HTMLElement>(button, "[data-icon-play]").hidden = on;
    needed<HTMLElement>(button, "[data-icon-pause]").hidden = !on;
    needed(button, "[data-play-words]").textContent = (on ? button.dataset.wordsPause : button.dataset.wordsPlay) ?? "";
  }

  private moved(now: number): void {
    needed(this.root, "[data-now]").textContent = told(now);
    timeline?.show(this.begins + now * 1000);
    if (!needed<HTMLInputElement>(this.root, "[data-skip]").checked || !this.waves.isPlaying()) return;
    const pause = this.pauses.find(([from, until]) => now >= from && now < until - 0.05);
    if (pause) this.waves.setTime(pause[1]);
  }

  private key(event: KeyboardEvent): void {
    const control = (event.target as HTMLElement).closest("button, input, select");
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const deed: Record<string, () => void> = {
      " ": () => void this.waves.playPause(),
      ArrowLeft: () => this.waves.skip(-STEP),
      ArrowRight: () => this.waves.skip(STEP),
      Home: () => this.waves.setTime(0),
    };
    if (control && (event.key === " " || control.matches("select"))) return;
    const found = deed[event.key];
    if (found) {
      event.preventDefault();
      found();
    }
  }
}

let players: Player[] = [];
let timeline: Timeline | null = null;

function start(): void {
  for (const gone of players.filter((player) => !player.root.isConnected)) gone.close();
  players = players.filter((player) => player.root.isConnected);
  for (const root of document.querySelectorAll<HTMLElement>("[data-player]"))
    if (!players.some((player) => player.root === root)) players.push(new Player(root));
}

const track = document.querySelector<HTMLElement>("[data-timeline]");
if (track) timeline = new Timeline(track);
start();
document.body.addEventListener("htmx:load", start);
new MutationObserver(() => {
  for (const player of players) player.redraw();
}).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
