"""The life of a work is one table, its moments are those of the organisation's clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appeals.works import model
from appeals.works.model import ACTIVE, OPEN, TRANSITIONS, Deed, Kind, Parity, Refusal, State

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_table_leads_from_planned_to_every_end_and_out_of_none() -> None:
    """U-114."""
    reached, seen = {State.PLANNED}, set[State]()
    while reached != seen:
        seen = set(reached)
        reached |= {to for (since, _deed), to in TRANSITIONS.items() if since in seen}
    assert reached == set(State)
    over = set(State) - OPEN
    assert over == {State.FINISHED, State.CANCELLED}
    assert not [since for since, _deed in TRANSITIONS if since in over]
    assert {since for since, deed in TRANSITIONS if deed is Deed.FINISH} == ACTIVE
    assert model.deeds(State.PLANNED) == [Deed.BEGIN, Deed.CANCEL]


@pytest.mark.parametrize(
    ("naive", "utc"),
    [
        ("2026-11-23T12:00", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-07-01T12:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-03-29T03:30", None),  # the clocks go from three to four
        ("2026-03-29T04:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25T03:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of two
        ("2028-02-29T23:59", datetime(2028, 2, 29, 21, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_is_that_of_the_organisations_clocks(naive: str, utc: datetime | None) -> None:
    assert model.local(datetime.fromisoformat(naive), KYIV) == utc


def test_an_emergency_that_has_happened_is_under_way_when_it_is_entered() -> None:
    assert model.begins_as(Kind.EMERGENCY, NOW - HOUR, NOW) is State.IN_PROGRESS
    assert model.begins_as(Kind.EMERGENCY, NOW + HOUR, NOW) is State.PLANNED
    assert model.begins_as(Kind.PLANNED, NOW - HOUR, NOW) is State.PLANNED


@pytest.mark.parametrize(
    ("kind", "since", "until", "fault"),
    [
        (Kind.PLANNED, HOUR, 2 * HOUR, None),
        (Kind.PLANNED, HOUR, None, Refusal.NO_END),
        (Kind.EMERGENCY, -HOUR, None, None),
        (Kind.PLANNED, 2 * HOUR, HOUR, Refusal.ENDS_BEFORE),
        (Kind.PLANNED, HOUR, HOUR, Refusal.ENDS_BEFORE),
        (Kind.PLANNED, -2 * HOUR, -HOUR, Refusal.END_IS_PAST),
    ],
)
def test_terms_that_cannot_be(kind: Kind, since: timedelta, until: timedelta | None, fault: Refusal | None) -> None:
    assert model.fault_of_terms(kind, NOW + since, None if until is None else NOW + until, NOW) is fault


def test_an_extension_ends_later_and_says_why() -> None:
    since, before = NOW - HOUR, NOW + HOUR
    assert model.fault_of_extension(NOW + 2 * HOUR, since, before, NOW, "кран не закрився") is None
    assert model.fault_of_extension(NOW + 2 * HOUR, since, None, NOW, "кран") is None
    assert model.fault_of_extension(before, since, before, NOW, "кран") is Refusal.NOT_LATER
    assert model.fault_of_extension(NOW, since, None, NOW, "кран") is Refusal.END_IS_PAST
    assert model.fault_of_extension(NOW + 2 * HOUR, since, before, NOW, "  ") is Refusal.NO_REASON
    assert model.fault_of_extension(NOW + HOUR, NOW + 2 * HOUR, None, NOW, "кран") is Refusal.NOT_LATER


def test_sides_of_a_street() -> None:
    assert [number for number in range(1, 6) if model.on_side(number, Parity.EVEN)] == [2, 4]
    assert [number for number in range(1, 6) if model.on_side(number, Parity.ODD)] == [1, 3, 5]
    assert all(model.on_side(number, Parity.ALL) for number in range(1, 6))
