"""The list of appeals as a database gives it: every column both ways, every filter, pages there and back (U-119)."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals import words
from appeals.journal import listing
from appeals.journal.columns import BY_KEY, COLUMNS
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import NEVER, Asked, Key, alphabetical
from appeals.model import OPEN
from appeals.numbering.queries import index_of
from appeals.numbering.tables import AppealIndex
from appeals.tables import Appeal
from appeals.terms.model import standing
from db import transaction
from staff.tables import Person
from tests.appeals.journal.appeals import DAY, NOON, appeal_of, found, walked, written
from tests.centre import Centre
from web.languages import Audience, speaking_to

SORTED = [column.key for column in COLUMNS if column.sorted and column.field is not None]
KYIV = ZoneInfo("Europe/Kyiv")
NONSENSE = ("x~y", "-", "me", "today", "2026-11-20", "99999999999999999999", "\ud7ff", "’")


@pytest.fixture
def olena(centre: Centre) -> Person:
    """Registered all of them: forty of the city, some of the agency."""
    for login, numbers in (("olena", range(1, 41)), ("anna", range(1, 6))):
        person = centre.people[login]
        with transaction(person.organisation_id) as session:
            made = written(session, person, list(numbers))
            session.add_all(indexed(each) for each in made[:-3])
    return centre.people["olena"]


def indexed(appeal: Appeal) -> AppealIndex:
    """Its registration index, whose order is not that of the numbers."""
    running = int(appeal.number[-6:])
    written_so = f"{'КБ'[running % 2 == 0]}-{running}/2026"
    return AppealIndex(organisation_id=appeal.organisation_id, appeal_id=appeal.id, written=written_so)


def asker_of(person: Person, *, personal: bool = True) -> Asker:
    return Asker(person.organisation_id, person.id, personal, NOON)


def _key(session: Session, column: str, person: Person) -> Callable[[Appeal], object]:
    """What an appeal is sorted by, told anew and plainly."""
    known = Directories(session, person.organisation_id)
    worded = {"topic": known.topics, "problem": known.problems, "sign": {}, "registered_by": known.people}
    plain: dict[str, Callable[[Appeal], object]] = {
        "number": lambda it: it.number,
        "index": lambda it: index_of(session, it.id),
        "registered": lambda it: it.registered_at,
        "received": lambda it: it.received_at,
        "due": lambda it: it.due_at or NEVER,
        "closed": lambda it: it.closed_at or NEVER,
        "name": lambda it: alphabetical(it.applicant.name),
        "phone": lambda it: it.applicant.phone or "",
        "address": lambda it: alphabetical(it.address),
        "district": lambda it: 0,
        "sign": lambda it: "",
        "long": lambda it: it.long_control,
        "executor": lambda it: "",
        "kind": lambda it: alphabetical(words.KINDS[it.kind]),
        "source": lambda it: alphabetical(words.SOURCES[it.source]),
        "state": lambda it: alphabetical(words.STATES[it.state]),
        "result": lambda it: alphabetical(words.RESULTS[it.result]) if it.result else "",
        "standing": _urgency,
    }
    if column in plain:
        return plain[column]
    field = {"registered_by": "registered_by"}.get(column, column)
    return lambda it: alphabetical(worded[column].get(str(getattr(it, field)), str(getattr(it, field))))


def _urgency(it: Appeal) -> tuple[int, datetime]:
    stands = standing(it.due_at, it.attention_at, NOON) if it.state in OPEN else None
    order = ["overdue", "attention", "on_time"]
    return order.index(stands) if stands else 3, it.due_at or NEVER


WITHIN = {
    "due", "closed", "received", "number", "index", "registered", "name", "phone", "address", "standing", "executor",
}  # fmt: skip


@pytest.mark.parametrize("counted", [10_000, 12, 3])
@pytest.mark.parametrize("filters", [{}, {"state": "open"}, {"kind": "complaint"}, {"q": "води", "topic": "roads"}])
def test_each_appeal_stands_once_in_the_order_asked_for(
    olena: Person, filters: dict[str, str], counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED", counted)
    monkeypatch.setattr(listing, "_GATHERED", counted)
    with transaction(olena.organisation_id) as session, speaking_to(Audience("en", KYIV)):
        every = session.scalars(select(Appeal)).unique().all()
        for appeal in every:
            session.refresh(appeal, ["applicant"])
        wanted = [it for it in every if _is_among(it, filters)]
        for column in SORTED:
            key = _key(session, column, olena)
            for falling in (False, True):
                asked = Asked(filters, f"{'-' if falling else ''}{column}")
                there, back, counts = walked(session, asker_of(olena), asked, 7)
                by_id = {it.id: it for it in wanted}
                assert sorted(there) == sorted(by_id), (column, falling)
                assert back == there, (column, falling)
                order = [key(by_id[each]) for each in there]
                assert order == sorted(order, reverse=falling), (column, falling, order)
                second = None if column in WITHIN else [(key(by_id[it]), by_id[it].registered_at, it) for it in there]
                assert second is None or second == sorted(second, reverse=falling), (column, falling)
                assert counts == {min(len(wanted), counted + 1)}


def _is_among(it: Appeal, filters: dict[str, str]) -> bool:
    return (
        (filters.get("state") != "open" or it.state in OPEN)
        and filters.get("kind", it.kind) == it.kind
        and filters.get("topic", it.topic) == it.topic
    )


def test_a_file_has_the_order_of_the_list(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        for sort in ("-registered", "name", "-topic", "standing", "address"):
            asked = Asked({"state": "open"}, sort)
            there, _, _ = walked(session, asker_of(olena), asked, 100)
            assert list(listing.every(session, asked, asker_of(olena), at_most=1000)) == there


def test_nonsense_breaks_no_filter(olena: Person) -> None:
    names = sorted({name for column in COLUMNS for name in column.names})
    asker = asker_of(olena)
    for name, value in product(names, NONSENSE):
        with transaction(olena.organisation_id) as session:
            counted = listing.count(session, Asked({name: value}, "name"), asker)
            assert counted == len(found(session, asker, **{name: value})), (name, value)


def test_every_column_filters(olena: Person) -> None:
    wanted = {
        "number": ("26-000007", lambda it: it.number == "26-000007"),
        "index": ("к-7/", lambda it: it.number == "26-000007"),
        "phone": ("067 000 00 02", lambda it: it.applicant.phone == "+380670000002"),
        "name": ("эвтушенко олен", lambda it: it.applicant.surname == "Євтушенко"),
        "address": ("нова 17", lambda it: it.address.endswith(", 17")),
        "kind": ("complaint", lambda it: it.kind == "complaint"),
        "topic": ("roads", lambda it: it.topic == "roads"),
        "problem": ("-", lambda it: it.problem == ""),
        "source": ("letter", lambda it: it.source == "letter"),
        "state": ("closed", lambda it: it.state == "closed"),
        "result": ("refused", lambda it: it.result == "refused"),
        "long": ("yes", lambda it: it.long_control),
        "registered_by": ("me", lambda it: True),
        "district": ("-", lambda it: True),
        "sign": ("-", lambda it: True),
        "executor": ("-", lambda it: True),
        "standing": ("overdue", lambda it: _urgency(it)[0] == 0),
        "registered": ("", lambda it: True), "received": ("", lambda it: True), "due": ("", lambda it: True),
        "closed": ("", lambda it: True), "substance": ("", lambda it: True),
    }  # fmt: skip
    assert set(wanted) == set(BY_KEY)
    with transaction(olena.organisation_id) as session, speaking_to(Audience("uk", KYIV)):
        every = session.scalars(select(Appeal).order_by(Appeal.registered_at.desc())).all()
        for appeal in every:
            session.refresh(appeal, ["applicant"])
        for key, (value, matches) in wanted.items():
            if value and key != "address":
                told = [it.number for it in every if matches(it)]
                assert found(session, asker_of(olena), **{key: value}) == told, key


def test_filters_combine(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        some = found(session, asker_of(olena), state="open", kind="complaint", q="води", since="2026-11-20")
        every = session.scalars(select(Appeal).order_by(Appeal.registered_at.desc())).all()
        assert some == [it.number for it in every if it.state in OPEN and it.kind == "complaint"] != []


@pytest.mark.parametrize("standing_of", ["overdue", "attention", "on_time", "late"])
def test_marks_equal_the_derived_state(olena: Person, standing_of: str) -> None:
    with transaction(olena.organisation_id) as session:
        every = session.scalars(select(Appeal).order_by(Appeal.registered_at.desc())).all()
        known = {"late": ("overdue", "attention")}.get(standing_of, (standing_of,))
        wanted = [it.number for it in every if it.state in OPEN and standing(it.due_at, it.attention_at, NOON) in known]
        assert found(session, asker_of(olena), standing=standing_of) == wanted


DAYS = (  # first and last day, then moments just inside and just outside, in UTC
    ("2026-03-29", "2026-03-29", "2026-03-28T22:00", "2026-03-29T20:59:59", "2026-03-28T21:59:59", "2026-03-29T21:00"),
    ("2026-10-25", "2026-10-25", "2026-10-24T21:00", "2026-10-25T21:59:59", "2026-10-24T20:59:59", "2026-10-25T22:00"),
    ("2028-02-01", "2028-02-29", "2028-01-31T22:00", "2028-02-29T21:59:59", "2028-01-31T21:59:59", "2028-02-29T22:00"),
)


@pytest.mark.parametrize("days", DAYS, ids=lambda days: days[1])
@pytest.mark.parametrize("kind", ["registered", "received", "due", "closed"])
def test_both_borders_of_a_period_belong_to_it(centre: Centre, kind: str, days: tuple[str, ...]) -> None:
    """By the organisation's clocks: days of 23 and 25 hours, and the end of a February of a leap year (U-121)."""
    olena = centre.people["olena"]
    ended: dict[str, object] = {"state": "closed", "result": "refused"}
    usual: dict[str, object] = {"state": "in_work", "result": None, "closed_at": None}
    first, last, *moments = days
    with transaction(olena.organisation_id) as session, speaking_to(Audience("uk", KYIV)):
        for number, at in enumerate(moments, 1):
            moment = {f"{kind}_at": datetime.fromisoformat(at).replace(tzinfo=UTC)}
            session.add(appeal_of(olena, number, **((ended if kind == "closed" else usual) | moment)))
        session.flush()
        period = dict(zip(BY_KEY[kind].bounds, (first, last), strict=True))
        assert sorted(found(session, asker_of(olena), **period)) == ["26-000001", "26-000002"]


