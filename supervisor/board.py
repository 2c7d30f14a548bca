"""The board's figures of one organisation, as its pages are told them: codes, counts and ISO times, no words.

Pages of four languages hear the same news, so words and clocks are theirs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

import acd.queries
import calls.queries
from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.teams import queries as teams
from acd.tables import Queue
from calls import hearing
from db import EVERY_ORGANISATION, transaction
from staff.queries import organisation
from supervisor import queries
from supervisor.model import PAGE_SILENT, PART, Visits, together
from supervisor.supervision.queries import beside
from web import facts
from web.periods import day_begun

PARTS: Final = timedelta(days=1) // PART
REMEMBERED: Final = timedelta(seconds=3)  # a page that opens takes figures so old

_ROWS: Final = {"queues": "queue", "agents": "id"}  # lists of the figures, and what a row of each is known by
_SNAPSHOT: Final = "board:"


class _Process:
    """What `run/` handed to this process."""

    rooms: Mapping[str, int] = {}


def connect(rooms: Mapping[str, int]) -> None:
    """`rooms` is how many calls at once each trunk takes."""
    _Process.rooms = rooms


def snapshot(organisation_id: int) -> dict[str, Any]:
    """The figures told last, or fresh ones where nobody was told lately."""
    known = facts.known(f"{_SNAPSHOT}{organisation_id}")
    return known if known is not None else figures(organisation_id)


def keep(organisation_id: int, told: dict[str, Any]) -> None:
    """Pages that open in the next moments need not compute them again."""
    facts.keep(f"{_SNAPSHOT}{organisation_id}", told, lasting=REMEMBERED)


def figures(organisation_id: int) -> dict[str, Any]:
    """Everything on the board, the organisation's own in one transaction."""
    now, trunks = datetime.now(UTC), _trunks()
    with transaction(organisation_id) as session:
        whose = organisation(session, organisation_id)
        midnight = day_begun(now, whose.zone)
        backlog = queries.unstored(session, organisation_id)
        owed = queries.owed(session)
        return {
            "kind": "figures",
            "at": now.isoformat(),
            "day": midnight.isoformat(),
            "zone": whose.time_zone,
            "asterisk": hearing.said(now),
            "channels": {"used": calls.queries.calls_now(session), "capacity": whose.capacity},
            "trunks": trunks,
            "owed": sum(owed.values()),
            "recordings": {
                "waiting": backlog.waiting,
                "oldest": _iso(backlog.oldest),
                "failed": backlog.failed,
            },
            "queues": _queues(session, organisation_id, midnight, owed),
            "agents": _agents(session, midnight, now),
            "crowded": [{"team": each.name, "on_shift": each.on_shift} for each in teams.crowded(session)],
            "most_a_leader": OPERATORS_A_LEADER,
        }


def _trunks() -> list[dict[str, Any]]:
    """Each trunk's channels in use, whosever calls they are, and how many it takes where that is known."""
    with transaction(EVERY_ORGANISATION) as session:
        used = calls.queries.calls_by_trunk(session)
    names = sorted(used.keys() | _Process.rooms.keys())
    return [{"trunk": name, "used": used.get(name, 0), "room": _Process.rooms.get(name)} for name in names]


def same_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the same queues and agents stand in both, in the same order: then only their changes need be told."""
    return all([row[key] for row in before[name]] == [row[key] for row in after[name]] for name, key in _ROWS.items())


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that are others now, and the rows that are; empty where nothing but the time has changed."""
    found = {name: value for name, value in after.items() if name != "at" and value != before[name]}
    for name in _ROWS.keys() & found:
        found[name] = [row for row, old in zip(after[name], before[name], strict=True) if row != old]
    return found


def _queues(
    session: Session, organisation_id: int, midnight: datetime, owed: Mapping[str, int]
) -> list[dict[str, Any]]:
    day = queries.visits_of_day(session, organisation_id, midnight)
    return [
        {
            **_of_day(each.queue, day.get(each.queue.asterisk_name, {})),
            "waiting": each.callers,
            "longest_since": _iso(each.longest_since),
            "owed": owed.get(each.queue.asterisk_name, 0),
        }
        for each in acd.queries.waiting(session)
    ]


def _of_day(queue: Queue, parts: dict[int, Visits]) -> dict[str, Any]:
    all_day = together(parts.values())
    return {
        "queue": queue.asterisk_name,
        "name": queue.name,
        "offered": all_day.offered,
        "answered": all_day.answered,
        "abandoned": all_day.abandoned,
        "flowed_out": all_day.flowed_out,
        "levels": [all_day.level_a, all_day.level_b, all_day.level_c, all_day.level_d],
        "target": queue.service_target.total_seconds(),
        "short": queue.short_abandon.total_seconds(),
        "parts": {str(part): [each.offered, each.answered_in_time] for part, each in sorted(parts.items())},
    }


def _agents(session: Session, midnight: datetime, now: datetime) -> list[dict[str, Any]]:
    silent = now - PAGE_SILENT
    on_shift = queries.agents(session)
    talks = queries.talks_of_day(session, [agent.id for agent in on_shift], midnight)
    listeners = beside(session)
    return [
        {
            "id": agent.id,
            "name": agent.name,
            "state": agent.state,
            "reason": agent.reason,
            "since": agent.since.isoformat(),
            "call": str(agent.call) if agent.call else None,
            "queue": agent.queue,
            "pause_after": agent.pause_after,
            "due_at": _iso(agent.due_at),
            "page_silent_since": _iso(agent.seen_at if agent.seen_at < silent else None),
            "phone": agent.phone_reachable,
            "queues_joined": agent.queues_joined,
            "queues_wanted": agent.queues_wanted,
            "talks": talks.get(agent.id, 0),
            "team": agent.team,
            "languages": agent.languages,
            "beside": [
                {"person": each.person, "name": each.name, "mode": each.mode}
                for each in listeners
                if each.agent == agent.id
            ],
        }
        for agent in on_shift
    ]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
