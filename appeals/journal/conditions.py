"""What the journal's filters mean: conditions on its lines that indexes can serve under row-level security."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, exists, false, not_, or_, text, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from appeals import spelling
from appeals.addresses import finding
from appeals.addresses.tables import AppealAddress, House
from appeals.journal.columns import BY_FILTER, BY_KEY, HOUSE, SEARCH, Column
from appeals.journal.directories import LATE
from appeals.journal.model import ME, NEVER, NOTHING, OPEN_ONES, TODAY, Asked, By, Part, stems
from appeals.journal.tables import Line, Word
from appeals.model import OPEN, AppealNumber
from appeals.terms.model import Standing
from staff.tables import Organisation, Person
from web import periods
from web.forms import row_id, telephone

Condition = ColumnElement[bool]
MOST_WORDS: Final = 8  # of a search
STREETS: Final = 20  # that a typed name may mean
_DIGITS: Final = re.compile(r"^[+\d][\d\s()-]*$")
# Said beside the list of open states, so that PostgreSQL sees that the index of open appeals serves.
_NOT_OVER: Final = text("appeal_line.state NOT IN ('cancelled', 'closed')")


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom it is looked: only what they may see is found."""

    organisation: int
    person: int
    personal: bool  # whether names, telephones and addresses may be looked for
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, person: Person, *, personal: bool) -> "Asker":
        """A signed-in person."""
        return cls(person.organisation_id, person.id, personal)


def of(session: Session, asked: Asked, asker: Asker) -> list[Condition]:
    """Every condition that is asked for; what the asker may not look for narrows nothing."""
    # Row-level security separates organisations; said again here, PostgreSQL can use it to choose an index.
    wanted: list[Condition] = [Line.organisation_id == asker.organisation]
    for name, value in asked.filters.items():
        if not value:
            continue
        if name == SEARCH:
            wanted += _searched(value, asker)
        elif name == HOUSE:
            wanted += [_at_house(value)] if asker.personal else []
        elif name in BY_FILTER and (asker.personal or not BY_FILTER[name].personal):
            wanted += _of_column(session, BY_FILTER[name], name, value, asker, chosen=bool(asked.filters.get(HOUSE)))
    return wanted


def looks_for_people(asked: Asked) -> list[str]:
    """The names of filters that look for somebody: such a search is written down."""
    names = [name for name, value in asked.filters.items() if value and (name == HOUSE or _is_personal(name))]
    words = asked.filters.get(SEARCH, "")
    return [*names, SEARCH] if words and AppealNumber.parse(words) is None else names


def _is_personal(name: str) -> bool:
    return name in BY_FILTER and BY_FILTER[name].personal


def _of_column(
    session: Session, column: Column, name: str, value: str, asker: Asker, *, chosen: bool
) -> list[Condition]:
    match column.by:
        case By.PERIOD:
            return _period(column, value, asker, is_end=name == column.bounds[1])
        case By.YES:
            return [_field(column).is_(True)] if value == "yes" else []
        case By.CHOICE:
            return [_chosen(column, value, asker)]
        case _ if column is BY_KEY["number"]:
            return [_number(value)]
        case _ if column is BY_KEY["phone"]:
            return [_phone(value)]
        case _ if column is BY_KEY["name"]:
            return list(_words(value, asker, (Part.NAME,)))
        case _:
            return [] if chosen else [_at(session, value, asker)]


def _field(column: Column) -> InstrumentedAttribute[Any]:
    field_of: InstrumentedAttribute[Any] | None = column.field
    assert field_of is not None
    return field_of


def _period(column: Column, value: str, asker: Asker, *, is_end: bool) -> list[Condition]:
    """From the first moment of a day to the last of another, by the organisation's clocks; both days included."""
    day = periods.midnight().date().isoformat() if value == TODAY else value
    moment = periods.end(day) if is_end else periods.beginning(day)
    if moment is None:
        return []
    field_of = _field(column)
    return [field_of < moment] if is_end else [field_of >= moment, field_of < NEVER]


