"""An agent's states: the diagram itself, and what keys and calls make of it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from acd import commands, queries, service, states
from acd.model import TRANSITIONS, AgentStateName, Deed, Result, UnexpectedDeed, next_state
from acd.tables import AgentState, WrapUp
from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentJoinedTalk,
    AgentLeftTalk,
    AgentOffered,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerRequeued,
    CallHeld,
    CallLost,
    CallResumed,
)
from db import Conflict, NotFound
from tests.acd.conftest import ZERO, Desk, answers, call_id, leaves, phone_of


def test_every_state_can_be_left_and_reached():
    assert {state for state, _ in TRANSITIONS} == set(AgentStateName)
    assert set(TRANSITIONS.values()) == set(AgentStateName)


def test_an_unfitting_deed_changes_nothing():
    with pytest.raises(UnexpectedDeed):
        next_state(AgentStateName.OFFLINE, Deed.ANSWERED)


def test_a_call_from_offer_to_wrap_up(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    assert desk.state(desk.olena) == AgentStateName.RINGING
    desk.tells(AgentAnswered, call, agent=phone_of(desk.olena), queue=desk.queue, waited=ZERO, rang=ZERO)
    assert desk.state(desk.olena) == AgentStateName.TALKING
    desk.tells(CallHeld, call, agent=phone_of(desk.olena))
    assert desk.state(desk.olena) == AgentStateName.HOLD
    desk.tells(CallResumed, call, agent=phone_of(desk.olena))
    leaves(desk, call, desk.olena)
    assert desk.state(desk.olena) == AgentStateName.WRAP_UP
    (wrap_up,) = queries.open_wrap_ups(desk.session, desk.olena.id)
    assert wrap_up.call == call
    assert wrap_up.due_at - wrap_up.started_at == timedelta(seconds=45), "the queue's own limit"
    desk.tells(CallEnded, call, cause=16, by_caller=True)
    assert desk.state(desk.olena) == AgentStateName.WRAP_UP, "the end of the call changes nothing more"
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.EXPLAINED, topic=None, note=" Ok ")
    assert desk.state(desk.olena) == AgentStateName.READY
    assert wrap_up.note == "Ok"


def test_there_is_one_open_period_and_no_gap(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena)
    periods = desk.session.scalars(
        select(AgentState).where(AgentState.person_id == desk.olena.id).order_by(AgentState.id)
    ).all()
    assert [period.until for period in periods[:-1]] == [period.since for period in periods[1:]]
    assert periods[-1].until is None


def test_a_call_not_answered_pauses_with_a_reason(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    desk.tells(AgentDidNotAnswer, call, agent=phone_of(desk.olena), queue=desk.queue, rang=timedelta(seconds=20))
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "did_not_answer")


@pytest.mark.parametrize(("reachable", "reason"), [(True, "declined"), (False, "phone_lost")])
def test_a_call_declined_is_told_from_one_that_rang_out_and_from_a_phone_that_went(desk: Desk, reachable, reason):
    desk.comes_ready(desk.olena)
    desk.phone_is(desk.olena, reachable=reachable)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    desk.tells(AgentDidNotAnswer, call, agent=phone_of(desk.olena), queue=desk.queue, rang=timedelta(seconds=3))
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, reason)


def test_a_phone_that_goes_while_it_rings_rings_no_more(desk: Desk):
    """Nobody waits for the end of the ringing; and a phone that goes at any other time is asked nothing."""
    desk.comes_ready(desk.olena)
    desk.phone_is(desk.olena, reachable=False)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    assert not commands.open_commands(desk.session)
    desk.phone_is(desk.olena, reachable=False)
    (command,) = commands.open_commands(desk.session)
    assert (command.deed, command.call, command.person_id) == ("stop_ringing", call, desk.olena.id)


@pytest.mark.parametrize("gone", [CallerAbandoned, CallEnded])
def test_the_offer_is_withdrawn_when_the_caller_goes(desk: Desk, gone):
    desk.comes_ready(desk.olena)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    values = {"queue": desk.queue, "waited": ZERO} if gone is CallerAbandoned else {"cause": 16, "by_caller": True}
    desk.tells(gone, call, **values)
    assert desk.state(desk.olena) == AgentStateName.READY


@pytest.mark.parametrize("misfit", [False, True])
def test_one_phone_that_changes_meanwhile_keeps_no_other_ringing(desk: Desk, monkeypatch, misfit):
    """Olena's phone stops just when the caller goes; Andrii's offer is withdrawn all the same."""
    call, move, of_call = call_id(), states.move, queries.agents_of_call
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
        desk.tells(AgentOffered, call, agent=phone_of(each), queue=desk.queue)

    def meanwhile(session, about):
        found = sorted(of_call(session, about), key=lambda period: period.person_id)
        move(session, queries.open_shift(session, desk.olena.id), Deed.DID_NOT_ANSWER, desk.clock)
        return found

    def unexpected(session, shift, *about, **more):
        if shift.person_id == desk.olena.id:
            raise UnexpectedDeed("it does not fit")
        return move(session, shift, *about, **more)

    if misfit:
        monkeypatch.setattr(states, "move", unexpected)
    else:
        monkeypatch.setattr(queries, "agents_of_call", meanwhile)
    desk.tells(CallerAbandoned, call, queue=desk.queue, waited=ZERO)
    assert desk.state(desk.andrii) == AgentStateName.READY
    assert desk.state(desk.olena) == (AgentStateName.RINGING if misfit else AgentStateName.PAUSED)


def test_the_offer_is_withdrawn_when_a_colleague_answers(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    answers(desk, call, desk.andrii)
    assert desk.state(desk.olena) == AgentStateName.READY
    assert desk.state(desk.andrii) == AgentStateName.TALKING


def test_a_pause_asked_for_in_a_call_begins_after_the_wrap_up(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    service.pause(desk.session, desk.olena, "lunch")
    assert desk.state(desk.olena) == AgentStateName.TALKING
    leaves(desk, call, desk.olena)
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.SETTLED, topic=None, note="")
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "lunch")


def test_a_pause_needs_a_declared_reason(desk: Desk):
    desk.comes_ready(desk.olena)
    with pytest.raises(NotFound):
        service.pause(desk.session, desk.olena, "no-such-reason")


def test_the_wrap_up_cannot_be_skipped(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena)
    with pytest.raises(Conflict):
        service.go_ready(desk.session, desk.olena)
    (wrap_up,) = queries.open_wrap_ups(desk.session, desk.olena.id)
    wrap_up.finished_at = desk.clock
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.flush()


def test_an_open_wrap_up_waits_for_the_next_shift(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena)
    service.end_shift(desk.session, desk.olena)
    service.start_shift(desk.session, desk.olena, "another-seat")
    with pytest.raises(Conflict):
        service.go_ready(desk.session, desk.olena)
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.SILENT, topic=None, note="")
    service.go_ready(desk.session, desk.olena)
    assert desk.state(desk.olena) == AgentStateName.READY


def test_a_result_is_given_once(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena)
    for result in (Result.SETTLED, Result.DISPUTED):
        service.finish_wrap_up(desk.session, desk.olena, call, result=result, topic=None, note="")
    assert desk.session.scalar(select(WrapUp.result).where(WrapUp.call == call)) == Result.SETTLED
    with pytest.raises(NotFound):
        service.finish_wrap_up(desk.session, desk.andrii, call, result=Result.SETTLED, topic=None, note="")


def test_a_transfer_reaches_a_colleague_and_both_wrap_up(desk: Desk):
    desk.comes_ready(desk.olena)
    service.start_shift(desk.session, desk.andrii, "seat-of-andrii")
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena, "transfer")
    desk.tells(AgentJoinedTalk, call, agent=phone_of(desk.andrii))
    assert desk.state(desk.andrii) == AgentStateName.TALKING
    desk.tells(CallEnded, call, cause=16, by_caller=True)
    assert desk.state(desk.olena) == desk.state(desk.andrii) == AgentStateName.WRAP_UP
    assert desk.session.scalar(select(func.count()).select_from(WrapUp).where(WrapUp.call == call)) == 2


def test_a_lost_phone_has_no_result_to_give(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena, "lost")
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "phone_lost")
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)


def test_a_talk_that_ended_with_its_lost_call_has_its_result_due(desk: Desk):
    """Asterisk died: no caller comes back to the queue, and who talked says what the talk came to, once."""
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena, "lost")
    lost_at = desk.clock
    for _ in range(2):
        desk.told_late(CallLost, call, lost_at, reason="asterisk restarted")
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "phone_lost")
    assert [due.started_at for due in queries.open_wrap_ups(desk.session, desk.olena.id)] == [lost_at]
    with pytest.raises(Conflict):
        service.go_ready(desk.session, desk.olena)
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.UNRESOLVED, topic=None, note="")
    service.go_ready(desk.session, desk.olena)
    desk.told_late(CallLost, call, lost_at, reason="asterisk restarted")
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)


def test_who_lost_the_caller_to_the_queue_before_the_call_was_lost_owes_no_result(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena, "lost")
    desk.tells(CallerRequeued, call, queue=desk.queue)
    desk.tells(CallerJoinedQueue, call, queue=desk.queue, position=1)
    desk.tells(CallLost, call, reason="asterisk restarted")
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)


def test_an_event_that_fits_no_state_is_passed_over(desk: Desk):
    call = call_id()
    answers(desk, call, desk.olena)  # nobody is on a shift
    desk.comes_ready(desk.olena)
    desk.tells(CallResumed, call, agent=phone_of(desk.olena))
    desk.tells(AgentDidNotAnswer, call, agent="PJSIP/visitor01", queue=desk.queue, rang=ZERO)
    assert desk.state(desk.olena) == AgentStateName.READY


def test_desks_are_told_of_the_offer(desk: Desk, told):
    desk.comes_ready(desk.olena)
    told.clear()
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    channel = f"desk:{desk.olena.id}"
    assert (channel, {"kind": "offer", "call": str(call), "queue": desk.queue}) in told
    since = desk.since(desk.olena)
    assert (channel, {"kind": "state", "since": since.isoformat()}) in told, "a page that has it need not ask"


def test_the_day_counts_talks_not_holds(desk: Desk):
    start = desk.clock
    desk.comes_ready(desk.olena)
    for _ in range(2):
        call = call_id()
        answers(desk, call, desk.olena)
        desk.tells(CallHeld, call, agent=phone_of(desk.olena))
        desk.tells(CallResumed, call, agent=phone_of(desk.olena))
        leaves(desk, call, desk.olena)
        service.finish_wrap_up(desk.session, desk.olena, call, result=Result.SETTLED, topic=None, note="")
    day = queries.day_of(desk.session, desk.olena.id, start)
    assert day.calls == 2
    assert day.talked == timedelta(seconds=6), "three seconds each, the hold is part of the talk"


def test_events_of_an_earlier_shift_do_not_move_the_present_one(desk: Desk):
    """The reader stood still over the end of a shift: what it missed is not what the agent does now."""
    desk.comes_ready(desk.olena)
    shift = queries.open_shift(desk.session, desk.olena.id)
    assert shift is not None
    shift.started_at = desk.clock - timedelta(hours=3)
    service.end_shift(desk.session, desk.olena)
    shift.ended_at = desk.clock - timedelta(hours=1)
    desk.comes_ready(desk.olena)
    call, unanswered = call_id(), call_id()
    past = desk.clock - timedelta(hours=2)
    desk.told_late(AgentOffered, call, past, agent=phone_of(desk.olena), queue=desk.queue)
    assert desk.state(desk.olena) == AgentStateName.READY
    desk.told_late(AgentAnswered, call, past, agent=phone_of(desk.olena), queue=desk.queue, waited=ZERO, rang=ZERO)
    desk.told_late(AgentLeftTalk, call, past, agent=phone_of(desk.olena), talked=ZERO, ended_by="caller")
    desk.told_late(AgentOffered, unanswered, past, agent=phone_of(desk.olena), queue=desk.queue)
    assert desk.state(desk.olena) == AgentStateName.READY
    (owed,) = queries.open_wrap_ups(desk.session, desk.olena.id)
    assert (owed.call, owed.started_at) == (call, past), "the talk of that shift still lacks its result"


def test_a_talk_outside_every_shift_owes_nothing(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.told_late(
        AgentLeftTalk,
        call_id(),
        desk.clock - timedelta(days=1),
        agent=phone_of(desk.olena),
        talked=ZERO,
        ended_by="caller",
    )
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)


def test_a_reader_that_begins_anew_leaves_the_agent_where_they_are(desk: Desk):
    desk.comes_ready(desk.olena)
    shift = queries.open_shift(desk.session, desk.olena.id)
    assert shift is not None
    shift.started_at = desk.clock - timedelta(hours=3)
    past, call = desk.clock - timedelta(hours=2), call_id()
    answers(desk, call, desk.olena)
    leaves(desk, call, desk.olena)
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.SETTLED, topic=None, note="")
    desk.told_late(AgentOffered, call, past, agent=phone_of(desk.olena), queue=desk.queue)
    desk.told_late(AgentAnswered, call, past, agent=phone_of(desk.olena), queue=desk.queue, waited=ZERO, rang=ZERO)
    desk.told_late(AgentLeftTalk, call, past, agent=phone_of(desk.olena), talked=ZERO, ended_by="caller")
    assert desk.state(desk.olena) == AgentStateName.READY
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)
