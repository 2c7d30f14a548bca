"""The rules of owed calls: what leads where, when a citizen may be rung, when the last attempt was made."""

from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from acd.callbacks.model import (
    HELD,
    OPEN,
    TRANSITIONS,
    Deed,
    Outcome,
    Reason,
    Rules,
    State,
    UnexpectedDeed,
    allowed_from,
    first_try,
    is_quiet,
    may_dial,
    next_state,
    next_try,
    outcome_of,
    reason_of,
)
from acd.callbacks.numbers import international
from calls.model import Fate

KYIV = ZoneInfo("Europe/Kyiv")
RULES = Rules(quiet_from=time(21), quiet_until=time(8), pause=timedelta(minutes=15), most_attempts=3)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A moment of November 2026 by the clocks of Kyiv."""
    return datetime(2026, 11, day, hour, minute, tzinfo=KYIV).astimezone(UTC)


def test_an_owed_call_ends_in_three_ways_only():
    ends = {after for (before, _), after in TRANSITIONS.items() if before in OPEN} - OPEN
    assert ends == {State.CALLED_BACK, State.REACHED_US, State.ESCALATED}
    assert ends == set(State) - OPEN


def test_only_whoever_reached_us_ends_it_while_a_phone_calls_them():
    assert next_state(State.DIALLING, Deed.REACHED_US) is State.REACHED_US
    for deed in (Deed.OFFERED, Deed.SETTLED, Deed.ESCALATED, Deed.DIALLED):
        with pytest.raises(UnexpectedDeed):
            next_state(State.DIALLING, deed)


def test_what_somebody_has_is_offered_to_nobody_else():
    for state in HELD:
        with pytest.raises(UnexpectedDeed):
            next_state(state, Deed.OFFERED)


def test_whatever_does_not_fit_is_refused():
    for state, deed in product(State, Deed):
        if (state, deed) not in TRANSITIONS:
            with pytest.raises(UnexpectedDeed):
                next_state(state, deed)


def test_a_closed_one_is_only_opened_again():
    assert {deed for (state, deed) in TRANSITIONS if state not in OPEN} == {Deed.REOPENED}


@pytest.mark.parametrize(
    ("fate", "topic", "reason"),
    [
        (Fate.ABANDONED_IN_QUEUE, None, Reason.GAVE_UP),
        (Fate.CALLBACK_ASKED, "water", Reason.ASKED),
        (Fate.REFUSED, None, Reason.REFUSED),
        (Fate.OUT_OF_HOURS, None, Reason.OUT_OF_HOURS),
        (Fate.LOST, None, Reason.CUT_OFF),
        (Fate.ABANDONED_IN_MENU, "water", Reason.GAVE_UP_IN_MENU),
        (Fate.ABANDONED_IN_MENU, None, None),
        (Fate.ANSWERED, "water", None),
        (Fate.SELF_SERVICE, None, None),
    ],
)
def test_who_did_not_get_through_is_owed_a_call(fate: Fate, topic: str | None, reason: Reason | None):
    assert reason_of(fate, topic) is reason


def test_quiet_hours_go_over_midnight():
    quiet = [hour for hour in range(24) if is_quiet(RULES, at(hour), KYIV)]
    assert quiet == [0, 1, 2, 3, 4, 5, 6, 7, 21, 22, 23]
    assert is_quiet(RULES, at(7, 59), KYIV)
    assert not is_quiet(RULES, at(20, 59), KYIV)


def test_quiet_hours_may_lie_within_a_day_or_be_none():
    siesta = Rules(quiet_from=time(12), quiet_until=time(14))
    assert [hour for hour in range(24) if is_quiet(siesta, at(hour), KYIV)] == [12, 13]
    assert allowed_from(siesta, at(12, 30), KYIV) == at(14)
    assert not is_quiet(Rules(quiet_from=time(0), quiet_until=time(0)), at(3), KYIV)


def test_quiet_is_by_the_organisations_clocks():
    morning = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 06:30 in Kyiv, 09:30 in Tashkent
    assert is_quiet(RULES, morning, KYIV)
    assert not is_quiet(RULES, morning, ZoneInfo("Asia/Tashkent"))


def test_who_is_missed_at_night_is_called_in_the_morning():
    assert first_try(RULES, Reason.OUT_OF_HOURS, at(22, 15), KYIV) == at(8, day=24)
    assert first_try(RULES, Reason.OUT_OF_HOURS, at(2, 15), KYIV) == at(8)
    assert first_try(RULES, Reason.GAVE_UP, at(15), KYIV) == at(15, 3), "who gave up may call again"


def test_the_morning_is_found_over_the_change_of_clocks():
    evening = datetime(2026, 10, 24, 23, 0, tzinfo=KYIV).astimezone(UTC)  # clocks go back an hour that night
    assert allowed_from(RULES, evening, KYIV).astimezone(KYIV) == datetime(2026, 10, 25, 8, 0, tzinfo=KYIV)


def test_who_has_just_asked_is_awake():
    asked = at(20, 50)
    assert first_try(RULES, Reason.ASKED, at(22), KYIV) == at(22)
    assert may_dial(RULES, at(21, 20), KYIV, asked_at=asked)
    assert not may_dial(RULES, at(21, 51), KYIV, asked_at=asked)
    assert not may_dial(RULES, at(21, 20), KYIV, asked_at=None)


def test_each_pause_is_twice_the_last_and_the_last_attempt_is_the_last():
    noon = at(12)
    assert next_try(RULES, Outcome.NO_ANSWER, 1, noon, KYIV) == at(12, 15)
    assert next_try(RULES, Outcome.NO_ANSWER, 2, noon, KYIV) == at(12, 30)
    assert next_try(RULES, Outcome.NO_ANSWER, 3, noon, KYIV) is None


def test_a_busy_phone_is_tried_soon_and_our_own_fault_is_no_attempt():
    noon = at(12)
    assert next_try(RULES, Outcome.BUSY, 1, noon, KYIV) == at(12, 3)
    assert next_try(RULES, Outcome.NO_LINE, 3, noon, KYIV) == at(12, 1)
    assert next_try(RULES, Outcome.NEVER_DIALLED, 3, noon, KYIV) == noon


def test_no_attempt_falls_into_quiet_hours():
    assert next_try(RULES, Outcome.NO_ANSWER, 1, at(20, 50), KYIV) == at(8, day=24)


def test_the_networks_cause_says_what_an_attempt_came_to():
    assert [outcome_of(cause) for cause in (17, 21, 19, 16, 1, 34, None)] == [
        Outcome.BUSY,
        Outcome.BUSY,
        Outcome.NO_ANSWER,
        Outcome.NO_ANSWER,
        Outcome.UNREACHABLE,
        Outcome.NO_LINE,
        Outcome.NO_LINE,
    ]


@pytest.mark.parametrize(
    "written", ["0671234567", "380671234567", "+380671234567", "00380671234567", "067 123-45-67", "(067)1234567"]
)
def test_a_number_is_one_number_however_it_is_written(written: str):
    assert international(written, "UA") == "+380671234567"


def test_a_number_is_read_in_its_own_country():
    assert international("901234567", "UZ") == "+998901234567"
    assert international("", "UZ") == ""
    assert international("102", "UA") == "102"
