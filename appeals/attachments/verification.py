"""Rows and store side by side: what is missing, what is not what was stored, what no row names (U-43).

Every object is looked for at each verification, and read whole in turn: those that waited longest, up to so many bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from appeals.attachments import queries, storing
from appeals.attachments.model import CHECKED_EVERY, FRESH, ORPHANS_KEPT, Fault
from appeals.attachments.tables import Attachment, AttachmentFault
from db import NotFound, store

log = structlog.get_logger()

READ_AT_ONCE: Final = 50_000_000_000  # bytes of one verification: some ten minutes of a disk


@dataclass(slots=True)
class Report:
    """What was looked at, and what was found by the keys of the store."""

    files: int = 0
    read: int = 0  # files, whole
    found: dict[str, tuple[Fault, int | None, int]] = field(default_factory=dict)  # fault, attachment, size
    deleted: int = 0  # orphans whose time was over


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An object that a row names; the small picture of one can be made again and is missed by nobody."""

    key: str
    row: Attachment
    is_small: bool


def verify(
    session: Session, organisation: int, *, everything: bool = False, read_at_most: int = READ_AT_ONCE
) -> Report:
    """The faults of now, written down; `everything` is read whole, whenever it was read last. StoreAway."""
    now, report = datetime.now(UTC), Report()
    wanted, listed = _wanted(session, organisation), store.listing(storing.prefix(organisation))
    one, there = next(wanted, None), next(listed, None)
    left = read_at_most
    while one is not None or there is not None:
        if there is None or (one is not None and one.key < there.key):
            assert one is not None
            _without_object(one, report)
            one = next(wanted, None)
        elif one is None or there.key < one.key:
            _without_row(session, there, report, now)
            there = next(listed, None)
        else:
            due = everything or one.row.checked_at < now - CHECKED_EVERY
            left -= _pair(one, there, report, whole=due and left > 0, now=now)
            one, there = next(wanted, None), next(listed, None)
    _write_down(session, organisation, report, now)
    return report


def _wanted(session: Session, organisation: int) -> Iterator[_Wanted]:
    for row in queries.stored(session, organisation):
        yield _Wanted(row.object_key, row, is_small=False)
        if row.small_key is not None:
            yield _Wanted(row.small_key, row, is_small=True)


def _without_object(one: _Wanted, report: Report) -> None:
    if one.is_small:
        return
    report.files += 1
    if store.find(one.key) is None:  # looked at once more: it may have come after the listing
        report.found[one.key] = (Fault.MISSING, one.row.id, one.row.size)


def _without_row(session: Session, there: store.Listed, report: Report, now: datetime) -> None:
    """An object that is only just being stored has no row that names it yet."""
    if there.at < now - FRESH and queries.with_key(session, there.key) is None:
        report.found[there.key] = (Fault.ORPHAN, None, there.size)


def _pair(one: _Wanted, there: store.Listed, report: Report, *, whole: bool, now: datetime) -> int:
    """How many bytes were read."""
    if one.is_small:
        return 0
    report.files += 1
    if there.size != one.row.size:
        report.found[one.key] = (Fault.CHANGED, one.row.id, one.row.size)
        return 0
    if not whole:
        return 0
    try:
        same = store.checksum(one.key) == (one.row.sha256, one.row.size)
    except NotFound:
        report.found[one.key] = (Fault.MISSING, one.row.id, one.row.size)
        return 0
    report.read += 1
    if same:
        one.row.checked_at = now
    else:
        report.found[one.key] = (Fault.CHANGED, one.row.id, one.row.size)
    return one.row.size


def _write_down(session: Session, organisation: int, report: Report, now: datetime) -> None:
    """New faults, those still there, and away with those that are over; old orphans go.

    An object that was changed and not read this time is still known to be: its row was not checked since.
    """
    known = queries.known_faults(session, organisation)
    for key, (fault, attachment, size) in report.found.items():
        row = known.pop(key, None)
        if row is None:
            whose = {"organisation_id": organisation, "attachment_id": attachment}
            session.add(AttachmentFault(object_key=key, fault=fault, size=size, found_at=now, seen_at=now, **whose))
            log.error("attachment_not_as_stored", organisation=organisation, fault=fault, attachment=attachment)
        else:
            row.fault, row.seen_at = fault, now
            if fault is Fault.ORPHAN and row.found_at < now - ORPHANS_KEPT:
                report.deleted += _deleted(session, row)
    for row in known.values():
        if row.fault != Fault.CHANGED or _is_sound(session, row):
            session.delete(row)
    session.flush()


def _deleted(session: Session, row: AttachmentFault) -> int:
    try:
        store.delete(row.object_key)
    except store.NotGone as error:
        log.warning("attachment_orphan_not_gone", key=row.object_key, error=str(error))
        return 0
    session.delete(row)
    return 1


def _is_sound(session: Session, row: AttachmentFault) -> bool:
    """Whether the object is again what was stored."""
    file = queries.with_key(session, row.object_key)
    if file is None:
        return True
    try:
        return store.checksum(row.object_key) == (file.sha256, file.size)
    except NotFound:
        return False
