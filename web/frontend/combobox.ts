// A field with a list of offers under it while it is typed into (the pattern of a combobox with a list): arrows, Enter,
// Escape, roles for screen readers. What is asked, shown and chosen, those who use it say.
import { announce } from "./page";

const PAUSE = 120; // ms without a key

export interface Offer {
  text: string;
  note: string;
}

let made = 0;

export abstract class Combobox<Offered extends Offer> {
  private readonly list = document.createElement("ul");
  private offers: Offered[] = [];
  private active = -1;
  private due = 0;
  private asked: AbortController | null = null;

  constructor(
    protected readonly field: HTMLInputElement,
    label: string,
  ) {
    made += 1;
    this.list.id = `offers-${made}`;
    this.list.className = "offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.hidden = true;
    field.after(this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the keyboard
      const row = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (row) this.take(Number(row.dataset.place));
    });
  }

  /** The address that answers with offers; null where nothing is worth asking. */
  protected abstract question(): string | null;

  /** What to say of so many offers. */
  protected abstract told(count: number): string;

  /** What follows from a choice. */
  protected abstract chosen(offer: Offered): void;

  /** Nothing more is asked for what the field holds now. */
  protected rest(): void {
    window.clearTimeout(this.due);
  }

  protected typed(): void {
    window.clearTimeout(this.due);
    this.asked?.abort();
    if (this.question() === null) this.close();
    else this.due = window.setTimeout(() => void this.ask(), PAUSE);
  }

  private async ask(): Promise<void> {
    const url = this.question();
    if (url === null) return;
    const asked = (this.asked = new AbortController());
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (answer.ok) this.show(((await answer.json()) as { offers: Offered[] }).offers);
    } catch {
      // A newer question, or no network: what is typed is a text that can be sent all the same.
    }
  }

  private show(offers: Offered[]): void {
    if (document.activeElement !== this.field) return;
    this.offers = offers;
    this.list.replaceChildren(...offers.map((offer, place) => this.row(offer, place)));
    this.list.hidden = offers.length === 0;
    this.field.setAttribute("aria-expanded", String(offers.length > 0));
    this.point(-1);
    announce(this.told(offers.length));
  }

  private row(offer: Offered, place: number): HTMLElement {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${place}`;
    row.dataset.place = String(place);
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.textContent = offer.text;
    row.append(text);
    if (offer.note) {
      const note = document.createElement("small");
      note.textContent = offer.note;
      row.append(" ", note);
    }
    return row;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) void this.ask();
      else this.point(this.active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation(); // it closes the list, and declines no call
      this.close();
    }
  }

  private point(place: number): void {
    const rows = [...this.list.children];
    this.active = rows.length === 0 ? -1 : place < -1 ? rows.length - 1 : place >= rows.length ? -1 : place;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === this.active)));
    if (this.active < 0) this.field.removeAttribute("aria-activedescendant");
    else {
      this.field.setAttribute("aria-activedescendant", rows[this.active].id);
      rows[this.active].scrollIntoView({ block: "nearest" });
    }
  }

  private take(place: number): void {
    const offer = this.offers[place];
    if (!offer) return;
    this.close();
    this.chosen(offer);
  }

  private close(): void {
    window.clearTimeout(this.due);
    this.asked?.abort();
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.point(-1);
  }
}
