// A field that the browser refuses says why in the page's language, not in the browser's.
import { say } from "./words";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

export function refusedFieldsSayWhy(): void {
  document.addEventListener("invalid", (event) => explain(event.target), true);
  for (const changed of ["input", "change"]) document.addEventListener(changed, (event) => forget(event.target), true);
  document.addEventListener("click", (event) => askAnew(event.target), true);
  document.addEventListener("focusout", (event) => mark(event.target), true);
}

function explain(target: EventTarget | null): void {
  if (!isField(target)) return;
  target.setCustomValidity("");
  target.setCustomValidity(why(target));
}

function why(field: Field): string {
  const { validity } = field;
  if (validity.badInput) return say("This cannot be read as what it should be.");
  if (validity.valueMissing) return say("This has to be filled in.");
  if (validity.typeMismatch && field.type === "email") return say("This is not an e-mail address.");
  if (!(field instanceof HTMLInputElement)) return "";
  if (validity.tooShort) return say("At least {n} characters.", { n: field.minLength });
  if (validity.rangeUnderflow) return say("Not below {limit}.", { limit: field.min });
  if (validity.rangeOverflow) return say("Not above {limit}.", { limit: field.max });
  return "";
}

function forget(target: EventTarget | null): void {
  if (!isField(target)) return;
  target.setCustomValidity("");
  unmark(target);
}

// What was typed and cannot be right is told as soon as the field is left; what is still empty, when the form is sent.
function mark(target: EventTarget | null): void {
  if (!isField(target)) return;
  forget(target);
  const place = target.closest(".field");
  const { validity } = target;
  const told = validity.valid || (validity.valueMissing && !validity.badInput) ? "" : why(target);
  if (!place || !told || place.querySelector(".field-error")) return;
  const error = document.createElement("div");
  error.className = "field-error";
  error.dataset.left = "";
  error.setAttribute("role", "status");
  error.textContent = told;
  place.append(error);
  place.classList.add("field-wrong");
  target.setAttribute("aria-invalid", "true");
}

function unmark(field: Field): void {
  const place = field.closest(".field");
  const error = place?.querySelector(":scope > .field-error[data-left]");
  if (!place || !error) return;
  error.remove();
  place.classList.remove("field-wrong");
  field.removeAttribute("aria-invalid");
}

// A script may have filled a field meanwhile: whoever sends the form asks all fields again.
function askAnew(target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("button") : null;
  for (const field of button?.form?.elements ?? []) forget(field);
}
