// A field that has to be filled says so in the page's language, not in the browser's.
import { say } from "./words";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

export function requiredFieldsSayWhy(): void {
  document.addEventListener("invalid", (event) => explain(event.target), true);
  for (const changed of ["input", "change"]) document.addEventListener(changed, (event) => forget(event.target), true);
  document.addEventListener("click", (event) => askAnew(event.target), true);
}

function explain(target: EventTarget | null): void {
  if (!isField(target)) return;
  target.setCustomValidity("");
  if (target.validity.valueMissing) target.setCustomValidity(say("This has to be filled in."));
}

function forget(target: EventTarget | null): void {
  if (isField(target)) target.setCustomValidity("");
}

// A script may have filled a field meanwhile: whoever sends the form asks all fields again.
function askAnew(target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("button") : null;
  for (const field of button?.form?.elements ?? []) forget(field);
}
