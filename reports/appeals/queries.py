"""How many appeals the journal's filters find, by group: the list's own conditions, counted to the end."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Double, Select, and_, cast, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from appeals.addresses.tables import AppealAddress, House
from appeals.classifier.model import Section
from appeals.journal import conditions, further, listing
from appeals.journal.conditions import Asker
from appeals.journal.further import Answered
from appeals.journal.model import Asked
from appeals.journal.tables import Line
from appeals.particulars.tables import AppealCode
from appeals.workflow.tables import Assignment

# Filters look into these tables too: under names of their own nothing here is taken for what stands in a filter.
_HOLDER, _WORK = aliased(Assignment), aliased(Assignment)
_PLACE, _HOUSE, _CODE = aliased(AppealAddress), aliased(House), aliased(AppealCode)
# In words, not as a parameter: grouped by what is selected, served by partial indexes.
_NONE: Final[ColumnElement[int]] = literal_column("0", BigInteger())
_STILL: Final = _HOLDER.state != literal_column("'withdrawn'")


class By(StrEnum):
    """What appeals are counted by. With some an appeal stands more than once, or not at all."""

    PROBLEM = "problem"
    TOPIC = "topic"
    DISTRICT = "district"
    EXECUTOR = "executor"  # everybody who has it; 0: nobody
    STREET = "street"  # of every address that names a house
    HOUSE = "house"
    SOURCE = "source"  # how it came
    QUESTION = "question"  # the main one, as the entry of its day; 0: none


Key = str | int
_KEYS: Final[dict[By | None, ColumnElement[Any]]] = {
    None: _NONE,
    By.PROBLEM: Line.problem.expression,
    By.TOPIC: Line.topic.expression,
    By.DISTRICT: Line.district_id.expression,
    By.EXECUTOR: func.coalesce(_HOLDER.executor_id, _NONE),
    By.STREET: _HOUSE.street_id.expression,
    By.HOUSE: _PLACE.house_id.expression,
    By.SOURCE: Line.source.expression,
    By.QUESTION: func.coalesce(_CODE.entry_id, _NONE),
}
_LACKING: Final[dict[By, Key]] = {By.PROBLEM: "", By.DISTRICT: 0, By.EXECUTOR: 0}


class Answers(NamedTuple):
    """What was answered, how much of it in term, and how soon."""

    number: int
    in_term: int
    late: int
    median: timedelta | None
    ninth: timedelta | None


class Most(NamedTuple):
    """A group with many appeals, and how many of them are repeated ones."""

    key: Key
    number: int
    repeated: int


def planned_anew(session: Session) -> None:
    """This transaction's statements are planned for the values they have, as the journal's are."""
    session.execute(listing.PLANNED_ANEW)


def tallies(
    session: Session, asked: Asked, asker: Asker, by: By | None = None, *, among: Collection[Key] | None = None
) -> dict[Key, int]:
    """How many of what is asked for each group has; without a group all of them, under 0."""
    wanted = _grouped(by, _number(by).label("number")).where(*conditions.of(session, asked, asker))
    if among is not None:
        wanted = wanted.where(_KEYS[by].in_(list(among)))
    return {row.grouped: row.number for row in session.execute(wanted)}


def most(session: Session, asked: Asked, asker: Asker, by: By, *, sign: str, at_most: int) -> list[Most]:
    """The groups that have most, of equal ones the first by its key; what has no group is left out."""
    number = _number(by)
    wanted = _grouped(by, number.label("number"), number.filter(Line.sign == sign).label("repeated"))
    wanted = wanted.where(*conditions.of(session, asked, asker))
    if by in _LACKING:
        wanted = wanted.where(_KEYS[by] != _LACKING[by])
    rows = session.execute(wanted.order_by(number.desc(), "grouped").limit(at_most))
    return [Most(row.grouped, row.number, row.repeated if sign else 0) for row in rows]


def answers(session: Session, asked: Asked, asker: Asker, by: By | None = None) -> dict[Key, Answers]:
    """Of appeals with an answer how many came in term, how many late, and the time from the receipt to the answer."""
    took = cast(func.extract("epoch", Line.closed_at - Line.received_at), Double)
    figures = (
        func.count().label("number"),
        func.count().filter(further.answered(Answered.IN_TERM)).label("in_term"),
        func.count().filter(further.answered(Answered.LATE)).label("late"),
        func.percentile_cont(0.5).within_group(took).label("median"),
        func.percentile_cont(0.9).within_group(took).label("ninth"),
    )
    wanted = _grouped(by, *figures).where(*conditions.of(session, asked, asker))
    return {
        row.grouped: Answers(row.number, row.in_term, row.late, _length(row.median), _length(row.ninth))
        for row in session.execute(wanted)
    }


def reworks(session: Session, asked: Asked, asker: Asker, by: By | None = None) -> dict[Key, tuple[int, int]]:
    """How many appeals were returned for rework, and how often; with an executor, what they have and did themselves."""
    own = by is By.EXECUTOR
    work = _HOLDER if own else _WORK
    key = _HOLDER.executor_id if own else _KEYS[by]
    returned = and_(work.appeal_id == Line.appeal_id, work.reworks > _NONE)
    wanted = (
        select(
            key.label("grouped"), func.count(Line.appeal_id.distinct()), func.coalesce(func.sum(work.reworks), _NONE)
        )
        .select_from(Line)
        .join(work, and_(returned, _STILL) if own else returned)
        .where(*conditions.of(session, asked, asker))
    )
    rows = session.execute(wanted if by is None else wanted.group_by("grouped"))
    return {row[0]: (row[1], int(row[2])) for row in rows}


def _number(by: By | None) -> Any:
    """An appeal with two flats of one house counts once."""
    return func.count(Line.appeal_id.distinct()) if by in (By.STREET, By.HOUSE) else func.count()


def _grouped(by: By | None, *figures: ColumnElement[Any]) -> Select[Any]:
    wanted = select(_KEYS[by].label("grouped"), *figures).select_from(Line)
    match by:
        case None:
            return wanted
        case By.EXECUTOR:
            wanted = wanted.outerjoin(_HOLDER, and_(_HOLDER.appeal_id == Line.appeal_id, _STILL))
        case By.STREET | By.HOUSE:
            wanted = wanted.join(_PLACE, _PLACE.appeal_id == Line.appeal_id).join(_HOUSE, _HOUSE.id == _PLACE.house_id)
        case By.QUESTION:
            main = (_CODE.section == Section.QUESTION, _CODE.position == _NONE)
            wanted = wanted.outerjoin(_CODE, and_(_CODE.appeal_id == Line.appeal_id, *main))
    return wanted.group_by("grouped")


def _length(seconds: float | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None
