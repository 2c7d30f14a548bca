"""After a gap: what queue_log and the list of channels say is told once, in order, and nothing stays open for ever."""

from datetime import timedelta
from pathlib import Path

import pytest

from calls.events import CallLost
from calls.model import Fate, Language, NodeName, Source
from calls.observer import Observer
from calls.queries import OpenCall
from calls.queue_log import parse
from calls.resync import catch_up
from calls.state import Call
from run.asterisk.link import Ears
from tests.calls.gaps import (
    ANNA,
    BEGAN,
    CALLS,
    QUEUE,
    alive,
    at,
    came,
    connects,
    ends,
    joins,
    knows,
    log,
    names,
    phone,
    present,
)
from tests.calls.streams import capture, lines


def test_a_talk_that_ended_meanwhile_ends_as_queue_log_says() -> None:
    observer = knows(came(1), joins(1, 1.3), connects(1, 2.4))
    before = observer.calls[CALLS[1]]
    missed = log("1|1|khm-general|NONE|ENTERQUEUE||380|1", "2|1|khm-general|PJSIP/agent7|CONNECT|1|x|1",
                 "30|1|khm-general|PJSIP/agent7|COMPLETECALLER|1|28|1", "30|1|NONE|NONE|GONE|16")  # fmt: skip
    told = catch_up(observer, present(), missed, lost_at=at(10))
    assert names(told) == ["AgentLeftTalk", "CallEnded"]
    call = ends(told, before)[CALLS[1]]
    assert (call.fate, call.ended_at) == (Fate.ANSWERED, at(30))
    assert call.talked == timedelta(seconds=27.6)
    assert not observer.calls


def test_the_end_in_queue_log_may_stand_before_the_talks_end() -> None:
    observer = knows(came(1), joins(1, 1), connects(1, 2))
    missed = log("30|1|NONE|NONE|GONE|16", "30|1|khm-general|PJSIP/agent7|COMPLETEAGENT|1|28|1")
    told = catch_up(observer, present(), missed, lost_at=at(10))
    assert told[0].event.ended_by == "agent"  # type: ignore[attr-defined]


def test_a_call_that_came_and_went_is_known_from_queue_log_alone() -> None:
    observer = knows()
    arrived = f"ARRIVED|{CALLS[2]}|1|380671234567|1580|uk|trunk"
    missed = log(f"12|2|NONE|NONE|{arrived}", "13|2|khm-general|NONE|ENTERQUEUE||380|2",
                 "20|2|khm-general|NONE|ABANDON|2|2|7", "20|2|NONE|NONE|GONE|0")  # fmt: skip
    told = catch_up(observer, present(), missed, lost_at=at(10))
    assert names(told) == ["CallArrived", "CallerJoinedQueue", "CallerAbandoned", "CallEnded"]
    call = ends(told)[CALLS[2]]
    assert (call.fate, call.waited) == (Fate.ABANDONED_IN_QUEUE, timedelta(seconds=7))
    assert (call.language, call.source, call.organisation) == (Language.UKRAINIAN, Source.TRUNK, 1)
    assert told[0].organisation == 1


def test_a_citizen_who_was_called_and_answered_meanwhile_was_reached() -> None:
    observer = knows()
    placed = f"PLACED|{CALLS[2]}|1|380671234567|1580|uk|trunk|{ANNA}"
    missed = log(f"12|2|NONE|NONE|{placed}", f"20|2|NONE|{ANNA}|REACHED|{CALLS[2]}|1", "45|2|NONE|NONE|GONE|16")
    told = catch_up(observer, present(), missed, lost_at=at(10))
    assert names(told) == ["CallPlaced", "RecordingStarted", "AgentJoinedTalk", "AgentLeftTalk", "CallEnded"]
    call = ends(told)[CALLS[2]]
    assert (call.fate, call.answered_at, call.talked) == (Fate.ANSWERED, at(20), timedelta(seconds=25))


def test_a_citizen_who_talks_on_was_reached_once() -> None:
    observer = knows()
    placed = f"PLACED|{CALLS[2]}|1|380671234567|1580|uk|trunk|{ANNA}"
    missed = log(f"12|2|NONE|NONE|{placed}", f"20|2|NONE|{ANNA}|REACHED|{CALLS[2]}|1")
    there = present(alive(2, bridge="b", second=12), phone(2, bridge="b"))
    told = catch_up(observer, there, missed, lost_at=at(10))
    assert [name for name in names(told) if name == "AgentJoinedTalk"] == ["AgentJoinedTalk"]
    assert catch_up(observer, there, missed, lost_at=at(50)) == []


