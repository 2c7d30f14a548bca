"""Walks an organisation's ledger from its first entry and compares it with the rows and with the S3 store.

The end of a chain could be cut off unseen, or all of it be written anew. So the seal of the last entry is kept in the
store as well, by each verification that found nothing wrong: whoever changes the past must change both places.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

import db
from db import NotFound, store
from db.chain import BEGINNING, MOST_TOLD
from recordings.ledger import queries
from recordings.ledger.model import Report, Wrong, seal
from recordings.ledger.service import content
from recordings.model import RecordingState
from recordings.tables import Recording

_ON_ITS_WAY = timedelta(hours=1)  # an object is in the store before its row says so


def verify(session: Session, organisation: int, *, checksums: bool = False) -> Report:
    """Everything; `checksums` also reads each object whole. StoreAway. The witness moves on if nothing is wrong."""
    db.take_time(session)
    report = Report()
    witness = _witness(organisation)
    _walk(session, organisation, report, witness)
    _compare_rows(session, organisation, report)
    _compare_objects(session, organisation, report, checksums=checksums)
    newest = queries.newest_stored(session, organisation)
    if store.encrypts() and newest is not None and not store.is_encrypted(newest.object_key or ""):
        report.note(Wrong.NOT_ENCRYPTED, newest.object_key)
    if not report.found and report.entries:
        told = {"number": report.entries, "seal": report.head}
        store.put_text(_witness_key(organisation), json.dumps(told))
    return report


def _witness_key(organisation: int) -> str:
    return f"ledger/{organisation}.json"


def _witness(organisation: int) -> tuple[int, str]:
    """Number and seal of the entry that the store bears witness of; 0 before the first verification."""
    try:
        told = json.loads(b"".join(store.read(_witness_key(organisation))))
        return int(told["number"]), str(told["seal"])
    except NotFound:
        return 0, BEGINNING
    except (ValueError, KeyError, TypeError):
        return 0, ""


def _walk(session: Session, organisation: int, report: Report, witness: tuple[int, str]) -> None:
    """Numbers without a gap, each entry's own seal, each tied to the one before."""
    seen = BEGINNING if witness[0] == 0 else ""
    for entry in queries.chain(session, organisation):
        if entry.number != report.entries + 1:
            report.note(Wrong.GAP, entry.number)
        elif entry.previous != report.head:
            report.note(Wrong.CHAIN, entry.number)
        if seal(entry.previous, content(entry)) != entry.seal:
            report.note(Wrong.ENTRY_CHANGED, entry.number)
        report.entries, report.head = entry.number, entry.seal
        if entry.number == witness[0]:
            seen = entry.seal
    if seen == "":
        report.note(Wrong.CUT, witness[0])
    elif seen != witness[1]:
        report.note(Wrong.REWRITTEN, witness[0])


def _compare_rows(session: Session, organisation: int, report: Report) -> None:
    compared: Sequence[tuple[Wrong, Callable[..., Sequence[int]]]] = (
        (Wrong.NOT_ENTERED, queries.not_entered),
        (Wrong.ROW_DIFFERS, queries.differing),
        (Wrong.ROW_GONE, queries.rows_gone),
        (Wrong.DELETED_NOT_ENTERED, queries.deleted_not_entered),
        (Wrong.NOT_DELETED, queries.not_deleted),
        (Wrong.LISTENING_NOT_ENTERED, queries.listenings_not_entered),
    )
    for wrong, found in compared:
        for each in found(session, organisation, at_most=MOST_TOLD):
            report.note(wrong, each)


def _compare_objects(session: Session, organisation: int, report: Report, *, checksums: bool) -> None:
    """Rows and objects side by side, both in the order of their keys; each difference is looked at once more."""
    rows, listed = queries.objects(session, organisation), store.listing(f"{organisation}/")
    row, there = next(rows, None), next(listed, None)
    while row is not None or there is not None:
        key = "" if row is None else row.object_key or ""
        if there is None or (row is not None and key < there.key):
            assert row is not None
            _without_object(session, row, report)
            row = next(rows, None)
        elif row is None or there.key < key:
            _without_row(session, there, report)
            there = next(listed, None)
        else:
            report.objects += 1
            _pair(session, row, there, report, checksums=checksums)
            row, there = next(rows, None), next(listed, None)


def _without_object(session: Session, row: Recording, report: Report) -> None:
    """One that an act has deleted since the rows were read, or is deleting just now, is not missed."""
    gone = row.state == RecordingState.STORED and store.find(row.object_key or "") is None
    if gone and queries.should_be_there(session, row.id):
        report.note(Wrong.OBJECT_MISSING, row.object_key)


def _without_row(session: Session, there: store.Listed, report: Report) -> None:
    """An object that is only just being stored has no row that names it yet."""
    known = queries.with_key(session, there.key)
    if known is None and there.at < datetime.now(UTC) - _ON_ITS_WAY:
        report.note(Wrong.OBJECT_UNKNOWN, there.key)


def _pair(session: Session, row: Recording, there: store.Listed, report: Report, *, checksums: bool) -> None:
    if row.state == RecordingState.DELETED:
        if store.find(there.key) is not None:
            report.note(Wrong.OBJECT_LEFT, there.key)
    elif there.size != row.size:
        report.note(Wrong.OBJECT_CHANGED, there.key)
    elif checksums:
        try:
            same = store.checksum(there.key) == (row.sha256, row.size)
        except NotFound:  # it was in the list
            _without_object(session, row, report)
        else:
            if not same:
                report.note(Wrong.OBJECT_CHANGED, there.key)
