// The figures as the server tells them: all at once, what has changed since, or only that they are as fresh as this.

import { get } from "../desk/server";
import type { News } from "../live";
import type { Figures } from "./figures";

interface Page {
  /** Shows figures. */
  draw: (figures: Figures) => void;
  /** The figures shown are those of this time, by the server's clock. */
  fresh: (at: string) => void;
}

export interface Told {
  /** False for news of something else. */
  heard: (news: News) => boolean;
  /** Asks for all figures, where the link was away. */
  ask: () => Promise<void>;
}

/** Keeps a page's figures, the first of which stand in it. Answers overtake news; the server's time says which is newer. */
export function follow(first: Figures, { draw, fresh }: Page): Told {
  let figures = first;
  let latest = first.at; // the server's time of the last news

  const take = (told: Figures): void => {
    if (told.at < figures.at) return;
    figures = told;
    if (latest < told.at) latest = told.at;
    draw(figures);
    fresh(latest);
  };
  const ask = async (): Promise<void> => take(await get<Figures>("/board/figures"));
  const heard = (news: News): boolean => {
    if (news.kind === "figures") take(news as unknown as Figures);
    else if (news.kind === "changed" || news.kind === "fresh") {
      if (figures.at < String(news.of)) void ask().catch(() => undefined); // they changed before the page began to listen
      else if (news.kind === "changed") take(withChanges(figures, news));
      if (latest < String(news.at)) latest = String(news.at);
      fresh(latest);
    } else return false;
    return true;
  };
  draw(figures);
  fresh(latest);
  return { heard, ask };
}

function withChanges(figures: Figures, news: News): Figures {
  const changes = news as unknown as Partial<Figures>;
  return {
    ...figures,
    ...changes,
    kind: "figures",
    queues: withRows(figures.queues, changes.queues, (queue) => queue.queue),
    agents: withRows(figures.agents, changes.agents, (agent) => agent.id),
  };
}

function withRows<Row, Key>(rows: Row[], changed: Row[] | undefined, keyOf: (row: Row) => Key): Row[] {
  if (!changed) return rows;
  const byKey = new Map(changed.map((row) => [keyOf(row), row]));
  return rows.map((row) => byKey.get(keyOf(row)) ?? row);
}
