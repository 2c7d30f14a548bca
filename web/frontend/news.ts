// Parts of a page that hear the server's news: what lies in [data-live] looks again when there is some, or by itself
// while the link is away.
import htmx from "htmx.org";
import { listen, type News } from "./live";
import { announce } from "./page";
import { say } from "./words";

const TOGETHER = 300; // ms: news of one deed come in a bunch

export function partsHearNews(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-live]")) {
    let waiting = 0;
    const look = (): void => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => htmx.trigger(place, "news", {}), TOGETHER);
    };
    const heard = (news: News): void => {
      look();
      if (news.kind !== "assign") return;
      announce(say("Something new has come."));
      navigator.vibrate?.(200);
    };
    listen(place.dataset.live ?? "", { heard, poll: look });
  }
}
