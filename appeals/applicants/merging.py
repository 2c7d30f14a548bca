"""Two applicants made one, and parted again: nothing is deleted, and whatever went over knows its way back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from appeals.applicants import duplicates, queries, service
from appeals.applicants.model import CONTACTS, FIELDS, Change
from appeals.applicants.service import Merged
from appeals.applicants.tables import (
    Applicant,
    ApplicantCategory,
    ApplicantContact,
    ApplicantMerge,
    ApplicantNote,
)
from appeals.tables import Appeal
from db import Base, Conflict, table_of
from staff.audit import audit
from staff.tables import Person

UNDONE_WITHIN = timedelta(days=30)
CHOSEN: tuple[str, ...] = (*FIELDS, "phone", *CONTACTS)  # fields of which one of the two values is kept
_MOVED: dict[str, type[Base]] = {
    "appeal": Appeal,
    "contact": ApplicantContact,
    "category": ApplicantCategory,
    "note": ApplicantNote,
}

Side = Literal["kept", "merged"]


class OtherKind(Conflict):
    """A person and an organisation are not one."""


class TooLate(Conflict):
    """The time in which a merge is undone has passed."""


class BuiltUpon(Conflict):
    """A later merge was made with one of the two: that one is undone first."""


def merge(
    session: Session,
    kept: Applicant,
    merged: Applicant,
    choice: Mapping[str, Side],
    *,
    why: str = "",
    by: Person,
) -> ApplicantMerge:
    """Makes the second one with the first, each field of which is taken from the side chosen; the first's otherwise.

    Appeals, contacts, categories and notes go over. Merged where either is a duplicate already; OtherKind.
    """
    if kept.merged_into_id is not None or merged.merged_into_id is not None or kept.id == merged.id:
        raise Merged
    if kept.kind != merged.kind:
        raise OtherKind
    _lock(session, kept, merged)
    taken = {name: getattr(merged, name) for name in CHOSEN if choice.get(name) == "merged"}
    changed = {name: (getattr(kept, name), value) for name, value in taken.items() if getattr(kept, name) != value}
    row = ApplicantMerge(
        organisation_id=kept.organisation_id,
        kept_id=kept.id,
        merged_id=merged.id,
        person_id=by.id,
        undo_until=datetime.now(UTC) + UNDONE_WITHIN,
        before={name: list(pair) for name, pair in changed.items()},
        moved=_go_over(session, kept, merged),
        why=why,
    )
    session.add(row)
    merged.merged_into_id = kept.id
    for name, (_, value) in changed.items():
        setattr(kept, name, value)
    kept.compared = False
    session.flush()
    service.note_changes(session, kept, changed, Change.MERGED, why=why, by=by)
    service.note_changes(session, merged, {"merged_into": ("", kept.id)}, Change.MERGED, why=why, by=by)
    duplicates.settle(session, kept.id, merged.id, by=by)
    service.respell(session, [kept.id, merged.id])
    audit(session, by, "applicant.merged", f"applicant:{kept.id}", other=str(merged.id), because=why)
    session.flush()
    session.expire_all()
    return row


def undo(session: Session, row: ApplicantMerge, *, by: Person) -> list[str]:
    """Parts the two again, exactly as they were; the fields that somebody has changed since, which stay so.

    TooLate, BuiltUpon; Merged where it is undone already.
    """
    if row.undone_at is not None:
        raise Merged
    if datetime.now(UTC) > row.undo_until:
        raise TooLate
    if queries.merged_since(session, row):
        raise BuiltUpon
    kept, merged = queries.get(session, row.kept_id), queries.get(session, row.merged_id)
    _lock(session, kept, merged)
    told: dict[str, tuple[object, object]] = {}
    stayed = []
    for name, (before, after) in row.before.items():
        if getattr(kept, name) == after:
            told[name] = (after, before)
            setattr(kept, name, before)
        else:
            stayed.append(name)
    merged.merged_into_id = None
    kept.compared = merged.compared = False
    row.undone_at, row.undone_by = datetime.now(UTC), by.id
    session.flush()
    _go_back(session, row)
    service.note_changes(session, kept, told, Change.MERGE_UNDONE, by=by)
    service.note_changes(session, merged, {"merged_into": (kept.id, "")}, Change.MERGE_UNDONE, by=by)
    duplicates.settle(session, kept.id, merged.id, by=None)
    service.respell(session, [kept.id, merged.id])
    audit(session, by, "applicant.merge_undone", f"applicant:{kept.id}", other=str(merged.id))
    session.flush()
    session.expire_all()
    return stayed


def _lock(session: Session, one: Applicant, other: Applicant) -> None:
    """Both rows, in one order, as they are now."""
    for applicant in sorted((one, other), key=lambda each: each.id):
        session.refresh(applicant, with_for_update=True)


def _go_over(session: Session, kept: Applicant, merged: Applicant) -> dict[str, Any]:
    """Moves what belongs to the duplicate, and says what moved. What the other has just so stays where it is."""
    mine = {(each.kind, each.value) for each in queries.contacts(session, [kept.id])}
    theirs = queries.contacts(session, [merged.id])
    held = {(each.entry_id, each.since) for each in queries.categories(session, [kept.id])}
    entitled = queries.categories(session, [merged.id])
    moved: dict[str, Sequence[int]] = {
        "appeal": queries.ids_of_appeals(session, merged.id),
        "contact": [each.id for each in theirs if (each.kind, each.value) not in mine],
        "category": [each.id for each in entitled if (each.entry_id, each.since) not in held],
        "note": [each.note.id for each in queries.notes(session, merged.id)],
    }
    for name, ids in moved.items():
        _give(session, name, ids, kept.id)
    return {name: list(ids) for name, ids in moved.items()}


def _go_back(session: Session, row: ApplicantMerge) -> None:
    for name, ids in row.moved.items():
        _give(session, name, ids, row.merged_id)


def _give(session: Session, name: str, ids: Sequence[int], applicant: int) -> None:
    table = table_of(_MOVED[name])
    if ids:
        session.execute(update(table).where(table.c.id.in_(ids)).values(applicant_id=applicant))
