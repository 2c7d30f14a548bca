"""The state machine by itself: what cannot happen is refused, what can leads where the table says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from calls.diagram import diagram
from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentJoinedTalk,
    AgentLeftTalk,
    AgentOffered,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallEvent,
    CallHeld,
    CallLost,
    CallRefused,
    CallResumed,
    FoundClosed,
    SelfServiceUsed,
)
from calls.model import CallId, CallState, Fate, Interface, Language, LegOutcome, QueueName, Source, VisitOutcome
from calls.state import TRANSITIONS, Call, UnexpectedEvent, begin, evolve
from run.host.release import SOURCE

CALL = CallId(UUID(int=7))
BEGAN = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
QUEUE, ANNA, BOBUR = QueueName("dtm-general"), Interface("PJSIP/agent1"), Interface("PJSIP/agent2")


def at(second: float) -> datetime:
    return BEGAN + timedelta(seconds=second)


def arrived() -> Call:
    return begin(
        CallArrived(
            call=CALL,
            at=BEGAN,
            organisation=1,
            caller="998901234567",
            dialled="1414",
            language=Language.UZBEK,
            source=Source.TRUNK,
            channel="node1-1.1",
        )
    )


def after(*events: CallEvent) -> Call:
    call = arrived()
    for event in events:
        call = evolve(call, event)
    return call


def joined(second: float = 1, queue: QueueName = QUEUE) -> CallEvent:
    return CallerJoinedQueue(call=CALL, at=at(second), queue=queue, position=1)


def offered(agent: Interface, second: float = 2) -> CallEvent:
    return AgentOffered(call=CALL, at=at(second), agent=agent, queue=QUEUE)


def answered(agent: Interface, second: float = 5) -> CallEvent:
    nothing = timedelta(0)
    return AgentAnswered(call=CALL, at=at(second), agent=agent, queue=QUEUE, waited=nothing, rang=nothing)


def left(agent: Interface, second: float, talked: float, ended_by: str = "caller") -> CallEvent:
    return AgentLeftTalk(call=CALL, at=at(second), agent=agent, talked=timedelta(seconds=talked), ended_by=ended_by)


def ended(second: float = 60) -> CallEvent:
    return CallEnded(call=CALL, at=at(second), cause=16, by_caller=True)


def lost(second: float = 60) -> CallEvent:
    return CallLost(call=CALL, at=at(second), reason="asterisk restarted")


@pytest.mark.parametrize(
    ("story", "fate"),
    [
        ([], Fate.ABANDONED_IN_MENU),
        ([CallRefused(call=CALL, at=at(1), capacity=3)], Fate.REFUSED),
        ([joined(), CallRefused(call=CALL, at=at(9), capacity=3)], Fate.REFUSED),
        ([FoundClosed(call=CALL, at=at(1), reason="night")], Fate.OUT_OF_HOURS),
        ([FoundClosed(call=CALL, at=at(1), reason="night"), CallbackAsked(call=CALL, at=at(2), number="1")],
         Fate.CALLBACK_ASKED),
        ([SelfServiceUsed(call=CALL, at=at(1), service="s", settled=True)], Fate.SELF_SERVICE),
        ([SelfServiceUsed(call=CALL, at=at(1), service="s", settled=False)], Fate.ABANDONED_IN_MENU),
        ([SelfServiceUsed(call=CALL, at=at(0), service="s", settled=True), joined()], Fate.ABANDONED_IN_QUEUE),
        ([joined(), CallbackAsked(call=CALL, at=at(2), number="1")], Fate.CALLBACK_ASKED),
        ([joined(), answered(ANNA), left(ANNA, 9, 4), CallbackAsked(call=CALL, at=at(9), number="1")], Fate.ANSWERED),
        ([joined(), answered(ANNA), left(ANNA, 9, 4, "lost"), joined(10)], Fate.ANSWERED),
    ],
)  # fmt: skip
def test_a_call_that_ended_has_one_fate(story: list[CallEvent], fate: Fate) -> None:
    assert after(*story, ended()).fate is fate
    assert after(*story, lost()).fate is Fate.LOST
    assert after(*story).fate is None


def test_every_state_can_end_and_nothing_follows_the_end() -> None:
    for state in CallState:
        if state is not CallState.ENDED:
            assert TRANSITIONS[state, CallEnded] is TRANSITIONS[state, CallLost] is CallState.ENDED
    assert not [event for state, event in TRANSITIONS if state is CallState.ENDED]
    with pytest.raises(UnexpectedEvent):
        after(ended(), joined())


@pytest.mark.parametrize(
    "story",
    [
        [answered(ANNA)],
        [joined(), joined()],
        [joined(), offered(ANNA), offered(ANNA)],
        [joined(), AgentDidNotAnswer(call=CALL, at=at(3), agent=ANNA, queue=QUEUE, rang=timedelta(seconds=1))],
        [joined(), answered(ANNA), left(BOBUR, 9, 1)],
        [CallHeld(call=CALL, at=at(1), agent=ANNA)],
        [joined(), CallerAbandoned(call=CALL, at=at(2), queue=QUEUE, waited=timedelta(seconds=1)), answered(ANNA)],
        [CallRefused(call=CALL, at=at(1), capacity=1), CallHeld(call=CALL, at=at(1), agent=ANNA)],
    ],
)
def test_what_cannot_be_is_refused(story: list[CallEvent]) -> None:
    with pytest.raises(UnexpectedEvent):
        after(*story)


def test_who_rings_is_data_and_not_a_state() -> None:
    call = after(joined(), offered(ANNA), offered(BOBUR))
    assert (call.state, call.ringing) == (CallState.QUEUED, {ANNA, BOBUR})
    call = evolve(call, answered(BOBUR))
    assert (call.state, call.ringing, call.talking, call.agent) == (CallState.TALKING, set(), {BOBUR}, BOBUR)
    assert [leg.outcome for leg in call.legs] == [LegOutcome.TAKEN_BY_ANOTHER, LegOutcome.TALKING]


def test_times_and_durations() -> None:
    call = after(
        joined(1),
        offered(ANNA, 2),
        answered(ANNA, 5),
        CallHeld(call=CALL, at=at(10), agent=ANNA),
        CallResumed(call=CALL, at=at(15), agent=ANNA),
        left(ANNA, 20, 15, "transfer"),
        AgentJoinedTalk(call=CALL, at=at(20), agent=BOBUR),
        left(BOBUR, 50, 30),
        ended(51),
    )
    assert (call.queued_at, call.offered_at, call.answered_at, call.ended_at) == (at(1), at(2), at(5), at(51))
    assert [call.waited, call.held, call.talked] == [timedelta(seconds=seconds) for seconds in (4, 5, 45)]
    assert [visit.outcome for visit in call.visits] == [VisitOutcome.ANSWERED]
    assert call.agent == BOBUR


def test_a_lost_call_closes_everything_that_was_open() -> None:
    waiting = after(joined(), offered(ANNA), lost(9))
    assert [leg.outcome for leg in waiting.legs] == [LegOutcome.LOST]
    assert [visit.outcome for visit in waiting.visits] == [VisitOutcome.LOST]
    talking = after(joined(), answered(ANNA, 5), CallHeld(call=CALL, at=at(6), agent=ANNA), lost(9))
    assert (talking.talked, talking.held) == (timedelta(seconds=4), timedelta(seconds=3))


def test_the_diagram_names_every_state_and_every_event_that_moves() -> None:
    drawn = diagram()
    for state in CallState:
        assert state in drawn
    for (state, event), then in TRANSITIONS.items():
        if state is not then:
            assert event.__name__ in drawn
    assert drawn in (SOURCE / "docs" / "journal.md").read_text(), "draw it anew: python -m calls.diagram"
