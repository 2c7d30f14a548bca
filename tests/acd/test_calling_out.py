"""Which numbers may be called, what a typed one is dialled as, and the rules' page."""

import pytest
from sqlalchemy import select

from acd.outgoing import queries, service
from acd.outgoing.model import NumberRefused, Refusal, Rules
from acd.outgoing.numbers import dialled
from db import EVERY_ORGANISATION, transaction
from run.asterisk.config import configuration
from staff.tables import Audit
from tests.centre import Centre

COUNTRY = Rules(allowed=("+998", "+998711", "102"), forbidden=("+99871",))


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+998901234567", True),
        ("+998712345678", False),
        ("+998711234567", True),
        ("102", True),
        ("101", False),
        ("+380671234567", False),
    ],
)
def test_the_longest_beginning_decides(number: str, may: bool) -> None:
    assert COUNTRY.permits(number) is may


def test_without_allowed_beginnings_everything_is_that_is_not_forbidden() -> None:
    assert Rules().permits("+380671234567")
    assert not Rules(forbidden=("+380",)).permits("+380671234567")
    assert not Rules(allowed=("+380",), forbidden=("+380",)).permits("+380671234567")


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("067 123-45-67", "UA", "+380671234567"),
        ("(0382) 79 58 20", "UA", "+380382795820"),
        ("90 123 45 67", "UZ", "+998901234567"),
        ("+998 90 123 45 67", "UA", "+998901234567"),
        ("102", "UA", "102"),
        ("1580", "UA", "1580"),
        ("1414", "UZ", "1414"),
    ],
)
def test_what_is_typed_is_dialled_in_full(typed: str, country: str, number: str) -> None:
    assert dialled(typed, country) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("  ", Refusal.EMPTY),
        ("Коваль", Refusal.NO_NUMBER),
        ("067 12", Refusal.TOO_SHORT),
        ("12", Refusal.TOO_SHORT),
        ("067 123 45 67 89 01", Refusal.TOO_LONG),
        ("+999 123 45 67", Refusal.NO_COUNTRY),
    ],
)
def test_what_is_no_number_says_why(typed: str, why: Refusal) -> None:
    with pytest.raises(NumberRefused) as refused:
        dialled(typed, "UA")
    assert refused.value.why is why


def test_the_rules_are_kept_written_down_and_rendered(centre: Centre) -> None:
    person = centre.people["admin.khm"]
    with transaction(person.organisation_id) as session:
        service.arrange(session, person, COUNTRY)
    with transaction(person.organisation_id) as session:
        kept = queries.rules(session, person.organisation_id)
        assert (list(kept.allowed), list(kept.forbidden)) == (list(COUNTRY.allowed), list(COUNTRY.forbidden))
        told = session.scalars(select(Audit).where(Audit.deed == "outgoing.arranged")).one()
        assert told.details["after"] == "allowed: +998 +998711 102; forbidden: +99871"
    with transaction(EVERY_ORGANISATION) as session:
        mine = next(each for each in configuration(session).organisations if each.id == person.organisation_id)
    assert not mine.limited
    assert (mine.numbers_out, mine.numbers_forbidden) == (["_+998!", "_+998711!", "_102!"], ["_+99871!"])


def test_a_limit_is_asked_for_by_the_dialplan(centre: Centre) -> None:
    person = centre.people["admin.khm"]
    with transaction(person.organisation_id) as session:
        service.arrange(session, person, Rules(most_of_person=5))
    with transaction(EVERY_ORGANISATION) as session:
        limited = {each.id for each in configuration(session).organisations if each.limited}
    assert limited == {person.organisation_id}
