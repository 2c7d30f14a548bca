// Applicants offered under the fields of a card that say who somebody is, while they are typed. A choice fills the card in;
// the server says with what, and keeps what it takes to undo it. Without script the telephone finds them by a button.
import { Combobox, type Offer } from "./combobox";
import { say } from "./words";

const SHORTEST = { name: 2, phone: 4 }; // letters, digits
const NAMES = ["title", "surname", "given_name", "patronymic"];

interface Applicant extends Offer {
  id: number;
}

class Applicants extends Combobox<Applicant> {
  private readonly by: keyof typeof SHORTEST;

  constructor(field: HTMLInputElement) {
    super(field, say("Applicants"));
    this.by = field.dataset.applicants === "phone" ? "phone" : "name";
  }

  protected question(): string | null {
    const typed = this.field.value.trim();
    const length = this.by === "phone" ? typed.replace(/\D/g, "").length : typed.length;
    if (length < SHORTEST[this.by]) return null;
    const q = this.by === "phone" ? typed : this.name();
    return `/appeals/applicants/suggest?${new URLSearchParams({ q }).toString()}`;
  }

  protected told(count: number): string {
    return count ? say("Applicants offered: {count}", { count }) : say("Nobody is known by these words");
  }

  protected chosen(offer: Applicant): void {
    const button = document.createElement("button");
    button.hidden = true;
    button.setAttribute("formnovalidate", "");
    button.setAttribute("hx-post", `/appeals/find?applicant=${offer.id}`);
    button.setAttribute("hx-target", "#appeal-card");
    button.setAttribute("hx-swap", "outerHTML");
    button.setAttribute("hx-sync", "#appeal-autosave:replace"); // a draft under way would write the card as it was
    this.field.form?.append(button);
    window.htmx.process(button);
    button.click();
  }

  /** The words of the name as far as they are typed; an organisation's title stands alone. */
  private name(): string {
    if (this.field.name === "title") return this.field.value.trim();
    const fields = NAMES.slice(1).map((name) => this.field.form?.elements.namedItem(name));
    const words = fields.map((field) => (field instanceof HTMLInputElement ? field.value.trim() : ""));
    return words.filter(Boolean).join(" ");
  }
}

function startIn(place: ParentNode): void {
  for (const field of place.querySelectorAll<HTMLInputElement>("input[data-applicants]:not([role=combobox])")) {
    new Applicants(field);
  }
  for (const kind of place.querySelectorAll<HTMLSelectElement>("#field-applicant_kind")) {
    kind.addEventListener("change", () => {
      const surname = kind.form?.elements.namedItem("surname");
      if (surname instanceof HTMLInputElement) surname.required = kind.value !== "organisation";
    });
  }
}

/** The address that was pressed stands in the card. */
function takeAddress(event: Event): void {
  const button = (event.target as Element).closest<HTMLElement>("[data-take-address]");
  const field = button?.closest("form")?.elements.namedItem("address");
  if (!button || !(field instanceof HTMLInputElement)) return;
  field.value = button.dataset.takeAddress ?? "";
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

/** Fields of names and telephones on the page, and those that come later, offer who is known. */
export function applicantsOffered(): void {
  startIn(document);
  document.body.addEventListener("htmx:load", (event) => startIn((event as CustomEvent).detail.elt as HTMLElement));
  document.addEventListener("click", takeAddress);
}
