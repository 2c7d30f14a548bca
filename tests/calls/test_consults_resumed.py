"""A consult over a gap: told once when it began, and once when it is over."""

from dataclasses import replace

import pytest

from calls.events import ConsultEnded
from calls.observer import Line, Observer
from calls.resync import Present, catch_up
from calls.signals import BridgeId, ChannelBorn, ChannelGone, PhoneDialled, Signal
from tests.calls.gaps import (
    ANNA,
    ASKED,
    BOBUR,
    CALLS,
    SECOND,
    alive,
    at,
    came,
    connects,
    joins,
    knows,
    names,
    phone,
    present,
)


def anna_talks(*more: Signal) -> Observer:
    return knows(came(1), joins(1, 1), connects(1, 2), *more)


def anna_asks(second: float) -> list[Signal]:
    """Anna dials Bobur with her second channel."""
    return [
        ChannelBorn(at=at(second), channel=SECOND, agent=ANNA, call=CALLS[1], linked=SECOND),
        PhoneDialled(at=at(second), channel=SECOND, agent=BOBUR, phone=ASKED),
    ]


def consulting() -> Present:
    """The talk, with the caller on hold, and the consult beside it."""
    second = replace(phone(1, bridge="c"), channel=SECOND, linked=SECOND)
    asked = replace(phone(1, bridge="c"), channel=ASKED, agent=BOBUR, linked=SECOND)
    return present(alive(1, bridge="b"), phone(1, bridge="b"), second, asked)


def over(observer: Observer) -> list[Line]:
    return observer.hear(ChannelGone(at=at(70), channel=SECOND, cause=16))


@pytest.mark.parametrize("restarted", [False, True])
def test_a_consult_that_goes_on_is_over_when_it_is(restarted: bool) -> None:
    observer = anna_talks(*anna_asks(5))
    if restarted:
        observer = Observer(observer.calls.values(), strict=True)
    assert catch_up(observer, consulting(), [], lost_at=at(10)) == []
    [line] = over(observer)
    assert line.event == ConsultEnded(call=CALLS[1], at=at(70), agent=ANNA, to=BOBUR)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_consult_that_ended_meanwhile_is_over(restarted: bool) -> None:
    observer = anna_talks(*anna_asks(5))
    if restarted:
        observer = Observer(observer.calls.values(), strict=True)
    there = present(alive(1, bridge="b"), phone(1, bridge="b"))
    [line] = catch_up(observer, there, [], lost_at=at(10))
    assert line.event == ConsultEnded(call=CALLS[1], at=at(10), agent=ANNA, to=BOBUR)
    assert catch_up(observer, there, [], lost_at=at(20)) == [], "told twice"


@pytest.mark.parametrize(
    ("bridge", "ringing", "told"),
    [("c", False, ["ConsultStarted"]), (None, True, ["ConsultStarted"]), ("d", False, [])],
)
def test_a_link_alone_is_no_consult(bridge: str | None, ringing: bool, told: list[str]) -> None:
    """Bridges that merge rewrite it; who was asked rings, or talks with who asks."""
    *others, asked = consulting().channels
    asked = replace(asked, bridge=BridgeId(bridge) if bridge else None, ringing=ringing)
    assert names(catch_up(anna_talks(), present(*others, asked), [], lost_at=at(10))) == told


def test_a_consult_that_began_meanwhile_is_told_with_its_end() -> None:
    observer = anna_talks()
    assert names(catch_up(observer, consulting(), [], lost_at=at(10))) == ["ConsultStarted"]
    assert names(over(observer)) == ["ConsultEnded"]
