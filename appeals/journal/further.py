"""Filters of the journal that are no columns: by them a figure of a report opens exactly what it was counted from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, not_
from sqlalchemy.orm import aliased

from appeals.addresses.tables import AppealAddress, House
from appeals.classifier.model import Section
from appeals.feedback.model import GOOD
from appeals.feedback.tables import Feedback
from appeals.journal.directories import Directories
from appeals.journal.model import NEVER, By
from appeals.journal.tables import IS_ASSIGNED, Line
from appeals.model import State
from appeals.particulars.tables import AppealCode
from appeals.tables import Appeal
from appeals.workflow.tables import REWORKED, Assignment
from web import periods
from web.languages import gettext as _
from web.languages import later

Condition = ColumnElement[bool]


class Answered(StrEnum):
    """How an appeal was answered: with a result of the classifier; what was entered by mistake has none."""

    ANY = "any"
    IN_TERM = "in_term"
    LATE = "late"
    NO_TERM = "no_term"


_ANSWERED: Final[dict[str, str]] = {
    Answered.ANY: later("with an answer"),
    Answered.IN_TERM: later("answered in term"),
    Answered.LATE: later("answered late"),
    Answered.NO_TERM: later("answered, had no term"),
}


class Marked(StrEnum):
    """What its author said of the answer."""

    ANY = "any"
    GOOD = "good"
    BAD = "bad"
    NONE = "none"


_MARKED: Final[dict[str, str]] = {
    Marked.ANY: later("with a mark"),
    Marked.GOOD: later("4 or 5"),
    Marked.BAD: later("1 to 3"),
    Marked.NONE: later("answered, without a mark"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """One filter, with what a column's filter has; `on_page`: people choose it themselves, else only a figure does."""

    key: str
    label: str
    by: By
    on_page: bool = True
    personal: bool = False
    may_lack: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its name in an address."""
        return (self.key,)

    def offered(self, known: Directories) -> Mapping[str, str]:
        """Words by values."""
        if self.key == "answered":
            return {code: _(word) for code, word in _ANSWERED.items()}
        if self.key == MARKED:
            return {code: _(word) for code, word in _MARKED.items()}
        return known.questions if self.key == QUESTION else {}


QUESTION: Final = "question"
MARKED: Final = "marked"
STREET: Final = "street"
FURTHER: Final[Mapping[str, Further]] = {
    each.key: each
    for each in (
        Further(key="answered", label=later("In term or late"), by=By.CHOICE),
        Further(key="missed", label=later("Missed its term"), by=By.YES),
        Further(key="reworked", label=later("Returned for rework"), by=By.YES),
        Further(key="reopened", label=later("Reopened later"), by=By.YES),
        Further(key=MARKED, label=later("The author's mark"), by=By.CHOICE),
        Further(key="overdue_on", label=later("Overdue at the end of"), by=By.DAY, on_page=False),
        Further(key=QUESTION, label=later("Main question"), by=By.CHOICE, on_page=False, may_lack=True),
        Further(key=STREET, label=later("Street"), by=By.CHOICE, on_page=False, personal=True),
    )
}
PERSONAL: Final = frozenset(key for key, each in FURTHER.items() if each.personal)
_MISTAKEN: Final = State.CANCELLED.value


def answered(how: Answered) -> Condition:
    """It has an answer of this kind."""
    has_one = Line.result != ""
    match how:
        case Answered.ANY:
            return has_one
        case Answered.IN_TERM:
            return and_(has_one, Line.due_at < NEVER, Line.closed_at <= Line.due_at)
        case Answered.LATE:
            return and_(has_one, Line.closed_at > Line.due_at)
        case Answered.NO_TERM:
            return and_(has_one, Line.due_at == NEVER)


def missed(now: datetime) -> Condition:
    """Its term has ended without an answer, whether that came later or not."""
    return and_(Line.state != _MISTAKEN, Line.due_at < func.least(Line.closed_at, now))


def overdue_on(day: str, now: datetime) -> Condition | None:
    """At the end of that day its term had ended and it was open; of a day that is not over, now."""
    end = periods.end(day)
    if end is None:
        return None
    at = min(end, now)
    return and_(Line.state != _MISTAKEN, Line.due_at < at, Line.closed_at >= at)


def reopened() -> Condition:
    """Another one goes on with it, and was not entered by mistake."""
    later_one = aliased(Appeal)
    return exists().where(
        later_one.reopens_id.is_not(None), later_one.reopens_id == Line.appeal_id, later_one.state != _MISTAKEN
    )


def marked(how: Marked) -> Condition:
    """Its author gave the answer such a mark; an earlier answer's counts no more."""
    said = exists().where(
        Feedback.appeal_id == Line.appeal_id, Feedback.closed_at == Line.closed_at, Feedback.mark.is_not(None)
    )
    match how:
        case Marked.ANY:
            return said
        case Marked.GOOD:
            return said.where(Feedback.mark >= literal_column(str(GOOD)))
        case Marked.BAD:
            return said.where(Feedback.mark < literal_column(str(GOOD)))
        case Marked.NONE:
            return and_(answered(Answered.ANY), not_(said))


def reworked(whose: Collection[int] | None) -> Condition:
    """Work on it was returned for rework; of these executors, their own that they still have."""
    returned = exists().where(Assignment.appeal_id == Line.appeal_id, REWORKED)
    return returned if whose is None else returned.where(Assignment.executor_id.in_(sorted(whose)), IS_ASSIGNED)


def in_street(street: int) -> Condition:
    """One of its addresses is a house of this street."""
    return exists().where(
        AppealAddress.appeal_id == Line.appeal_id, AppealAddress.house_id == House.id, House.street_id == street
    )


def asks(entries: Collection[int] | None) -> Condition:
    """Its main question is one of these entries of the classifier; None: it has none."""
    main = exists().where(
        AppealCode.appeal_id == Line.appeal_id,
        AppealCode.section == Section.QUESTION,
        AppealCode.position == literal_column("0"),
    )
    return not_(main) if entries is None else main.where(AppealCode.entry_id.in_(sorted(entries)))
