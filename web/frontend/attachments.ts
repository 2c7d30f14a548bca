// Files of an appeal: chosen, dropped or photographed, each sent by itself with its progress and what is wrong beside it.
// While the store or the link is away a file stays here and is sent again; without script the form sends them all at once.
import htmx from "htmx.org";
import { announce, csrf, sessionEnded } from "./page";
import { say } from "./words";

const AT_ONCE = 2;
const PAUSES = [3, 5, 10, 20, 30]; // seconds before it is sent again

interface Answer {
  error?: string;
  advice?: string;
  again?: boolean;
}

type State = "waiting" | "sending" | "resting" | "done" | "refused";

class Upload {
  state: State = "waiting";
  readonly row = document.createElement("li");
  private readonly submission = randomId();
  private readonly bar = document.createElement("progress");
  private readonly words = document.createElement("span");
  private readonly again = document.createElement("button");
  private failures = 0;
  private due = 0;
  private kind = "";
  private note = "";

  constructor(
    readonly file: File,
    private readonly sender: Sender,
  ) {
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name;
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.words.className = "upload-words";
    this.again.type = "button";
    this.again.className = "btn btn-quiet";
    this.again.textContent = say("Send again");
    this.again.hidden = true;
    this.again.addEventListener("click", () => this.retry());
    const away = document.createElement("button");
    away.type = "button";
    away.className = "btn btn-quiet";
    away.textContent = say("Leave out");
    away.addEventListener("click", () => this.leaveOut());
    const deeds = document.createElement("span");
    deeds.className = "upload-deeds";
    deeds.append(this.again, away);
    this.row.append(name, this.bar, this.words, deeds);
    this.tell(say("waits"));
  }

  /** Whether leaving the page would lose it. */
  get isPending(): boolean {
    return this.state === "waiting" || this.state === "sending" || this.state === "resting";
  }

  refuse(why: string): void {
    this.state = "refused";
    this.row.className = "upload-wrong";
    this.bar.hidden = true;
    this.tell(why);
    announce(`${this.file.name}: ${why}`, { now: true });
  }

  waitForKind(): void {
    this.tell(say("Choose what it is, then it is sent."));
  }

  send(kind: string, note: string): void {
    if (this.failures === 0) [this.kind, this.note] = [kind, note]; // sent again it is what it was
    this.state = "sending";
    this.again.hidden = true;
    this.bar.hidden = false;
    this.row.className = "";
    const form = new FormData();
    form.set("attachment_kind", this.kind);
    form.set("attachment_note", this.note);
    form.set("submission", this.submission);
    form.set("files", this.file);
    const request = new XMLHttpRequest();
    request.open("POST", this.sender.address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrf());
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      this.bar.value = event.loaded / event.total;
      this.tell(event.loaded < event.total ? `${Math.floor((event.loaded / event.total) * 100)} %` : say("being looked at"));
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.rest(say("The server does not answer. The file stays here and is sent again.")));
    request.send(form);
  }

  private answered(request: XMLHttpRequest): void {
    const said = read(request.responseText);
    if (request.status >= 200 && request.status < 300) {
      this.state = "done";
      this.row.remove();
      announce(say("{name} is attached", { name: this.file.name }));
      this.sender.went();
    } else if (request.getResponseHeader("X-Holos-Sign-In")) {
      sessionEnded();
      this.rest(say("Sign in again, then the file is sent."));
    } else if (said.again || request.status >= 500) {
      this.rest(said.error || say("The server does not answer. The file stays here and is sent again."));
    } else {
      this.refuse(said.error || said.advice || say("That did not work. Try again."));
      this.again.hidden = false;
      this.sender.went();
    }
  }

  private rest(why: string): void {
    this.state = "resting";
    this.bar.value = 0;
    this.again.hidden = false;
    this.row.className = "upload-resting";
    this.tell(why);
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    this.due = window.setTimeout(() => this.retry(), pause * 1000);
    this.sender.went();
  }

  private retry(): void {
    window.clearTimeout(this.due);
    if (this.state === "sending" || this.state === "done") return;
    this.state = "waiting";
    this.row.className = "";
    this.tell(say("waits"));
    this.sender.next();
  }

  private leaveOut(): void {
    window.clearTimeout(this.due);
    this.state = "done";
    this.row.remove();
    this.sender.next();
  }

  private tell(words: string): void {
    this.words.textContent = words;
  }
}

// A UUID (RFC 9562, version 4); `crypto.randomUUID` is there on pages served over HTTPS only.
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function read(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}

