// The supervisor's board: figures pushed once for all boards, an operator's panel beside them.
import "./board.css";

import { drawAgents, prepareAgents, tickAgents } from "./board/agents";
import { present } from "./board/beside";
import { drawCards, tickCards } from "./board/cards";
import { drawDrawer, drawerHeard, openDrawer, prepareDrawer, tickDrawer } from "./board/drawer";
import { firstFigures, setClock } from "./board/figures";
import type { Figures } from "./board/figures";
import { drawLamps, fresh, tickLamps } from "./board/lamps";
import { get } from "./desk/server";
import { listen } from "./live";
import type { News } from "./live";

let latest = ""; // the server's time of the last news
let shown = ""; // and of the figures on the page

// Answers overtake the news; the server's own time says which is the newer.
function take(figures: Figures): void {
  if (figures.at < shown) return;
  shown = figures.at;
  if (latest < shown) latest = shown;
  setClock(latest);
  drawCards(figures);
  drawAgents(figures);
  drawLamps(figures);
  drawDrawer();
}

function heard(news: News): void {
  if (news.kind === "figures") take(news as unknown as Figures);
  else if (news.kind === "fresh") {
    latest = String(news.at);
    setClock(latest);
    fresh(latest);
    if (shown < String(news.of)) void ask().catch(() => undefined); // they changed before the page began to listen
  } else drawerHeard(news);
}

async function ask(): Promise<void> {
  take(await get<Figures>("/board/figures"));
}

prepareAgents(openDrawer);
prepareDrawer();
take(firstFigures());
listen("/board/live", {
  heard,
  poll: () => ask().catch(() => undefined),
  linked: (up) => up && void ask().catch(() => undefined),
  sleeps: () => present() === null,
});
setInterval(() => {
  tickCards();
  tickAgents();
  tickLamps();
  tickDrawer();
}, 1000);
