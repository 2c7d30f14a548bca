// The journal of appeals: rows marked one by one or from one to another with shift; its board, whose figures come anew.
import htmx from "htmx.org";
import { listen } from "./live";
import { say } from "./words";

const marks = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("[data-mark]")];
let last: HTMLInputElement | null = null;

function told(): void {
  const bar = document.querySelector<HTMLElement>("[data-bulk]");
  if (!bar) return;
  const marked = marks().filter((each) => each.checked).length;
  bar.classList.toggle("bulk-on", marked > 0);
  const words = bar.querySelector("[data-marked]");
  if (words) words.textContent = marked > 0 ? say("Marked: {count}", { count: marked }) : say("With those marked");
  for (const button of bar.querySelectorAll("button")) button.disabled = marked === 0;
}

/** A deed needs what its button names, and nothing of what another one needs. */
function needs(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-bulk] button[data-needs]");
    if (!button?.form) return;
    for (const each of button.form.querySelectorAll<HTMLInputElement>("input.form-control"))
      each.required = each.id === button.dataset.needs;
  });
}

function marking(): void {
  document.addEventListener("click", (event) => {
    const mark = event.target;
    if (!(mark instanceof HTMLInputElement) || !mark.matches("[data-mark]")) return;
    const all = marks();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(mark)].sort((a, b) => a - b);
      for (const each of all.slice(from, to + 1)) each.checked = mark.checked;
    }
    last = mark;
    told();
  });
  document.addEventListener("keydown", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-journal] tbody tr");
    if (event.key !== "x" || !row || event.target instanceof HTMLInputElement) return;
    row.querySelector<HTMLInputElement>("[data-mark]")?.click();
  });
  document.body.addEventListener("htmx:afterSwap", told);
  window.addEventListener("pageshow", told);
  told();
}

function board(): void {
  const place = document.querySelector<HTMLElement>("[data-live-board]");
  if (!place) return;
  const gap = 1000 * Number(place.dataset.liveBoard || 0); // a board that costs much is asked for no oftener
  let soon = 0;
  const look = (): Promise<void> =>
    htmx.ajax("get", location.pathname + location.search, { target: place, swap: "innerHTML" });
  const looksSoon = (): void => {
    if (!gap) return void look();
    soon ||= window.setTimeout(() => {
      soon = 0;
      void look();
    }, gap);
  };
  listen("/appeals/board/live", {
    heard: looksSoon,
    poll: look,
    linked: (up) => up && void look(),
  });
  window.setInterval(() => void look(), 60_000); // terms end without anybody's deed
}

marking();
needs();
board();
