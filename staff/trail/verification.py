"""Whether every business row is as the program left it, and the trail as it was written."""

from sqlalchemy.orm import Session

import db
from db.chain import BEGINNING
from staff.trail import queries, service
from staff.trail.model import Report, Wrong, seal
from staff.trail.service import Sealed


def verify(session: Session, organisation: int, sealed: Sealed) -> Report:
    """Walks the organisation's trail, then compares its last word about each row with the row."""
    db.take_time(session)
    report = Report()
    _walk(session, organisation, report)
    for table, key in sealed:
        report.rows += queries.count(session, table, organisation)
        for row in queries.differing(session, table, key, organisation):
            report.note(_wrong(row), f"{table} {row.row_key}")
    return report


def _wrong(row: queries.Differs) -> Wrong:
    if row.entered is None:
        return Wrong.NOT_ENTERED
    if not row.is_there:
        return Wrong.ROW_GONE
    return Wrong.ROW_BACK if row.entered == "delete" else Wrong.ROW_DIFFERS


def _walk(session: Session, organisation: int, report: Report) -> None:
    previous, number = BEGINNING, 0
    for entry in queries.chain(session, organisation):
        if entry.number != number + 1:
            report.note(Wrong.GAP, f"{number + 1}–{entry.number - 1}")
        elif entry.previous != previous:
            report.note(Wrong.CHAIN, entry.number)
        if seal(entry.previous, service.content(entry)) != entry.seal:
            report.note(Wrong.ENTRY_CHANGED, entry.number)
        if entry.outside:
            report.note(Wrong.OUTSIDE, f"{entry.of} {entry.row_key}")
        previous, number = entry.seal, entry.number
        report.entries += 1
    report.head = previous
