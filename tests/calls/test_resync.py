"""After a gap: what queue_log and the list of channels say is told once, in order, and nothing stays open for ever."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from calls.events import CallLost, ConsultEnded
from calls.model import CallId, Fate, Interface, Language, NodeName, QueueName, Source
from calls.observer import Line, Observer
from calls.queries import OpenCall
from calls.queue_log import Entry, entries_after, mark_at_end, parse
from calls.resync import Present, catch_up
from calls.signals import (
    AliveChannel,
    BridgeId,
    ChannelBorn,
    ChannelGone,
    ChannelId,
    MemberConnected,
    PhoneDialled,
    QueueJoined,
    Said,
    Signal,
    WaitingCaller,
)
from calls.spool import Mark, Memory, Spool, SpoolTaken, remembered
from calls.state import Call, begin, evolve
from calls.translate import arrival
from run.asterisk.link import Ears
from tests.calls.streams import capture, lines

BEGAN = 1_795_285_560  # a second, as queue_log has it
QUEUE, ANNA, BOBUR = QueueName("khm-general"), Interface("PJSIP/agent7"), Interface("PJSIP/agent8")
SECOND, ASKED = ChannelId("node1-1.second"), ChannelId("node1-1.bobur")  # Anna's other channel, and Bobur's
CALLS = [CallId(UUID(int=number)) for number in range(9)]


def at(second: float) -> datetime:
    return datetime.fromtimestamp(BEGAN, UTC) + timedelta(seconds=second)


def log(*texts: str) -> list[Entry]:
    """queue_log: `second channel queue member event data...`, a call's number for its channel."""
    entries = []
    for text in texts:
        second, channel, *rest = text.split("|")
        entry = parse("|".join([str(BEGAN + int(second)), f"node1-{channel}", *rest]))
        assert entry is not None
        entries.append(entry)
    return entries


def came(number: int, second: float = 0) -> Said:
    channel = ChannelId(f"node1-{number}")
    event = arrival(
        CALLS[number],
        at=at(second),
        channel=channel,
        organisation="1",
        caller="380671234567",
        dialled="1580",
        language="uk_khm",
        source="trunk",
    )
    return Said(at=at(second), channel=channel, event=event)


def joins(number: int, second: float) -> QueueJoined:
    return QueueJoined(at=at(second), channel=ChannelId(f"node1-{number}"), queue=QUEUE, position=1)


def connects(number: int, second: float) -> MemberConnected:
    nothing = timedelta(0)
    channel = ChannelId(f"node1-{number}")
    return MemberConnected(
        at=at(second), channel=channel, queue=QUEUE, agent=ANNA, phone=None, waited=nothing, rang=nothing
    )


def alive(number: int, *, bridge: str = "", second: float = 0) -> AliveChannel:
    said = came(number, second)
    return AliveChannel(
        channel=said.channel,
        name=f"PJSIP/trunk-{number}",
        agent=None,
        call=CALLS[number],
        linked=said.channel,
        bridge=BridgeId(bridge) if bridge else None,
        ringing=False,
        age=timedelta(0),
        arrival=said.event,
    )


def phone(number: int, *, bridge: str = "", ringing: bool = False) -> AliveChannel:
    """Anna's channel for a call."""
    return AliveChannel(
        channel=ChannelId(f"node1-{number}.anna"),
        name="PJSIP/agent7-0000001",
        agent=ANNA,
        call=CALLS[number],
        linked=None,
        bridge=BridgeId(bridge) if bridge else None,
        ringing=ringing,
        age=timedelta(0),
        arrival=None,
    )


def present(*channels: AliveChannel, waiting: tuple[int, ...] = (), started: float = -1000) -> Present:
    callers = [
        WaitingCaller(channel=ChannelId(f"node1-{number}"), queue=QUEUE, position=1, waited=timedelta(seconds=3))
        for number in waiting
    ]
    return Present(now=at(60), started_at=at(started), channels=list(channels), waiting=callers)


def knows(*signals: Signal) -> Observer:
    observer = Observer(strict=True)
    for signal in signals:
        observer.hear(signal)
    return observer


def ends(told: list[Line], *known: Call) -> dict[CallId, Call]:
    """The calls after the events, `known` as they were before."""
    calls = {call.id: call for call in known}
    for line in told:
        event = line.event
        call = event.call  # type: ignore[attr-defined]
        calls[call] = evolve(calls[call], event) if call in calls else begin(event)  # type: ignore[arg-type]
    return calls


def names(told: list[Line]) -> list[str]:
    return [type(line.event).__name__ for line in told]


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


# --- queue_log as a file ---


