// Streets and houses offered under a field of an address while it is typed. Without script the field is a text like any
// other. The hidden field after it says which house was chosen.
import { Combobox, type Offer } from "./combobox";
import { say } from "./words";

const SHORTEST = 2; // letters

interface Address extends Offer {
  house: number | null;
}

class Addresses extends Combobox<Address> {
  private text = ""; // the text that was chosen; the house counts while the field begins with it

  constructor(
    field: HTMLInputElement,
    private readonly house: HTMLInputElement | null,
  ) {
    super(field, say("Addresses"));
    this.text = house?.value ? field.value : "";
    field.addEventListener("address-taken", (event) => this.chosen((event as CustomEvent<Address>).detail)); // from a map
  }

  protected override typed(): void {
    if (this.house && this.text && !this.field.value.startsWith(this.text)) this.forget();
    super.typed();
  }

  protected question(): string | null {
    if (this.field.value.trim().length < SHORTEST || this.isChosen()) return null;
    const from = this.field.dataset.addresses || "/appeals/addresses/suggest"; // citizens ask elsewhere than staff
    return `${from}?${new URLSearchParams({ q: this.field.value }).toString()}`;
  }

  protected told(count: number): string {
    return count ? say("Addresses offered: {count}", { count }) : say("No address is known by these words");
  }

  protected chosen(offer: Address): void {
    const isStreet = offer.house === null;
    this.field.value = isStreet ? `${offer.text}, ` : offer.text;
    this.text = isStreet ? "" : offer.text;
    if (this.house) this.house.value = isStreet ? "" : String(offer.house);
    this.field.dispatchEvent(new Event("input", { bubbles: true })); // drafts are kept of it
    if (isStreet) this.rest(); // the next thing to come is the number
    this.says();
  }

  /** Says to the form that a house was chosen, or is no longer. */
  private says(): void {
    this.field.dispatchEvent(new Event("house-chosen", { bubbles: true }));
  }

  private isChosen(): boolean {
    return this.house !== null && this.house.value !== "" && this.field.value.startsWith(this.text);
  }

  private forget(): void {
    this.text = "";
    if (this.house) this.house.value = "";
    this.says();
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
