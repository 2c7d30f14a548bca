"""When a threshold begins and ends an incident: for no short peak, no short calm, and not against a person's word."""

from datetime import UTC, datetime, timedelta

from supervisor.surge.model import Threshold, Turn, Watch, look

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = Threshold(at_least=10, begins_after=2 * MINUTE, below=5, ends_after=3 * MINUTE)


def watched(values: list[int], *, running: bool, watch: Watch | None = None) -> tuple[Watch, list[Turn]]:
    """One value a minute, until something follows."""
    seen, turns = watch or Watch(), []
    for minute, value in enumerate(values):
        seen, turn = look(RULE, seen, value=value, running=running, now=NOON + minute * MINUTE)
        turns.append(turn)
    return seen, turns


def test_it_begins_when_the_value_was_high_for_long_enough() -> None:
    assert watched([10, 11, 10], running=False)[1] == [Turn.NOTHING, Turn.NOTHING, Turn.BEGIN]
    assert Turn.BEGIN not in watched([10, 9, 10, 11], running=False)[1], "a dip begins the time anew"


def test_it_is_over_when_the_value_was_low_for_long_enough() -> None:
    assert watched([4, 4, 4, 4], running=True)[1] == [Turn.NOTHING, Turn.NOTHING, Turn.NOTHING, Turn.END]
    assert Turn.END not in watched([4, 4, 5, 4, 4], running=True)[1], "between the two values it goes on"


def test_what_was_ended_by_hand_rests_until_it_was_calm_once() -> None:
    seen, turns = watched([12, 12, 12, 12], running=False, watch=Watch(rests=True))
    assert Turn.BEGIN not in turns
    assert seen.rests
    seen, turns = watched([9, 12, 12, 12], running=False, watch=seen)
    assert not seen.rests
    assert turns[-1] is Turn.BEGIN
