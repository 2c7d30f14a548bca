"""Sealing: changes that waited become entries, chained one to the other."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

import db
from db.chain import BEGINNING
from staff.trail import queries
from staff.trail.model import Written, seal
from staff.trail.tables import RowChange, RowEntry

AT_ONCE = 5000  # changes sealed in one transaction


def seal_waiting(session: Session, organisation: int, *, at_most: int = AT_ONCE) -> int:
    """Chains what waits to the organisation's last entry; how many.

    Nobody who registers waits for it: the lock is among sealers only. A row's changes come in their order, for each
    waited for the one before it to be committed.
    """
    queries.wait_for_turn(session, organisation)
    changes = queries.unsealed(session, organisation, at_most=at_most)
    if not changes:
        return 0
    before = queries.last(session, organisation)
    previous, number = (BEGINNING, 0) if before is None else (before.seal, before.number)
    rows: list[dict[str, Any]] = []
    for change in changes:
        number += 1
        written = _written(change, number, organisation)
        sealed = seal(previous, written)
        rows.append(_row(written) | {"previous": previous, "seal": sealed})
        previous = sealed
    session.execute(insert(RowEntry), rows)
    session.execute(delete(RowChange).where(RowChange.id.in_([change.id for change in changes])))
    return len(rows)


def _written(change: RowChange, number: int, organisation: int) -> Written:
    return Written(
        organisation=organisation,
        number=number,
        at=change.at,
        of=change.of,
        row_key=change.row_key,
        deed=change.deed,
        digest=change.digest,
        form=change.form,
        outside=not db.is_ours(change.mark),
    )


def _row(written: Written) -> dict[str, Any]:
    names = ("number", "at", "of", "row_key", "deed", "digest", "form", "outside")
    return {"organisation_id": written.organisation} | {name: getattr(written, name) for name in names}


def content(entry: RowEntry) -> Written:
    """What the entry's seal must cover."""
    return Written(
        organisation=entry.organisation_id,
        number=entry.number,
        at=entry.at,
        of=entry.of,
        row_key=entry.row_key,
        deed=entry.deed,
        digest=entry.digest,
        form=entry.form,
        outside=entry.outside,
    )


Sealed = Sequence[tuple[str, tuple[str, ...]]]  # tables and the columns of their keys