def _chosen(column: Column, value: str, asker: Asker) -> Condition:
    if column.key == "standing":
        return stands(value, asker.now)
    if column.key == "state" and value == OPEN_ONES:
        return is_open()
    field_of = _field(column)
    if not isinstance(field_of.type, BigInteger):
        return field_of == ("" if value == NOTHING else value)
    number = asker.person if value == ME else 0 if value == NOTHING else row_id(value)
    return field_of == number if number is not None else false()


def is_open() -> Condition:
    """The condition that a line's appeal waits for something."""
    return and_(Line.state.in_(sorted(OPEN)), _NOT_OVER)


def stands(standing: str, at: datetime) -> Condition:
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
            return true()  # nothing a term can be: no filter, as with a day that is none


def has_no_term() -> Condition:
    """The condition that nothing is counted for it: it is over, or no rule gives it a term."""
    return or_(not_(Line.state.in_(sorted(OPEN))), Line.due_at == NEVER)


def _searched(typed: str, asker: Asker) -> Iterator[Condition]:
    """A number however it is written, a telephone, else words: each of them must be there."""
    number = AppealNumber.parse(typed)
    if number is not None:
        yield Line.number == str(number)
    elif _DIGITS.match(typed):
        yield or_(*_digits(typed, asker))
    else:
        yield from _words(typed, asker, tuple(Part) if asker.personal else (Part.SUBSTANCE,))


def _digits(typed: str, asker: Asker) -> Iterator[Condition]:
    """The running number of this year or the last, the beginning of a number, or a telephone."""
    if re.fullmatch("[0-9]{1,6}", typed):
        yield Line.number.in_([str(AppealNumber((asker.now.year - ago) % 100, int(typed))) for ago in (0, 1)])
    elif typed[0] != "+":
        yield _number(typed)
    if asker.personal:
        yield _phone(typed)
    yield false()


def _number(typed: str) -> Condition:
    """A number, or its beginning."""
    number = AppealNumber.parse(typed)
    if number is not None:
        return Line.number == str(number)
    return _begins(Line.number, typed) if re.fullmatch("[0-9-]+", typed) else false()


def _phone(typed: str) -> Condition:
    """A whole number as people write it, else the beginning of one with its country."""
    whole = telephone(typed)
    digits = "".join(letter for letter in typed if letter.isascii() and letter.isdigit())
    if whole:
        return Line.phone == whole
    return _begins(Line.phone, f"+{digits}") if digits else false()


def _words(typed: str, asker: Asker, parts: Iterable[Part]) -> Iterator[Condition]:
    """Each word begins a word of the appeal, whatever its ending, whichever alphabet it is typed in."""
    found = False
    for word in typed.split()[:MOST_WORDS]:
        beginnings = {stems(one) for reading in spelling.readings(word) for one in reading.split()}
        if beginnings:
            found = True
            yield exists().where(
                Word.appeal_id == Line.appeal_id,
                Word.organisation_id == asker.organisation,
                Word.part.in_([part.value for part in parts]),
                or_(*(_begins(Word.word, beginning) for beginning in beginnings)),
            )
    if not found:
        yield false()


def _at(session: Session, typed: str, asker: Asker) -> Condition:
    """The house that is named, else every street that may be meant, else words of addresses that name none."""
    organisation = session.get_one(Organisation, asker.organisation)
    house, _detail = finding.house_named(session, organisation, typed, None)
    if house is not None:
        return _at_house(str(house.id))
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


def _at_house(value: str) -> Condition:
    """One of the appeal's addresses is this house (U-98)."""
    house = row_id(value)
    if house is None:
        return false()
    return exists().where(AppealAddress.appeal_id == Line.appeal_id, AppealAddress.house_id == house)


def _begins(column: InstrumentedAttribute[str], typed: str) -> Condition:
    """As LIKE 'typed%'. Under row-level security an index serves only operators that leak nothing; LIKE is none."""
    return and_(column >= typed, column < typed[:-1] + chr(min(ord(typed[-1]) + 1, 0x10FFFF)))
