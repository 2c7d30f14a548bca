"""Ten calls, and the ledger's times of each are those of the town's own clock (Z-01)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town

TALK = 4  # seconds
CLOSE = timedelta(seconds=0.7)  # what signalling, sound on its way and a loaded machine may take
NOTICE = "recording-notice"  # the last word before the queue


def test_ten_calls(town: Town) -> None:
    """Four leave the menu and four the queue, two are answered: arrived, queued, answered, ended, by whom and how."""
    operators = [town.agent("olena"), town.agent("andrii")]
    callers = [town.caller("uk") for _ in range(10)]
    with ThreadPoolExecutor(len(callers)) as threads:
        walks: cycle[Callable[[Person], None]] = cycle([_leaves_the_menu, _leaves_the_queue])
        walking = [threads.submit(walk, caller) for walk, caller in zip(islice(walks, 8), callers, strict=False)]
        for operator in operators:
            operator.signs_in().starts_shift()
        for walk in walking:
            walk.result()
    for operator, caller in zip(operators, callers[8:], strict=True):
        operator.goes_ready()
        _is_answered(town, operator, caller)
        operator.ends_shift()


def _leaves_the_menu(caller: Person) -> None:
    caller.hears_the_topics_of("khm").hangs_up()
    call = caller.ends_as("abandoned_in_menu")
    _begins_and_ends_in_time(caller)
    assert (call["queued_at"], call["answered_at"], call["agent"], call["result"]) == (None,) * 4


def _leaves_the_queue(caller: Person) -> None:
    caller.asks_for("khm-general").hears(NOTICE, "uk").waits_in("khm-general")
    queued_at = caller.heard_the_end_of(NOTICE, "uk")
    caller.hangs_up()
    call = caller.ends_as("abandoned_in_queue")
    _begins_and_ends_in_time(caller)
    _agree(call["queued_at"], queued_at)
    _agree(call["queued_at"] + call["waited"], caller.went_at)
    assert (call["answered_at"], call["agent"], call["result"]) == (None,) * 3


def _is_answered(town: Town, operator: Operator, caller: Person) -> None:
    caller.asks_for("khm-general")
    operator.phone_rings()
    queued_at = caller.heard_the_end_of(NOTICE, "uk")
    pressed_at = datetime.now(UTC)
    operator.answers()
    talks_at = datetime.now(UTC)
    caller.talks_with(operator, town.speech("uk"), seconds=TALK)
    caller.hangs_up()
    caller.ends_as("answered")
    operator.wraps_up("advised")
    call = caller.call
    _begins_and_ends_in_time(caller)
    _agree(call["queued_at"], queued_at)
    assert pressed_at - CLOSE <= call["answered_at"] <= talks_at + CLOSE
    _agree(call["answered_at"] + call["talked"], caller.went_at)
    assert call["waited"] == call["answered_at"] - call["queued_at"]
    assert (call["agent"], call["result"]) == (operator.interface, "advised")


def _begins_and_ends_in_time(caller: Person) -> None:
    call = caller.call
    assert caller.dialled_at - CLOSE <= call["arrived_at"] <= caller.answered_at + CLOSE
    _agree(call["ended_at"], caller.went_at)


def _agree(ours: datetime, towns: datetime) -> None:
    assert abs(ours - towns) <= CLOSE, f"the ledger says {ours}, the town {towns}"
