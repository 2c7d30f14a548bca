"""Every SELECT of the classifier."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from db import NotFound
from db.validity import rows_in_force

_ORDERED = select(ClassifierEntry).order_by(
    ClassifierEntry.section, ClassifierEntry.position, ClassifierEntry.code, ClassifierEntry.valid_from
)


def get(session: Session, entry: int) -> ClassifierEntry:
    """The entry. NotFound, also for another organisation's."""
    found = session.get(ClassifierEntry, entry)
    if found is None:
        raise NotFound(f"classifier entry {entry}")
    return found


def offered(session: Session, on: date) -> dict[Section, list[ClassifierEntry]]:
    """What a card of that day may take, by section."""
    found: dict[Section, list[ClassifierEntry]] = {section: [] for section in Section}
    for entry in session.scalars(_ORDERED.where(rows_in_force(ClassifierEntry, on))):
        found[Section(entry.section)].append(entry)
    return found


def in_force(session: Session, section: Section, on: date) -> Sequence[ClassifierEntry]:
    """One section as it is on that day."""
    return session.scalars(_ORDERED.where(ClassifierEntry.section == section, rows_in_force(ClassifierEntry, on))).all()


def find(session: Session, section: Section, code: str, on: date) -> ClassifierEntry | None:
    """The version of a code that is valid on that day."""
    wanted = _ORDERED.where(
        ClassifierEntry.section == section, ClassifierEntry.code == code, rows_in_force(ClassifierEntry, on)
    )
    return session.scalars(wanted.limit(1)).first()


def versions(session: Session, section: Section, *, text: str = "") -> Sequence[ClassifierEntry]:
    """All versions of a section's entries, or those with the text in code, name or source."""
    wanted = _ORDERED.where(ClassifierEntry.section == section)
    if text:
        found = (
            ClassifierEntry.code.icontains(text, autoescape=True),
            cast(ClassifierEntry.name, Text).icontains(text, autoescape=True),
            ClassifierEntry.source.icontains(text, autoescape=True),
        )
        wanted = wanted.where(or_(*found))
    return session.scalars(wanted).all()


def all_versions(session: Session, organisation: int) -> Sequence[ClassifierEntry]:
    """Everything the organisation ever had."""
    return session.scalars(_ORDERED.where(ClassifierEntry.organisation_id == organisation)).all()


def counts(session: Session, on: date) -> dict[str, tuple[int, int]]:
    """By section: how many entries are in force, and how many of them are to be verified."""
    rows = session.execute(
        select(ClassifierEntry.section, func.count(), func.count().filter(ClassifierEntry.verified.is_(False)))
        .where(rows_in_force(ClassifierEntry, on))
        .group_by(ClassifierEntry.section)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
