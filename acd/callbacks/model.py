"""An owed call: its states, what moves it, when it may be dialled and how often."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from calls.model import Fate


class State(StrEnum):
    """Where an owed call is. The last three are its end, and there is no other."""

    WAITING = "waiting"
    OFFERED = "offered"  # to an operator, who has it alone
    DIALLING = "dialling"  # the operator's phone calls the citizen
    CALLED_BACK = "called_back"
    REACHED_US = "reached_us"  # the citizen called again and was answered
    ESCALATED = "escalated"


class Deed(StrEnum):
    """What moves an owed call: an operator's key, a clock, or an event of a call."""

    MISSED_AGAIN = "missed_again"
    OFFERED = "offered"
    GIVEN_BACK = "given_back"  # declined, run out, or a phone that never dialled
    DIALLED = "dialled"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    REACHED_US = "reached_us"
    SETTLED = "settled"  # an operator says that the citizen was called back
    ESCALATED = "escalated"
    REOPENED = "reopened"


class Reason(StrEnum):
    """Why somebody did not get through."""

    ASKED = "asked"  # pressed the key to be called back: keeps the place in the queue
    GAVE_UP = "gave_up"
    GAVE_UP_IN_MENU = "gave_up_in_menu"
    REFUSED = "refused"
    OUT_OF_HOURS = "out_of_hours"
    CUT_OFF = "cut_off"  # Asterisk or its link broke before an answer


class Outcome(StrEnum):
    """What became of one attempt."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"  # the network says that there is no such number, or no way to it
    NO_LINE = "no_line"  # our own side failed; the citizen was not rung
    NEVER_DIALLED = "never_dialled"  # the page or its phone went away before


class Hindrance(StrEnum):
    """Why an owed call cannot be taken, dialled or opened now."""

    TAKEN = "taken"  # somebody else was faster, or it is closed
    NO_SHIFT = "no_shift"
    BUSY = "busy"
    ON_THE_LINE = "on_the_line"  # the citizen calls us just now
    QUIET = "quiet"
    ANOTHER_OPEN = "another_open"
    NO_LINE_OUT = "no_line_out"  # this installation calls nobody outside


class UnexpectedDeed(ValueError):
    """The deed does not fit the state; nothing was changed."""


_S, _D = State, Deed
OPEN = frozenset({_S.WAITING, _S.OFFERED, _S.DIALLING})
HELD = frozenset({_S.OFFERED, _S.DIALLING})

TRANSITIONS: dict[tuple[State, Deed], State] = {
    **{(state, _D.MISSED_AGAIN): state for state in OPEN},
    **{(state, _D.REACHED_US): _S.REACHED_US for state in OPEN},
    (_S.WAITING, _D.OFFERED): _S.OFFERED,
    (_S.OFFERED, _D.GIVEN_BACK): _S.WAITING,
    (_S.OFFERED, _D.DIALLED): _S.DIALLING,
    (_S.DIALLING, _D.GIVEN_BACK): _S.WAITING,
    (_S.DIALLING, _D.ANSWERED): _S.CALLED_BACK,
    (_S.DIALLING, _D.NOT_ANSWERED): _S.WAITING,
    # Whoever dialled the number from elsewhere, or has met the citizen, says so; never while a phone is calling them.
    **{(state, _D.ANSWERED): _S.CALLED_BACK for state in (_S.WAITING, _S.OFFERED)},
    **{(state, _D.SETTLED): _S.CALLED_BACK for state in (_S.WAITING, _S.OFFERED)},
    **{(state, _D.ESCALATED): _S.ESCALATED for state in (_S.WAITING, _S.OFFERED)},
    **{(state, _D.REOPENED): _S.WAITING for state in (_S.CALLED_BACK, _S.REACHED_US, _S.ESCALATED)},
}

OWED_FOR: dict[Fate, Reason] = {
    Fate.CALLBACK_ASKED: Reason.ASKED,
    Fate.ABANDONED_IN_QUEUE: Reason.GAVE_UP,
    Fate.ABANDONED_IN_MENU: Reason.GAVE_UP_IN_MENU,  # only with a topic chosen: before it nobody was asked for
    Fate.REFUSED: Reason.REFUSED,
    Fate.OUT_OF_HOURS: Reason.OUT_OF_HOURS,
    Fate.LOST: Reason.CUT_OFF,
}

COUNTED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.UNREACHABLE})  # the citizen's phone was tried
_BUSY = frozenset({17, 21})  # Q.850
_UNREACHABLE = frozenset({1, 2, 3, 20, 22, 27, 28})
_NO_LINE = frozenset({34, 38, 41, 42, 44, 47, 50, 58})


def next_state(state: State, deed: Deed) -> State:
    """The state after the deed. UnexpectedDeed when the two do not fit."""
    after = TRANSITIONS.get((state, deed))
    if after is None:
        raise UnexpectedDeed(f"{deed} while {state}")
    return after


def reason_of(fate: Fate, topic: str | None) -> Reason | None:
    """Why a call that ended so is owed one; None for a call that owes nothing."""
    reason = OWED_FOR.get(fate)
    return None if reason is Reason.GAVE_UP_IN_MENU and topic is None else reason


def outcome_of(cause: int | None) -> Outcome:
    """What an unanswered attempt came to, by Q.850; None is a call that was lost with its link."""
    if cause is None or cause in _NO_LINE:
        return Outcome.NO_LINE
    if cause in _BUSY:
        return Outcome.BUSY
    return Outcome.UNREACHABLE if cause in _UNREACHABLE else Outcome.NO_ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an organisation calls back."""

    grace: timedelta = timedelta(minutes=3)  # whoever gave up often calls again at once
    most_attempts: int = 3  # then somebody in charge decides
    pause: timedelta = timedelta(minutes=15)  # after the first attempt; doubled after each further one
    pause_when_busy: timedelta = timedelta(minutes=3)
    pause_without_line: timedelta = timedelta(minutes=1)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    deadline: timedelta = timedelta(hours=24)  # from the first missed call
    offered_for: timedelta = timedelta(seconds=20)


