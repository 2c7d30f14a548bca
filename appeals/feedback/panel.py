"""What pages show of a mark: the author's own, and those of staff."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

from sqlalchemy.orm import Session

from appeals.feedback import queries, service, words
from appeals.feedback.tables import Feedback
from appeals.tables import Appeal
from staff import queries as staff
from staff.rights import has
from staff.tables import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """What was said of the closing, until when something may be, and what goes on because of it."""

    said: Feedback | None  # with a mark
    is_open: bool
    until: datetime | None
    reopened: str | None
    noted_by: str = ""
    may_note: bool = False
    sees_comment: bool = True
    words: ModuleType = words


def of_author(session: Session, appeal: Appeal) -> Shown:
    """For whoever wrote the appeal."""
    return _shown(session, appeal, queries.of_appeal(session, appeal))


def of_appeal(session: Session, appeal: Appeal, person: Person, sees: Callable[[str], bool]) -> Shown:
    """For somebody of the staff."""
    known = queries.of_appeal(session, appeal)
    shown = _shown(session, appeal, known)
    noted = staff.get(session, known.noted_by).name if known is not None and known.noted_by is not None else ""
    may_note = shown.is_open and has(person, "appeals.act")
    return Shown(shown.said, shown.is_open, shown.until, shown.reopened, noted, may_note, sees("appeal.substance"))


def _shown(session: Session, appeal: Appeal, known: Feedback | None) -> Shown:
    said = known if known is not None and known.marked_at is not None else None
    is_open = service.is_open(session, appeal, known, datetime.now(UTC))
    reopened = queries.number_of(session, known.reopened_id) if known is not None else None
    return Shown(said, is_open, service.last_moment(session, appeal), reopened)
