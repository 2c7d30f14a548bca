"""The same capture always tells the same story; whatever the story, each call that ended has exactly one fate."""

import pytest

from calls.events import (
    AgentJoinedTalk,
    AgentLeftTalk,
    CallArrived,
    CallEnded,
    CallEvent,
    CallLost,
    ConsultEnded,
    ConsultStarted,
    RecordingPaused,
    RecordingResumed,
)
from calls.model import CallId, Fate
from calls.observer import Observer
from calls.signals import ChannelId
from calls.state import Call, begin, evolve
from tests.calls.streams import CAPTURES, capture, captures, lines, story

FATES = {
    "answered": [Fate.ANSWERED],
    "ended_by_agent": [Fate.ANSWERED],
    "abandoned_in_menu": [Fate.ABANDONED_IN_MENU],
    "abandoned_in_queue": [Fate.ABANDONED_IN_QUEUE],
    "refused": [Fate.ABANDONED_IN_QUEUE, Fate.ABANDONED_IN_QUEUE, Fate.ABANDONED_IN_QUEUE, Fate.REFUSED],
    "out_of_hours": [Fate.OUT_OF_HOURS],
    "callback_asked": [Fate.CALLBACK_ASKED],
    "settled_by_self_service": [Fate.SELF_SERVICE],
    "menu_away": [Fate.ANSWERED],
    "no_answer_then_answered": [Fate.ANSWERED],
    "declined_then_answered": [Fate.ANSWERED],
    "blind_transfer_to_agent": [Fate.ANSWERED],
    "blind_transfer_to_queue": [Fate.ANSWERED],
    "attended_transfer": [Fate.ANSWERED],
    "agent_lost_and_requeued": [Fate.ANSWERED],
    "queue_timed_out": [Fate.ABANDONED_IN_QUEUE],
    "asterisk_killed": [None, None],
}


def calls_of(name: str) -> list[Call]:
    """The calls of a capture as their events leave them, in the order of arrival."""
    return calls_told(capture(name))


def calls_told(stream: bytes) -> list[Call]:
    """The same of any stream."""
    calls: dict[CallId, Call] = {}
    for line in lines(stream):
        event = line.event
        if isinstance(event, CallArrived):
            calls[event.call] = begin(event)
        elif isinstance(event, CallEvent):
            calls[event.call] = evolve(calls[event.call], event)
    return list(calls.values())


@pytest.mark.parametrize("name", captures())
def test_the_same_capture_tells_the_same_story(name: str) -> None:
    assert story(capture(name)) == (CAPTURES / f"{name}.story").read_text().splitlines()


@pytest.mark.parametrize("name", captures())
def test_every_call_has_the_fate_it_had(name: str) -> None:
    assert [call.fate for call in calls_of(name)] == FATES[name]


@pytest.mark.parametrize("name", captures())
def test_nothing_is_left_behind(name: str) -> None:
    observer = Observer(strict=True)
    told = lines(capture(name), observer)
    if name != "asterisk_killed":
        assert (len(observer.calls), len(observer.channels)) == (0, 0)
        ends = [line.event for line in told if isinstance(line.event, CallEnded)]
        assert len(ends) == sum(isinstance(line.event, CallArrived) for line in told)


def test_each_agent_is_credited_with_their_own_talk() -> None:
    [call] = calls_of("attended_transfer")
    first, second = call.legs
    assert (first.agent, first.outcome) == ("PJSIP/agent7", "transferred")
    assert (second.agent, second.outcome) == ("PJSIP/agent8", "ended_by_caller")
    assert first.left_at is not None
    assert second.answered_at is not None
    assert abs((second.answered_at - first.left_at).total_seconds()) < 0.1, "no gap and no overlap"
    assert call.talked == first.talked + second.talked
    assert (call.transfers, call.agent) == (1, "PJSIP/agent8")


def test_a_lost_phone_is_neither_the_callers_nor_the_agents_end() -> None:
    left = [line.event for line in lines(capture("agent_lost_and_requeued")) if isinstance(line.event, AgentLeftTalk)]
    assert [event.ended_by for event in left] == ["lost", "caller"]
    [call] = calls_of("agent_lost_and_requeued")
    assert [visit.outcome for visit in call.visits] == ["answered", "answered"]


