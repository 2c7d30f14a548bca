"""The ladder: what was reached, what comes next."""

from datetime import UTC, datetime, timedelta

import pytest

from supervisor.alarms.model import LONGEST_CLIMB, Rung, next_at, reached

AT_ONCE = Rung(1, timedelta(0), None)
LATER = Rung(2, timedelta(minutes=5), timedelta(minutes=10))
LADDER = (LATER, AT_ONCE)
RAISED = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (None, minutes(0), [(1, 0)]),
        (minutes(0), minutes(4.9), []),
        (minutes(0), minutes(5), [(2, 0)]),
        (None, minutes(5), [(1, 0), (2, 0)]),
        (minutes(5), minutes(14.9), []),
        (minutes(5), minutes(15), [(2, 1)]),
        (minutes(5), minutes(40), [(2, 3)]),
        (LONGEST_CLIMB, LONGEST_CLIMB + minutes(60), []),
    ],
)
def test_each_rung_is_told_when_it_is_reached_and_repetitions_are_not_made_up_for(since, until, told):
    assert [(rung.id, times) for rung, times in reached(LADDER, since=since, until=until)] == told


def test_the_next_rung_is_the_nearest_and_after_three_days_there_is_none():
    assert next_at(LADDER, RAISED, RAISED) == RAISED + minutes(5)
    assert next_at(LADDER, RAISED, RAISED + minutes(5)) == RAISED + minutes(15)
    assert next_at([AT_ONCE], RAISED, RAISED) is None
    assert next_at(LADDER, RAISED, RAISED + LONGEST_CLIMB) is None
