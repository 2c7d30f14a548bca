"""Making a file of the journal in a worker: told as it goes, given up when nobody wants it, kept for a day."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from appeals.journal import listing, queries, sheet
from appeals.journal.asking import asked_of
from appeals.journal.columns import chosen
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories, Row
from appeals.journal.model import MOST_ROWS, ExportState, Format
from appeals.journal.tables import Export
from appeals.xml import writing as xml
from db import EVERY_ORGANISATION, NotFound, store, transaction
from staff import queries as staff
from staff.rights import has
from staff.tables import Person
from web.files import EXCEL
from web.languages import speaking_to

log = structlog.get_logger()

FOLDER: Final = "journal"  # of the store
MEDIA_TYPES: Final[Mapping[str, str]] = {
    Format.XLSX: EXCEL,
    Format.XML: "application/xml",
}


class _GivenUp(Exception):
    """Nobody wants the file any more."""


def make(export_id: int) -> None:
    """The job: one file from the first row to the store. Whoever finds it made, given up or being made does nothing."""
    with transaction(EVERY_ORGANISATION) as session:
        export = queries.take(session, export_id)
        if export is None:
            return
        person = staff.get(session, export.person_id)
        organisation = staff.organisation(session, export.organisation_id)
        export.state, export.told_at, export.written = ExportState.RUNNING, datetime.now(UTC), 0
    if not has(person, "appeals.export") or (export.format == Format.XML and not has(person, "appeals.read")):
        _note(export_id, state=ExportState.CANCELLED)
        return
    try:
        with speaking_to(organisation.audience(export.language)), tempfile.TemporaryDirectory() as place:
            path = Path(place) / f"appeals.{export.format}"
            _write(path, export, person, organisation.zone)
            key = f"{FOLDER}/{export.organisation_id}/{export_id}.{export.format}"
            store.put(key, path, kind=MEDIA_TYPES[export.format])
            size = path.stat().st_size
        if not _note(export_id, state=ExportState.DONE, object_key=key, size=size):
            store.delete(key)
    except (_GivenUp, NotFound):
        log.info("journal_file_given_up", export=export_id)
    except Exception:
        _note(export_id, state=ExportState.FAILED)
        raise


def _write(path: Path, export: Export, person: Person, zone: ZoneInfo) -> None:
    personal = has(person, "data.personal")
    asked, columns = asked_of(export.query, personal=personal), chosen(export.columns)
    with transaction(export.organisation_id) as session, path.open("wb") as file:
        asker = Asker.of(person, personal=personal)
        appeals = listing.every(session, asked, asker, at_most=MOST_ROWS)
        _tell(export.id, rows=len(appeals))
        directories = Directories(session, export.organisation_id)
        rows = _told(session, appeals, export.id)
        if export.format == Format.XML:
            xml.write(file, session, rows, staff.organisation(session, export.organisation_id), by=person)
            return
        sheet.write(file, rows, columns, directories, codes=export.codes, personal=personal, zone=zone)


def _told(session: Session, appeals: Sequence[int], export_id: int) -> Iterator[Row]:
    return sheet.in_batches(session, appeals, lambda written: _tell(export_id, written=written))


def _tell(export_id: int, **values: int) -> None:
    """How far it is, for the page that waits for it. _GivenUp."""
    if not _note(export_id, **values):
        raise _GivenUp


def _note(export_id: int, **values: object) -> bool:
    """Notes it with the file, in a transaction of its own; False where the file is no longer being made."""
    with transaction(EVERY_ORGANISATION) as session:
        running = update(Export).where(Export.id == export_id, Export.state == ExportState.RUNNING)
        done = session.execute(running.values(told_at=datetime.now(UTC), **values).returning(Export.id)).first()
    return done is not None


def forget_over() -> int:
    """The files whose time is over: first the object, then its row; how many."""
    with transaction(EVERY_ORGANISATION) as session:
        over = queries.over(session)
    for export in over:
        if export.object_key is not None:
            store.delete(export.object_key)
        with transaction(EVERY_ORGANISATION) as session:
            found = session.get(Export, export.id)
            if found is not None:
                session.delete(found)
    return len(over)