class Sender {
  private readonly uploads: Upload[] = [];
  private readonly list: HTMLElement;
  private readonly kind: HTMLSelectElement;
  private readonly note: HTMLInputElement | null;

  constructor(private readonly form: HTMLFormElement) {
    this.list = form.querySelector<HTMLElement>("[data-uploads]")!;
    this.kind = form.querySelector<HTMLSelectElement>("select[name=attachment_kind]")!;
    this.note = form.querySelector<HTMLInputElement>("input[name=attachment_note]");
    form.classList.add("scripted");
    for (const field of form.querySelectorAll<HTMLInputElement>("input[type=file]"))
      field.addEventListener("change", () => {
        this.take(field.files);
        field.value = "";
      });
    this.kind.addEventListener("change", () => this.next());
    form.addEventListener("submit", (event) => event.preventDefault());
    this.dropped();
    window.addEventListener("beforeunload", (event) => {
      if (this.uploads.some((each) => each.isPending)) event.preventDefault();
    });
  }

  get address(): string {
    return this.form.action;
  }

  /** Sends what waits, two files at once; without a kind nothing goes. */
  next(): void {
    const waiting = this.uploads.filter((each) => each.state === "waiting");
    if (!this.kind.value) {
      for (const each of waiting) each.waitForKind();
      if (waiting.length) this.kind.focus();
      return;
    }
    const free = AT_ONCE - this.uploads.filter((each) => each.state === "sending").length;
    for (const each of waiting.slice(0, Math.max(0, free))) each.send(this.kind.value, this.note?.value ?? "");
  }

  /** One file has gone, for good or for now: the next one, and the page shows what there is. */
  went(): void {
    this.next();
    if (this.uploads.some((each) => each.state === "sending")) return;
    const shown = document.querySelector<HTMLElement>("[data-shown]");
    if (shown) void htmx.ajax("get", shown.dataset.shown!, { target: "#attachments-shown", swap: "outerHTML" });
  }

  private take(files: FileList | null): void {
    const limit = Number(this.form.dataset.limit);
    for (const file of files ?? []) {
      const upload = new Upload(file, this);
      this.uploads.push(upload);
      this.list.append(upload.row);
      if (file.size > limit) upload.refuse(say("The file is larger than {limit} MB.", { limit: Math.floor(limit / 1e6) }));
      else if (file.size === 0) upload.refuse(say("The file is empty."));
    }
    this.next();
  }

  private dropped(): void {
    const place = this.form.querySelector<HTMLElement>("[data-drop]")!;
    const isOver = (over: boolean): void => void place.classList.toggle("drop-over", over);
    for (const name of ["dragenter", "dragover"])
      place.addEventListener(name, (event) => {
        event.preventDefault();
        isOver(true);
      });
    place.addEventListener("dragleave", () => isOver(false));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      isOver(false);
      this.take(event.dataTransfer?.files ?? null);
    });
  }
}

// A picture opens over the page and can be turned; the file stays as it is.
function pictures(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });
}

function show(link: HTMLAnchorElement): void {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog picture-dialog";
  dialog.setAttribute("aria-label", link.dataset.picture ?? "");
  const picture = document.createElement("img");
  picture.src = link.href;
  picture.alt = link.querySelector("img")?.alt ?? "";
  let turned = 0;
  const deeds = document.createElement("div");
  deeds.className = "form-end";
  const turn = button(say("Turn"), () => {
    turned = (turned + 90) % 360;
    picture.style.transform = `rotate(${turned}deg)`;
    picture.dataset.turned = String(turned);
  });
  const file = document.createElement("a");
  file.className = "btn btn-secondary";
  file.href = link.dataset.file ?? link.href;
  file.textContent = say("Download");
  deeds.append(turn, file, button(say("Close"), () => dialog.close()));
  const frame = document.createElement("div");
  frame.className = "picture-frame";
  frame.append(picture);
  dialog.append(frame, deeds);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function button(words: string, deed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-secondary";
  made.textContent = words;
  made.addEventListener("click", deed);
  return made;
}

function startIn(place: ParentNode): void {
  for (const form of place.querySelectorAll<HTMLFormElement>("form[data-upload]:not(.scripted)")) new Sender(form);
}

/** Every form of files on the page, and those that come later. */
export function filesAttached(): void {
  startIn(document);
  pictures();
  document.body.addEventListener("htmx:load", (event) => startIn((event as CustomEvent).detail.elt as HTMLElement));
}
