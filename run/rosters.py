"""Rosters that leave callers with nobody: hours without a duty, duties of queues in which nobody is a member."""

from datetime import datetime

from sqlalchemy.orm import Session

from acd.queues import queries as acd
from ivr import contents, document, gaps, queries
from staff.queries import organisations

Found = dict[int, list[tuple[str, dict[str, str]]]]  # by organisation: what it is about, and facts


def uncovered(session: Session, at: datetime) -> Found:
    """By organisation, each published roster with the beginning of its first gap (needs EVERY_ORGANISATION)."""
    documents = {row.organisation_id: row.document for row in queries.documents(session) if row.document.get("rosters")}
    found: Found = {}
    for each in organisations(session):
        if each.id in documents:
            menus = document.parse(documents[each.id])
            gone = gaps.uncovered(menus, at=at, zone=each.time_zone, country=each.country)
            first = {gap.roster: gap for gap in reversed(gone)}
            found[each.id] = [(name, {"at": gap.since.isoformat()}) for name, gap in sorted(first.items())]
    return found


def empty(session: Session) -> Found:
    """By organisation, each queue that a published roster names and in which nobody is (needs EVERY_ORGANISATION)."""
    documents = [row for row in queries.documents(session) if row.document.get("rosters")]
    manned = acd.manned(session) if documents else {}
    return {
        row.organisation_id: [
            (queue, {})
            for queue in sorted(contents.on_duty(document.parse(row.document)) - manned.get(row.organisation_id, set()))
        ]
        for row in documents
    }
