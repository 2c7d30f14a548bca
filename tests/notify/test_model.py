"""The outbox's states, pauses, quiet hours and recipients, without a database."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notify.model import (
    FIRST_PAUSE,
    HOPELESS_AFTER,
    LONGEST_PAUSE,
    TOO_LATE_AFTER,
    TRANSITIONS,
    ChannelKind,
    Deed,
    MessageState,
    NotPossible,
    QuietHours,
    hopeless,
    is_recipient,
    moved,
    pause_after,
)


@pytest.mark.parametrize(("before", "deed"), [(state, deed) for state in MessageState for deed in Deed])
def test_a_message_moves_as_declared_and_in_no_other_way(before: MessageState, deed: Deed) -> None:
    if (before, deed) in TRANSITIONS:
        assert moved(before, deed) == TRANSITIONS[before, deed]
    else:
        with pytest.raises(NotPossible, match=f"{deed} of a message that is {before}"):
            moved(before, deed)


def test_every_state_can_be_reached_and_a_delivered_message_stays_as_it_is() -> None:
    assert set(TRANSITIONS.values()) | {MessageState.WAITING} == set(MessageState)
    assert {before for before, _ in TRANSITIONS} == set(MessageState) - {MessageState.DELIVERED}
    assert {deed for _, deed in TRANSITIONS} == set(Deed)


def test_pauses_grow_up_to_the_longest() -> None:
    pauses = [pause_after(failures) for failures in range(1, 12)]
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pause_after(10_000) == LONGEST_PAUSE


def test_what_failed_too_often_or_waited_too_long_is_hopeless() -> None:
    moment = timedelta(seconds=1)
    assert not hopeless(HOPELESS_AFTER - 1, TOO_LATE_AFTER - moment)
    assert hopeless(HOPELESS_AFTER, moment)
    assert hopeless(0, TOO_LATE_AFTER)


@pytest.mark.parametrize(
    ("begin", "end", "utc", "quiet"),
    [
        ("21:00", "08:00", "18:59", False),  # 20:59 in Kyiv, in winter
        ("21:00", "08:00", "19:00", True),
        ("21:00", "08:00", "23:30", True),  # past midnight there
        ("21:00", "08:00", "05:59", True),
        ("21:00", "08:00", "06:00", False),
        ("13:00", "14:00", "11:30", True),
        ("13:00", "14:00", "12:00", False),
        ("08:00", "08:00", "06:00", False),
    ],
)
def test_quiet_hours_are_those_of_the_organisations_clocks(begin: str, end: str, utc: str, quiet: bool) -> None:
    at = datetime.combine(datetime(2026, 11, 22, tzinfo=UTC), time.fromisoformat(utc), UTC)
    hours = QuietHours.of({"quiet": [begin, end]})
    assert hours is not None
    assert hours.hold(at, ZoneInfo("Europe/Kyiv")) == quiet


@pytest.mark.parametrize("quiet", [["21:00"], "21:00", ["late", "early"], [21, 8]])
def test_quiet_hours_that_are_none_are_noticed(quiet: object) -> None:
    with pytest.raises(ValueError, match=r"quiet hours|isoformat"):
        QuietHours.of({"quiet": quiet})


@pytest.mark.parametrize(
    ("kind", "recipient", "possible"),
    [
        (ChannelKind.SMS_HTTP, "+380671112233", True),
        (ChannelKind.SMS_SMPP, "+998901112233", True),
        (ChannelKind.SMS_HTTP, "0671112233", False),
        (ChannelKind.SMS_HTTP, "+38067111223a", False),
        (ChannelKind.SMS_HTTP, "+380671112233\n", False),
        (ChannelKind.SMS_HTTP, "+3806711122334455", False),
        (ChannelKind.EMAIL, "duty@city.example", True),
        (ChannelKind.EMAIL, "duty@city.example\nBcc: all@city.example", False),
        (ChannelKind.EMAIL, "duty", False),
        (ChannelKind.EMAIL, "a@b.example, c@d.example", False),
        (ChannelKind.TELEGRAM, "-1001234567890", True),
        (ChannelKind.TELEGRAM, "@duty_of_city", True),
        (ChannelKind.TELEGRAM, "duty", False),
    ],
)
def test_who_can_be_reached(kind: ChannelKind, recipient: str, possible: bool) -> None:
    assert is_recipient(kind, recipient) == possible
