"""A limit of calls out within an hour: counted from the ledger, of the organisation and of each person."""

from datetime import UTC, datetime, timedelta

import pytest

from acd.outgoing import queries, service
from acd.outgoing.model import NumberRefused, Refusal, Rules
from staff.tables import Person
from tests.acd.callbacks.conftest import NUMBER, Owing

ANOTHER = "+380671112244"


def limited(owing: Owing, **most: int) -> None:
    service.arrange(owing.session, owing.desk.olena, Rules(**most))


def refused(
    owing: Owing, who: Person, number: str = ANOTHER, *, later: timedelta = timedelta(0)
) -> NumberRefused | None:
    now = datetime.now(UTC) + later
    return queries.limit_reached(owing.session, owing.desk.organisation.id, who.id, number=number, now=now)


def test_one_person_calls_so_often_and_the_others_go_on(owing: Owing) -> None:
    olena, andrii = owing.desk.olena, owing.desk.andrii
    limited(owing, most_of_person=2)
    owing.ends(owing.places(by=olena), cause=19)
    assert refused(owing, olena) is None
    owing.places(by=olena)
    full = refused(owing, olena)
    assert full is not None
    assert full.why is Refusal.TOO_MANY_OF_PERSON
    assert full.until is not None
    assert timedelta(minutes=59) < full.until - datetime.now(UTC) <= timedelta(hours=1)
    assert refused(owing, andrii) is None
    assert refused(owing, olena, later=timedelta(hours=1)) is None, "an hour later they may again"


def test_the_organisation_calls_so_often_whoever_it_is(owing: Owing) -> None:
    limited(owing, most_an_hour=2)
    owing.is_answered(by=owing.desk.andrii)  # a call that came in is none
    for who in (owing.desk.olena, owing.desk.andrii):
        assert refused(owing, who) is None
        owing.places(by=who)
    full = refused(owing, owing.desk.olena)
    assert full is not None
    assert full.why is Refusal.TOO_MANY


def test_whoever_placed_a_call_is_counted_not_who_has_it_now(owing: Owing) -> None:
    limited(owing, most_of_person=1)
    call = owing.places(by=owing.desk.olena)
    owing.is_reached(call, by=owing.desk.olena)
    owing.is_reached(call, by=owing.desk.andrii)
    assert refused(owing, owing.desk.olena) is not None
    assert refused(owing, owing.desk.andrii) is None


def test_owed_calls_are_neither_refused_nor_counted(owing: Owing) -> None:
    limited(owing, most_an_hour=1, most_of_person=1)
    owing.asks()
    owing.dials()
    owing.ends(owing.places(by=owing.desk.olena), cause=16)
    assert refused(owing, owing.desk.olena) is None, "it was owed"
    owing.places(by=owing.desk.andrii, number=ANOTHER)
    assert refused(owing, owing.desk.olena) is not None
    owing.gives_up()
    owing.the_owed().due_at = datetime.now(UTC)
    owing.dials()
    assert refused(owing, owing.desk.olena, NUMBER) is None, "it is owed"
    assert refused(owing, owing.desk.andrii, NUMBER) is not None, "but not by Andrii"


@pytest.mark.parametrize("number", ["102", "112"])
def test_emergency_numbers_are_never_refused(owing: Owing, number: str) -> None:
    limited(owing, most_an_hour=1)
    owing.places(by=owing.desk.olena)
    assert refused(owing, owing.desk.olena, "1580") is not None
    assert refused(owing, owing.desk.olena, number) is None


def test_without_a_limit_nobody_is_counted(owing: Owing) -> None:
    for _ in range(3):
        owing.places(by=owing.desk.olena)
    assert refused(owing, owing.desk.olena) is None
