// Streets and houses offered under a field of an address while it is typed (the pattern of a combobox with a list). Without
// script the field is a text like any other. The hidden field after it says which house was chosen.
import { announce } from "./page";
import { say } from "./words";

const PAUSE = 120; // ms without a key
const SHORTEST = 2; // letters

interface Offer {
  text: string;
  house: number | null;
  note: string;
}

let made = 0;

class Addresses {
  private readonly list = document.createElement("ul");
  private offers: Offer[] = [];
  private active = -1;
  private chosen = ""; // the text that was chosen; the house counts while the field begins with it
  private due = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly field: HTMLInputElement,
    private readonly house: HTMLInputElement | null,
  ) {
    made += 1;
    this.list.id = `addresses-${made}`;
    this.list.className = "address-offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", say("Addresses"));
    this.list.hidden = true;
    field.after(this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    this.chosen = house?.value ? field.value : "";
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the keyboard
      const row = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (row) this.choose(Number(row.dataset.place));
    });
  }

  private typed(): void {
    if (this.house && this.chosen && !this.field.value.startsWith(this.chosen)) this.forget();
    window.clearTimeout(this.due);
    this.asked?.abort();
    if (this.field.value.trim().length < SHORTEST || this.isChosen()) this.close();
    else this.due = window.setTimeout(() => void this.ask(), PAUSE);
  }

  private isChosen(): boolean {
    return this.house !== null && this.house.value !== "" && this.field.value.startsWith(this.chosen);
  }

  private forget(): void {
    this.chosen = "";
    if (this.house) this.house.value = "";
  }

  private async ask(): Promise<void> {
    const asked = (this.asked = new AbortController());
    const query = new URLSearchParams({ q: this.field.value });
    try {
      const answer = await fetch(`/appeals/addresses/suggest?${query.toString()}`, {
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (answer.ok) this.show(((await answer.json()) as { offers: Offer[] }).offers);
    } catch {
      // A newer question, or no network: what is typed is a text that can be sent all the same.
    }
  }

  private show(offers: Offer[]): void {
    if (document.activeElement !== this.field) return;
    this.offers = offers;
    this.list.replaceChildren(...offers.map((offer, place) => this.row(offer, place)));
    this.list.hidden = offers.length === 0;
    this.field.setAttribute("aria-expanded", String(offers.length > 0));
    this.point(-1);
    announce(offers.length ? say("Addresses offered: {count}", { count: offers.length }) : say("No address is known by these words"));
  }

  private row(offer: Offer, place: number): HTMLElement {
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
      this.choose(this.active);
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

  private choose(place: number): void {
    const offer = this.offers[place];
    if (!offer) return;
    this.close();
    const isStreet = offer.house === null;
    this.field.value = isStreet ? `${offer.text}, ` : offer.text;
    this.chosen = isStreet ? "" : offer.text;
    if (this.house) this.house.value = isStreet ? "" : String(offer.house);
    this.field.dispatchEvent(new Event("input", { bubbles: true })); // drafts are kept of it
    if (isStreet) window.clearTimeout(this.due); // the next thing to come is the number
  }

  private close(): void {
    window.clearTimeout(this.due);
    this.asked?.abort();
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.point(-1);
  }
}

function startIn(place: ParentNode): void {
  for (const field of place.querySelectorAll<HTMLInputElement>("input[data-addresses]:not([role=combobox])")) {
    const after = field.closest(".field")?.nextElementSibling;
    new Addresses(field, after instanceof HTMLInputElement && after.type === "hidden" ? after : null);
  }
}

/** Every field of an address on the page, and those that come later, offers what is known. */
export function addressesOffered(): void {
  startIn(document);
  document.body.addEventListener("htmx:load", (event) => startIn((event as CustomEvent).detail.elt as HTMLElement));
}