def test_who_may_not_see_names_neither_finds_nor_sorts_by_them(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        blind = asker_of(olena, personal=False)
        every = found(session, blind)
        for name in ("name", "phone", "address", "house"):
            assert found(session, blind, **{name: "Іваненко"}) == every
        assert found(session, blind, q="Іваненко") == []
        assert len(found(session, asker_of(olena), q="Іваненко")) == 5
        by_name = listing.page(session, Asked({}, "name"), blind, rows=200).appeals
        assert by_name == listing.page(session, Asked(), blind, rows=200).appeals


def test_another_organisation_sees_its_own(olena: Person, centre: Centre) -> None:
    anna = centre.people["anna"]
    with transaction(anna.organisation_id) as session:
        assert len(found(session, asker_of(anna))) == 5
        assert len(found(session, asker_of(anna), q="води")) == 5


def test_a_foreign_key_begins_at_the_first_page(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        whole = listing.page(session, Asked({}, "topic"), asker_of(olena), rows=200).appeals
        for nonsense in ("", "x", "1~2", "1~2026-01-01~water", "5~2026-11-20T12:00:00+00:00~unknown", "~~~~"):
            assert listing.page(session, Asked({}, "topic"), asker_of(olena), after=nonsense, rows=200).appeals == whole
    assert Key.read("7~a~b~c", 2) == Key(7, ("a", "b~c"))


def test_terms_end_while_one_looks(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        later = Asker(olena.organisation_id, olena.id, personal=True, now=NOON + 30 * DAY)
        assert found(session, later, standing="on_time") == []
        assert set(found(session, asker_of(olena), standing="overdue")) < set(found(session, later, standing="overdue"))
