"""What the journal's filters mean: conditions on its lines that indexes can serve under row-level security."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, exists, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from appeals import spelling
from appeals.addresses import finding
from appeals.addresses.tables import AppealAddress, House
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section, below
from appeals.journal import further, queries
from appeals.journal.columns import BY_FILTER, BY_KEY, HOUSE, SEARCH, Column
from appeals.journal.directories import LATE, Directories
from appeals.journal.further import FURTHER, MARKED, QUESTION, STREET, Answered, Marked
from appeals.journal.model import ME, NEVER, NOTHING, OPEN_ONES, RIGHTLY, TODAY, Asked, By, Part, stems
from appeals.journal.tables import IS_ASSIGNED, IS_LONG, IS_OPEN, Line, Word
from appeals.model import AppealNumber, State
from appeals.rights import queries as rights
from appeals.rights.model import EVERY
from appeals.terms.model import Standing
from appeals.workflow import queries as work
from appeals.workflow.tables import Assignment
from staff.rights import has
from staff.tables import Organisation, Person
from web import periods
from web.forms import row_id, telephone

Condition = ColumnElement[bool]
MOST_WORDS: Final = 8  # of a search
STREETS: Final = 20  # that a typed name may mean
EXECUTORS: Final = 50  # that a typed name may mean
_DIGITS: Final = re.compile(r"^[+\d][\d\s()-]*$")


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom it is looked: only what they may see is found."""

    organisation: int
    person: int
    personal: bool  # whether names, telephones and addresses may be looked for
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    whose: Person | None = None  # by whose rights appeals are found; None: by nobody's, as tests and benches do

    @classmethod
    def of(cls, person: Person, *, personal: bool) -> "Asker":
        """A signed-in person, who finds what is theirs to see."""
        return cls(person.organisation_id, person.id, personal, whose=person)


class Reading(NamedTuple):
    """What filters mean: conditions, and the names of those that mean nothing and so narrow nothing."""

    conditions: list[Condition]
    nonsense: tuple[str, ...]


def of(session: Session, asked: Asked, asker: Asker) -> list[Condition]:
    """Every condition that is asked for; what the asker may not look for, and nonsense, narrow nothing."""
    return read(session, asked, asker).conditions


def read(session: Session, asked: Asked, asker: Asker) -> Reading:
    """The conditions, and which filters were not understood."""
    # Row-level security separates organisations; said again here, PostgreSQL can use it to choose an index.
    wanted: list[Condition] = [Line.organisation_id == asker.organisation]
    nonsense = []
    if asker.whose is not None and not has(asker.whose, EVERY):
        wanted.append(rights.seen(Line.appeal_id, rights.scope(session, asker.whose)))
    for name, value in asked.filters.items():
        if not value or not _may_ask(name, asker):
            continue
        found = _of_filter(session, name, value, asked, asker)
        if found is None:
            nonsense.append(name)
        else:
            wanted += found
    return Reading(wanted, tuple(nonsense))


def _may_ask(name: str, asker: Asker) -> bool:
    return asker.personal or not _is_personal(name)


def _of_filter(session: Session, name: str, value: str, asked: Asked, asker: Asker) -> list[Condition] | None:
    """None for a value that nothing can have."""
    if name == SEARCH:
        return list(_searched(session, value, asker))
    if name == HOUSE:
        at_house = _at_house(value)
        return None if at_house is None else [at_house]
    if name in FURTHER:
        found = _of_figure(session, name, value, asked, asker)
        return None if found is None else [found]
    if name not in BY_FILTER:
        return []
    return _of_column(session, BY_FILTER[name], name, value, asker, chosen=bool(asked.filters.get(HOUSE)))


def looks_for_people(asked: Asked) -> list[str]:
    """The names of filters that look for somebody: such a search is written down."""
    names = [name for name, value in asked.filters.items() if value and _is_personal(name)]
    words = asked.filters.get(SEARCH, "")
    return [*names, SEARCH] if words and AppealNumber.parse(words) is None else names


def _is_personal(name: str) -> bool:
    return name == HOUSE or name in further.PERSONAL or (name in BY_FILTER and BY_FILTER[name].personal)


def _of_column(
    session: Session, column: Column, name: str, value: str, asker: Asker, *, chosen: bool
) -> list[Condition] | None:
    one: Condition | None
    match column.by:
        case By.PERIOD:
            return _period(column, value, is_end=name == column.bounds[1])
        case By.YES:
            one = IS_LONG if value == "yes" else None  # the one column of this kind
        case By.CHOICE:
            one = _chosen(session, column, value, asker)
        case By.EXECUTOR:
            one = _given(session, value, asker)
        case _ if column is BY_KEY["number"]:
            one = _number(value)
        case _ if column is BY_KEY["index"]:
            one = _index(value)
        case _ if column is BY_KEY["phone"]:
            one = _phone(value)
        case _ if column is BY_KEY["name"]:
            return list(_words(value, asker, (Part.NAME,)))
        case _:
            return [] if chosen else [_at(session, value, asker)]
    return None if one is None else [one]


