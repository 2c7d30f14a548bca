// The supervisor's board: figures pushed once for all boards, an operator's panel beside them.
import "./board.css";

import { drawAgents, prepareAgents, tickAgents } from "./board/agents";
import { present } from "./board/beside";
import { drawCards, tickCards } from "./board/cards";
import { drawDrawer, drawerHeard, openDrawer, prepareDrawer, tickDrawer } from "./board/drawer";
import { firstFigures } from "./board/figures";
import type { Figures } from "./board/figures";
import { drawLamps, showAge, tickLamps } from "./board/lamps";
import { follow } from "./board/told";
import { listen } from "./live";

function draw(figures: Figures): void {
  drawCards(figures);
  drawAgents(figures);
  drawLamps(figures);
  drawDrawer();
}

prepareAgents(openDrawer);
prepareDrawer();
const told = follow(firstFigures(), { draw, fresh: showAge });
const ask = (): Promise<void> => told.ask().catch(() => undefined);
listen("/board/live", {
  heard: (news) => void (told.heard(news) || drawerHeard(news)),
  poll: ask,
  linked: (up) => up && void ask(),
  sleeps: () => present() === null,
});
setInterval(() => {
  tickCards();
  tickAgents();
  tickLamps();
  tickDrawer();
}, 1000);
