"""All published menus in memory, and on disk, so that callers are served while PostgreSQL is away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from calls.model import Language
from ivr import document, prompts, queries
from ivr.tables import Emergency
from ivr.walk import Line, Urgent

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What each dialled number leads to."""

    lines: Mapping[str, Line] = field(default_factory=dict)


def load(session: Session) -> tuple[Snapshot, list[dict[str, Any]]]:
    """What is published now (needs EVERY_ORGANISATION), and the same as JSON values for `save`."""
    documents = {row.organisation_id: row.document for row in queries.documents(session)}
    urgent = {row.organisation_id: _written(row) for row in queries.emergencies(session)}
    entries = [
        {
            "number": number.number,
            "organisation": organisation.id,
            "code": organisation.code,
            "zone": organisation.time_zone,
            "country": organisation.country,
            "language": number.language,
            "menu": number.menu,
            "document": documents[organisation.id],
            "urgent": urgent.get(organisation.id),
        }
        for number, organisation in queries.numbers(session)
        if organisation.id in documents
    ]
    return build(entries), entries


def build(entries: list[dict[str, Any]]) -> Snapshot:
    """From JSON values. A number whose document is faulty is left out: its callers go to the general queue."""
    lines: dict[str, Line] = {}
    for entry in entries:
        try:
            menus = document.read(entry["document"])
            menus.menu(entry["menu"])
        except (document.BadDocument, KeyError) as error:
            log.error("menu_unusable", number=entry["number"], organisation=entry["organisation"], error=str(error))
            continue
        lines[entry["number"]] = Line(
            organisation=entry["organisation"],
            code=entry["code"],
            zone=entry["zone"],
            country=entry["country"],
            language=Language(entry["language"]),
            menu=entry["menu"],
            menus=menus,
            urgent=_urgent(entry.get("urgent")),
        )
    return Snapshot(lines)


def urgent(emergency: Emergency | None) -> Urgent | None:
    """What callers hear first, as the walk takes it."""
    return _urgent(_written(emergency)) if emergency else None


def _written(emergency: Emergency) -> dict[str, Any]:
    since, until = emergency.since_at.isoformat(), emergency.until_at.isoformat()
    told = {"prompt": emergency.prompt, "since": since, "until": until, "callback": emergency.offers_callback}
    return told | {"queues": sorted(emergency.queues)}


def _urgent(written: dict[str, Any] | None) -> Urgent | None:
    if written is None:
        return None
    since, until = (datetime.fromisoformat(written[name]) for name in ("since", "until"))
    queues = frozenset(written.get("queues", ()))
    return Urgent(written["prompt"], since, until, bool(written.get("callback", False)), queues)


def save(path: Path, entries: list[dict[str, Any]]) -> None:
    """Keeps the snapshot for a start without PostgreSQL."""
    prompts.write(path, json.dumps(entries, ensure_ascii=False, indent=1).encode())


def read(path: Path) -> Snapshot:
    """The snapshot kept last; an empty one when there is none or it is damaged."""
    try:
        return build(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Snapshot()