def _field(column: Column) -> InstrumentedAttribute[Any]:
    field_of: InstrumentedAttribute[Any] | None = column.field
    assert field_of is not None
    return field_of


def _period(column: Column, value: str, *, is_end: bool) -> list[Condition] | None:
    """From the first moment of a day to the last of another, by the organisation's clocks; both days included."""
    day = periods.midnight().date().isoformat() if value == TODAY else value
    moment = periods.end(day) if is_end else periods.beginning(day)
    if moment is None:
        return None
    field_of = _field(column)
    return [field_of < moment] if is_end else [field_of >= moment, field_of < NEVER]


def _chosen(session: Session, column: Column, value: str, asker: Asker) -> Condition | None:
    if column.key == "standing":
        return stands(value, asker.now)
    if column.key == "state" and value == OPEN_ONES:
        return is_open()
    if column.key == "state" and value == RIGHTLY:
        return Line.state != State.CANCELLED
    field_of = _field(column)
    is_id = isinstance(field_of.type, BigInteger)
    if value == NOTHING and column.may_lack:
        return field_of == (0 if is_id else "")
    if value == ME and column is BY_KEY["registered_by"]:
        return field_of == asker.person
    code = row_id(value) if is_id else value
    return field_of == code if code is not None and _is_known(session, column, value, code, asker) else None


def _is_known(session: Session, column: Column, value: str, code: str | int, asker: Asker) -> bool:
    """Whether it is offered, or was once and an appeal has it still."""
    assert column.offered is not None
    offered = column.offered(Directories(session, asker.organisation))
    return value in offered or queries.is_in_a_line(session, asker.organisation, _field(column), code)


def _given(session: Session, value: str, asker: Asker) -> Condition | None:
    """Nobody has it, one's own executors do, or whoever is meant by a code or a name; main or not."""
    if value == NOTHING:
        return Line.executor == ""
    meant = _meant(session, value, asker)
    return _have(meant) if meant or value == ME else None


def _meant(session: Session, value: str, asker: Asker) -> Collection[int]:
    """One's own executors, or those that a code or a name means."""
    if value == ME:
        return work.seen_by(session, asker.person, periods.midnight().date())
    chosen = work.meant(session, value)
    meant = [chosen] if chosen is not None else work.like(session, value, at_most=EXECUTORS, closed=True)
    return {each.id for each in meant}


def _of_figure(session: Session, name: str, value: str, asked: Asked, asker: Asker) -> Condition | None:
    """What one of the filters that are no columns means; work returned for rework is that of who is asked for."""
    if FURTHER[name].by is By.YES:
        return _yes(session, name, asked, asker) if value == "yes" else None
    if name == "answered":
        return further.answered(Answered(value)) if value in set(Answered) else None
    if name == MARKED:
        return further.marked(Marked(value)) if value in set(Marked) else None
    if name == "overdue_on":
        return further.overdue_on(periods.midnight().date().isoformat() if value == TODAY else value, asker.now)
    if name == STREET:
        street = row_id(value)
        return further.in_street(street) if street is not None else None
    assert name == QUESTION
    if value == NOTHING:
        return further.asks(None)
    versions = classifier.versions(session, Section.QUESTION)
    codes = below(versions, value)
    return further.asks({each.id for each in versions if each.code in codes}) if codes else None


def _yes(session: Session, name: str, asked: Asked, asker: Asker) -> Condition:
    if name == "missed":
        return further.missed(asker.now)
    if name == "reopened":
        return further.reopened()
    whose = asked.filters.get("executor", "")
    meant = _meant(session, whose, asker) if whose and whose != NOTHING else None
    return further.reworked(meant or None)


def _have(ids: Collection[int]) -> Condition:
    """One of these executors has it, as the main one or beside it."""
    if not ids:
        return false()
    whose = Assignment.executor_id == next(iter(ids)) if len(ids) == 1 else Assignment.executor_id.in_(sorted(ids))
    return exists().where(Assignment.appeal_id == Line.appeal_id, whose, IS_ASSIGNED)


def is_open() -> Condition:
    """The condition that a line's appeal waits for something."""
    return IS_OPEN


def stands(standing: str, at: datetime) -> Condition | None:
    """The condition that an open appeal stands so at that moment; as `terms.queries.stands`, said of lines."""
    overdue, attention = Line.due_at < at, and_(Line.due_at >= at, Line.attention_at <= at)
    match standing:
        case Standing.OVERDUE:
            return and_(is_open(), overdue)
        case Standing.ATTENTION:
            return and_(is_open(), attention)
        case Standing.ON_TIME:
            return and_(is_open(), Line.due_at >= at, Line.due_at < NEVER, Line.attention_at > at)
        case _ if standing == LATE:
            return and_(is_open(), or_(overdue, attention))
        case _:
            return None  # nothing a term can be


def has_no_term() -> Condition:
    """The condition that nothing is counted for it: it is over, or no rule gives it a term."""
    return or_(not_(is_open()), Line.due_at == NEVER)


