// What a file field holds, by name in the page: of several a browser says only how many, in its own language.

function tell(field: HTMLInputElement): void {
  const place = field.closest<HTMLElement>(".file");
  const list = place?.querySelector(".file-names");
  if (!place || !list) return;
  const names = [...(field.files ?? [])].map((file) => {
    const item = document.createElement("li");
    item.textContent = file.name;
    return item;
  });
  list.replaceChildren(...names);
  place.dataset.files = names.length > 0 ? "some" : "none";
}

export function filesNamed(): void {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.type === "file") tell(field);
  });
  for (const field of document.querySelectorAll<HTMLInputElement>(".file > input")) tell(field);
}
