// A page that shows a map brings its script and style sheet along, once; pages without one are lighter for it.
let brought = false;

function bring(): void {
  const place = document.querySelector<HTMLElement>("[data-map]");
  if (!place || brought) return;
  brought = true;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = place.dataset.style ?? "";
  const script = document.createElement("script");
  style.addEventListener("load", () => document.head.append(script)); // a map measures its place when it begins
  script.src = place.dataset.script ?? "";
  document.head.append(style);
}

/** Maps of this page, and of parts that come later. */
export function mapsBrought(): void {
  bring();
  document.body.addEventListener("htmx:load", bring);
}
