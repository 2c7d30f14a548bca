"""Extracts in a worker: read and looked at, then saved. What is under way is in PostgreSQL, and is asked for again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import undefer

from appeals.asking import ask
from appeals.maps import importing, queries, service, tiles
from appeals.maps.importing import Refused
from appeals.maps.model import UNDER_WAY, Stage
from appeals.maps.tables import MapExtract
from db import EVERY_ORGANISATION, transaction
from staff import queries as staff

log = structlog.get_logger()

_SILENT: Final = timedelta(minutes=2)  # then it is asked for again
_TOLD_EVERY: Final = timedelta(seconds=5)


def ask_for(extract_id: int) -> None:
    """Asks a worker to go on with the extract now."""
    ask(go_on, extract_id)


def look_after() -> Mapping[str, int]:
    """Extracts that nobody goes on with. The scheduler does this."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = queries.silent(session, datetime.now(UTC) - _SILENT)
    for extract_id in waiting:
        ask_for(extract_id)
    return {"asked_for": len(waiting)}


def go_on(extract_id: int) -> None:
    """The job: looks at an extract, or saves it. Whoever finds neither to be done does nothing."""
    with transaction(EVERY_ORGANISATION) as session:
        asked = session.get(MapExtract, extract_id, options=[undefer(MapExtract.content)])
        if asked is None or asked.stage not in UNDER_WAY:
            return
        stage, content = asked.stage, asked.content
        country = staff.organisation(session, asked.organisation_id).country
    try:
        found = importing.read(content, country=country, alive=_Alive(extract_id))
        drawn = list(tiles.cut(found.shapes)) if stage == Stage.SAVING else []
        with transaction(asked.organisation_id) as session:
            locked = queries.lock(session, extract_id)
            if locked is None or locked.stage != stage:
                return  # thrown away, or done by another meanwhile
            if stage == Stage.LOOKING:
                locked.outcome, locked.stage = importing.look(session, locked, found), Stage.LOOKED
            else:
                importing.save(session, locked, found, drawn, by=staff.get(session, locked.person_id))
                locked.stage, locked.content = Stage.SAVED, b""
    except Refused as refusal:
        _failed(extract_id, refusal.why)
    except Exception:
        _failed(extract_id, "")
        raise


def _failed(extract_id: int, why: str) -> None:
    _note(extract_id, stage=Stage.FAILED, outcome={"why": why}, content=b"")


def _note(extract_id: int, **values: object) -> None:
    """Notes it with the extract, in a transaction of its own."""
    with transaction(EVERY_ORGANISATION) as session:
        service.note_extract(session, extract_id, **values)


class _Alive:
    """Tells now and then that the work goes on."""

    def __init__(self, extract_id: int) -> None:
        self._extract, self._told = extract_id, datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> None:
        now = datetime.now(UTC)
        if now - self._told > _TOLD_EVERY:
            self._told = now
            _note(self._extract, told_at=now)