def test_a_call_alive_is_adopted_with_its_wait_and_its_talk() -> None:
    observer = knows()
    waits, talks = alive(1, second=40), alive(2, bridge="b", second=30)
    missed = log("31|2|khm-general|NONE|ENTERQUEUE||380|1", "33|2|khm-general|PJSIP/agent7|CONNECT|2|x|1")
    there = present(waits, talks, phone(2, bridge="b"), waiting=(1,))
    told = catch_up(observer, there, missed, lost_at=at(10))
    calls = ends(told)
    assert calls[CALLS[1]].waiting_in == QUEUE
    assert calls[CALLS[1]].queued_at == at(57)
    assert calls[CALLS[2]].talking == {ANNA}
    assert calls[CALLS[2]].answered_at == at(33)
    assert observer.calls.keys() == {CALLS[1], CALLS[2]}


def test_what_goes_on_as_before_is_not_told_again() -> None:
    observer = knows(came(1), joins(1, 1), came(2), joins(2, 3), connects(2, 5))
    there = present(alive(1), alive(2, bridge="b"), phone(2, bridge="b"), waiting=(1,))
    missed = log("1|1|khm-general|NONE|ENTERQUEUE||380|1", "3|2|khm-general|NONE|ENTERQUEUE||380|1",
                 "5|2|khm-general|PJSIP/agent7|CONNECT|2|x|1")  # fmt: skip
    assert catch_up(observer, there, missed, lost_at=at(10)) == []


def test_lines_of_calls_that_ended_before_the_gap_are_not_told_again() -> None:
    observer = Observer(strict=True)
    lines(capture("answered"), observer)
    [channel] = observer.ended
    arrived = f"{BEGAN}|{channel}|NONE|NONE|ARRIVED|{CALLS[3]}|1|380671234567|1580|uk|trunk"
    entry = parse(arrived)
    assert entry is not None
    assert catch_up(observer, present(), [entry], lost_at=at(10)) == []


@pytest.mark.parametrize(("started", "reason"), [(20, "asterisk restarted"), (-1000, "gone while the link was lost")])
def test_what_vanished_without_a_word_is_lost(started: float, reason: str) -> None:
    observer = knows(came(1), joins(1, 1), connects(1, 2), came(2), joins(2, 3))
    before = list(observer.calls.values())
    told = catch_up(observer, present(started=started), [], lost_at=at(10))
    assert names(told) == ["AgentLeftTalk", "CallLost", "CallLost"]
    assert {line.event.reason for line in told if isinstance(line.event, CallLost)} == {reason}
    assert {call.fate for call in ends(told, *before).values()} == {Fate.LOST}
    assert all(line.event.at == at(10) for line in told)


def test_an_agent_who_is_not_beside_the_caller_any_more_has_left() -> None:
    observer = knows(came(1), joins(1, 1), connects(1, 2))
    told = catch_up(observer, present(alive(1)), [], lost_at=at(10))
    assert names(told) == ["AgentLeftTalk"]
    assert observer.calls[CALLS[1]].talking == set()


def test_a_phone_that_rings_now_is_an_offer() -> None:
    observer = knows(came(1), joins(1, 1))
    told = catch_up(observer, present(alive(1), phone(1, ringing=True), waiting=(1,)), [], lost_at=at(10))
    assert names(told) == ["AgentOffered"]


def test_who_waits_no_longer_has_left_the_queue() -> None:
    observer = knows(came(1), joins(1, 1))
    assert names(catch_up(observer, present(alive(1)), [], lost_at=at(10))) == ["CallerLeftQueue"]


def believed(call: Call) -> OpenCall:
    return OpenCall(call.id, 1, call.channel, call.arrived_at)


def test_a_call_that_only_the_ledger_knows_is_lost_once(tmp_path: Path) -> None:
    [call] = knows(came(1)).calls.values()
    ears = Ears(NodeName("node1"), tmp_path / "spool", tmp_path / "queue_log", lambda: None)
    for _ in range(3):  # the ledger stands still
        ears.lose_unknown([believed(call)])
    ears.spool.close()
    [file] = (tmp_path / "spool").glob("*.jsonl")
    assert file.read_text().count("CallLost") == 1