def _searched(session: Session, typed: str, asker: Asker) -> Iterator[Condition]:
    """A number however it is written, a telephone, an index or its beginning, else words: each must be there."""
    number = AppealNumber.parse(typed)
    if number is not None:
        yield Line.number == str(number)
    elif _DIGITS.match(typed):
        yield or_(*_digits(typed, asker))
    elif _is_index(session, typed, asker):
        yield _index(typed)
    else:
        yield from _words(typed, asker, tuple(Part) if asker.personal else (Part.SUBSTANCE,))


def _digits(typed: str, asker: Asker) -> Iterator[Condition]:
    """The running number of this year or the last, the beginning of a number or of an index, or a telephone."""
    if re.fullmatch("[0-9]{1,6}", typed):
        yield Line.number.in_([str(AppealNumber((asker.now.year - ago) % 100, int(typed))) for ago in (0, 1)])
        yield Line.index == typed
    elif typed[0] != "+":
        yield _index(typed)
        if (begun := _number(typed)) is not None:
            yield begun
    if asker.personal and (called := _phone(typed)) is not None:
        yield called
    yield false()


def _number(typed: str) -> Condition | None:
    """A number, or its beginning."""
    number = AppealNumber.parse(typed)
    if number is not None:
        return Line.number == str(number)
    return _begins(Line.number, typed) if re.fullmatch("[0-9-]*[0-9][0-9-]*", typed) else None


def _index(typed: str) -> Condition:
    """A registration index or its beginning, as it is typed or in capitals."""
    told = typed.replace("\0", "")
    return or_(*(_begins(Line.index, each) for each in dict.fromkeys((told, told.upper())))) if told else false()


def _is_index(session: Session, typed: str, asker: Asker) -> bool:
    """Whether an index here begins so: one without a digit is not looked for, as a word is meant."""
    if not any(map(str.isdigit, typed)):
        return False
    return queries.has_a_line(session, asker.organisation, _index(typed))


def _phone(typed: str) -> Condition | None:
    """A whole number as people write it, else the beginning of one with its country."""
    whole = telephone(typed)
    digits = "".join(letter for letter in typed if letter.isascii() and letter.isdigit())
    if whole:
        return Line.phone == whole
    return _begins(Line.phone, f"+{digits}") if digits else None


def _words(typed: str, asker: Asker, parts: Iterable[Part]) -> Iterator[Condition]:
    """Each word begins a word of the appeal, whatever its ending, whichever alphabet it is typed in.

    Who has all of several words is found among the words alone, so that only their lines are read (0130).
    """
    among = [part.value for part in parts]
    meant = [
        beginnings
        for word in typed.split()[:MOST_WORDS]
        if (beginnings := {stems(one) for reading in spelling.readings(word) for one in reading.split()})
    ]
    if len(meant) == 1:
        yield exists().where(Word.appeal_id == Line.appeal_id, *_begun(meant[0], asker, among))
    elif meant:
        yield Line.appeal_id.in_(queries.with_all_words(_begun(each, asker, among) for each in meant))
    else:
        yield false()


def _begun(beginnings: Collection[str], asker: Asker, among: Sequence[str]) -> tuple[Condition, ...]:
    """One word of these parts that begins so."""
    begins = or_(*(_begins(Word.word, each) for each in sorted(beginnings)))
    return Word.organisation_id == asker.organisation, Word.part.in_(among), begins


def _at(session: Session, typed: str, asker: Asker) -> Condition:
    """The house that is named, else every street that may be meant, else words of addresses that name none."""
    organisation = session.get_one(Organisation, asker.organisation)
    house, _detail = finding.house_named(session, organisation, typed, None)
    if house is not None:
        return _of_house(house.id)
    offers = finding.offers(session, organisation, typed)[:STREETS]
    written = and_(true(), *_words(typed, asker, (Part.ADDRESS,)))
    if not offers:
        return written
    houses = {offer.house for offer in offers if offer.house is not None}
    streets = {offer.street for offer in offers if offer.house is None}
    there = exists().where(
        AppealAddress.appeal_id == Line.appeal_id,
        AppealAddress.house_id == House.id,
        or_(House.id.in_(houses), House.street_id.in_(streets)),
    )
    return or_(there, written)


def _at_house(value: str) -> Condition | None:
    """One of the appeal's addresses is this house (U-98)."""
    house = row_id(value)
    return None if house is None else _of_house(house)


def _of_house(house: int) -> Condition:
    return exists().where(AppealAddress.appeal_id == Line.appeal_id, AppealAddress.house_id == house)


def _begins(column: InstrumentedAttribute[str], typed: str) -> Condition:
    """As LIKE 'typed%'. Under row-level security an index serves only operators that leak nothing; LIKE is none."""
    following = min(ord(typed[-1]) + 1, 0x10FFFF)
    following = 0xE000 if following == 0xD800 else following  # what lies between are no characters
    return and_(column >= typed, column < typed[:-1] + chr(following))