def write(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{BEGAN}|{text}|NONE|NONE|GONE|16\n" for text in texts))


def test_only_what_is_behind_the_mark_is_read_also_over_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, "a")
    mark = mark_at_end(path)
    write(path, "b")
    assert [entry.channel for entry in entries_after(path, mark)] == ["b"]
    path.rename(tmp_path / "queue_log.20261122")
    write(path, "c")
    assert [entry.channel for entry in entries_after(path, mark)] == ["b", "c"]
    with path.open("a") as file:
        file.write(f"{BEGAN}|d|NONE")  # Asterisk is writing
    assert [entry.channel for entry in entries_after(path, mark)] == ["b", "c"]


def test_a_file_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert list(entries_after(tmp_path / "queue_log", Mark())) == []


def test_what_is_no_line_is_passed_over() -> None:
    assert [parse(text) for text in ("", "x|y", "1795285560|a|b|c", "\x00|1|2|3|4")] == [None] * 4


# --- what a listener that starts anew remembers ---


def test_the_spool_remembers_open_calls_ended_ones_and_the_mark(tmp_path: Path) -> None:
    observer = Observer(strict=True)
    told = lines(capture("refused"), observer)
    spool = Spool(tmp_path, lambda: Memory(calls=dict(observer.calls), mark=Mark(1, 1)))
    spool.start()
    for cut in range(0, len(told), 4):
        spool.append(told[cut : cut + 4])
    spool.mark(Mark(7, 4711))
    spool.close()
    memory = remembered(tmp_path)
    assert (memory.calls, memory.mark, memory.last_at) == ({}, Mark(7, 4711), told[-1].event.at)
    assert memory.ended.keys() == set(observer.ended)


@pytest.mark.parametrize("name", ["attended_transfer", "agent_lost_and_requeued", "no_answer_then_answered"])
def test_at_every_event_the_spool_remembers_what_the_observer_knew(name: str, tmp_path: Path) -> None:
    told = lines(capture(name))
    for cut in range(1, len(told)):
        directory = tmp_path / str(cut)
        spool = Spool(directory)
        spool.start()
        spool.append(told[:cut])
        known = remembered(directory).calls
        spool.close()
        expected = begin(told[0].event)  # type: ignore[arg-type]
        for line in told[1:cut]:
            expected = evolve(expected, line.event)  # type: ignore[arg-type]
        assert known == {expected.id: expected}


def test_a_new_file_begins_with_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.spool.LARGEST", 500)
    observer = Observer(strict=True)
    spool = Spool(tmp_path, lambda: Memory(calls=dict(observer.calls)))
    spool.start()
    for line in lines(capture("asterisk_killed"), observer):
        spool.append([line])
    spool.close()
    assert len(list(tmp_path.glob("*.jsonl"))) > 3
    assert remembered(tmp_path).calls == observer.calls


def test_two_listeners_do_not_write_one_spool(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    with pytest.raises(SpoolTaken):
        Spool(tmp_path)
    first.close()
    Spool(tmp_path).close()


def test_a_full_disk_loses_nothing_while_the_process_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines(capture("answered"))
    spool = Spool(tmp_path)
    spool.start()

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("calls.spool.os.write", full)
    spool.append(told[:4])
    assert spool.failing
    monkeypatch.undo()
    spool.append(told[4:])
    assert not spool.failing
    spool.close()
    assert remembered(tmp_path).last_at == told[-1].event.at


def test_a_line_cut_in_two_never_stands_in_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.spool.LARGEST", 500)
    told = lines(capture("answered"))
    spool = Spool(tmp_path)
    spool.start()
    write, room = os.write, [900]

    def nearly_full(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = write(descriptor, data[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr("calls.spool.os.write", nearly_full)
    spool.append(told[:8])
    assert spool.failing
    monkeypatch.setattr("calls.spool.os.write", write)
    spool.append(told[8:])
    spool.close()
    assert [len(path.read_bytes().splitlines()) for path in sorted(tmp_path.glob("*.jsonl"))] == [1 + len(told), 1]


def test_while_there_is_no_room_for_a_new_file_the_old_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.spool.LARGEST", 500)
    told = lines(capture("answered"))
    spool = Spool(tmp_path)
    spool.start()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("calls.spool.os.open", full)
    for line in told:
        spool.append([line])
    spool.close()
    [only] = tmp_path.glob("*.jsonl")
    assert len(only.read_bytes().splitlines()) == 1 + len(told)


def test_a_damaged_line_and_a_torn_beginning_are_passed_over(tmp_path: Path) -> None:
    told = lines(capture("asterisk_killed"))
    spool = Spool(tmp_path)
    spool.start()
    spool.append(told)
    spool.close()
    known = remembered(tmp_path)
    [first] = tmp_path.glob("*.jsonl")
    first.write_bytes(first.read_bytes() + b"\0\0\0\n[]\n7\n{}\n" + b'{"at": "2026-11-')
    (tmp_path / "99991231T000000.000000.jsonl").write_bytes(b'{"open":[')
    assert known.calls
    assert remembered(tmp_path) == known


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