AWAKE = timedelta(hours=1)  # who asked to be called back so lately is called in quiet hours too


def is_quiet(rules: Rules, at: datetime, zone: tzinfo) -> bool:
    """Whether citizens are left alone at this moment."""
    now = at.astimezone(zone).time()
    begins, ends = rules.quiet_from, rules.quiet_until
    if begins == ends:
        return False
    return begins <= now < ends if begins < ends else now >= begins or now < ends


def allowed_from(rules: Rules, at: datetime, zone: tzinfo) -> datetime:
    """The first moment from `at` on that is not quiet."""
    if not is_quiet(rules, at, zone):
        return at
    here = at.astimezone(zone)
    morning = here.replace(hour=rules.quiet_until.hour, minute=rules.quiet_until.minute, second=0, microsecond=0)
    if here.time() >= rules.quiet_until:
        morning += timedelta(days=1)
    return morning.astimezone(at.tzinfo)


def first_try(rules: Rules, reason: Reason, at: datetime, zone: tzinfo) -> datetime:
    """When somebody who was missed at this moment may be called: who asked for it, at once."""
    return at if reason is Reason.ASKED else allowed_from(rules, at + rules.grace, zone)


def may_dial(rules: Rules, at: datetime, zone: tzinfo, *, asked_at: datetime | None) -> bool:
    """Whether the citizen may be rung now; `asked_at` is when they pressed the key, if they did."""
    awake = asked_at is not None and at - asked_at <= AWAKE
    return awake or not is_quiet(rules, at, zone)


def next_try(rules: Rules, outcome: Outcome, attempts: int, at: datetime, zone: tzinfo) -> datetime | None:
    """When to try again after this outcome of the `attempts`-th attempt; None when it was the last."""
    if outcome is Outcome.NEVER_DIALLED:
        return at
    if outcome in COUNTED and attempts >= rules.most_attempts:
        return None
    pause = {
        Outcome.BUSY: rules.pause_when_busy,
        Outcome.NO_LINE: rules.pause_without_line,
    }.get(outcome, rules.pause * 2 ** max(0, attempts - 1))
    return allowed_from(rules, at + pause, zone)