def hangs_up_before_leaving(name: str, *, and_then: tuple[bytes, ...]) -> bytes:
    """The capture, had its caller hung up just before they left the queue; of the rest only `and_then` comes."""
    frames = capture(name).split(b"\r\n\r\n")
    leaves = next(place for place, frame in enumerate(frames) if b"Event: QueueCallerLeave\r\n" in frame)
    hangs_up = frames[leaves].replace(b"Event: QueueCallerLeave", b"Event: HangupRequest")
    rest = [frame for frame in frames[leaves:] if any(b"Event: " + kind + b"\r\n" in frame for kind in and_then)]
    return b"\r\n\r\n".join([*frames[:leaves], hangs_up, *rest, b""])


def test_who_hangs_up_as_an_agent_answers_was_in_the_queue_once() -> None:
    """app_queue looks no more at the caller once an agent has answered: queue_log has one visit and a CONNECT."""
    usual = (b"QueueCallerLeave", b"UserEvent", b"AgentConnect", b"BridgeEnter", b"BridgeLeave", b"Hangup")
    [call] = calls_told(hangs_up_before_leaving("answered", and_then=usual))
    assert [visit.outcome for visit in call.visits] == ["answered"]
    assert [(leg.agent, leg.outcome) for leg in call.legs] == [("PJSIP/agent7", "ended_by_caller")]
    assert call.fate is Fate.ANSWERED
    short = (b"QueueCallerLeave", b"AgentConnect", b"Hangup")
    [unbridged] = calls_told(hangs_up_before_leaving("answered", and_then=short))
    assert [visit.outcome for visit in unbridged.visits] == ["answered"]
    assert unbridged.fate is Fate.ANSWERED


def test_who_presses_a_key_and_hangs_up_has_left_the_queue_by_it() -> None:
    """queue_log says EXITWITHKEY, and the dialplan goes no further."""
    [call] = calls_told(hangs_up_before_leaving("callback_asked", and_then=(b"QueueCallerLeave", b"Hangup")))
    assert [visit.outcome for visit in call.visits] == ["flowed_out"]
    assert call.fate is Fate.ABANDONED_IN_QUEUE


@pytest.mark.parametrize(("name", "agent"), [("answered", "PJSIP/agent7"), ("attended_transfer", "PJSIP/agent8")])
def test_a_pause_of_the_recording_is_the_talking_agents(name: str, agent: str) -> None:
    """After an attended transfer the caller's own channel is recorded, and it is muted."""
    frames = capture(name).split(b"\r\n\r\n")
    recorded = [frame for frame in frames if b"Event: MixMonitorStart\r\n" in frame][-1]
    end = max(place for place, frame in enumerate(frames) if b"Event: HangupRequest\r\n" in frame)
    muted = [
        recorded.replace(b"MixMonitorStart", b"MixMonitorMute") + b"\r\nDirection: both\r\nState: " + state
        for state in (b"1", b"0")
    ]
    told = [line.event for line in lines(b"\r\n\r\n".join([*frames[:end], *muted, *frames[end:]]))]
    pauses = [event for event in told if isinstance(event, RecordingPaused | RecordingResumed)]
    assert [type(event) for event in pauses] == [RecordingPaused, RecordingResumed]
    assert {event.agent for event in pauses} == {agent}


def test_a_consult_is_over_when_the_second_line_is() -> None:
    told = [line.event for line in lines(capture("attended_transfer"))]
    kinds = [type(event) for event in told]
    begun, over = kinds.index(ConsultStarted), kinds.index(ConsultEnded)
    assert begun < kinds.index(AgentJoinedTalk, begun) < over, "who takes the caller is never free in between"
    assert told[over].to == told[begun].to == "PJSIP/agent8"  # type: ignore[attr-defined]


def test_waits_are_measured_finer_than_asterisk_rounds_them() -> None:
    [call] = calls_of("no_answer_then_answered")
    assert call.queued_at is not None
    assert call.answered_at is not None
    assert call.waited == call.answered_at - call.queued_at
    assert [leg.outcome for leg in call.legs][-1] == "ended_by_caller"
    assert "no_answer" in [leg.outcome for leg in call.legs]


def test_a_killed_asterisk_loses_both_calls_and_says_when() -> None:
    observer = Observer(strict=True)
    told = lines(capture("asterisk_killed"), observer)
    talking, waiting = observer.calls.values()
    end = told[-1].event.at
    lost = [*observer.lose(talking, end, "asterisk restarted"), *observer.lose(waiting, end, "asterisk restarted")]
    assert [type(line.event) for line in lost] == [AgentLeftTalk, CallLost, CallLost]
    assert observer.ended.keys() == {ChannelId(talking.channel), ChannelId(waiting.channel)}
