"""Shifts: one place at a time, a secret that lives as long, a lost call that goes back to the queue."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from acd import commands, queries, service
from acd.model import AgentStateName, Result
from acd.tables import AgentCommand, AgentState, Shift, WrapUp
from calls.events import CallEnded
from db import EVERY_ORGANISATION, Conflict, transaction
from tests.acd.conftest import SEAT, Desk, answers, call_id
from tests.centre import Centre
from tests.town.waiting import wait_for


def test_a_reload_keeps_the_phone(desk: Desk):
    first = service.start_shift(desk.session, desk.olena, SEAT)
    secret = first.phone_secret
    again = service.start_shift(desk.session, desk.olena, SEAT)
    assert again is first
    assert again.phone_secret == secret


def test_another_place_takes_the_phone_and_the_old_one_is_told(desk: Desk, told):
    secret = service.start_shift(desk.session, desk.olena, SEAT).phone_secret
    moved = service.start_shift(desk.session, desk.olena, "the-other-seat")
    assert moved.phone_secret != secret
    assert (f"desk:{desk.olena.id}", {"kind": "moved", "seat": "the-other-seat"}) in told
    assert not service.seen(desk.session, desk.olena, SEAT)
    assert service.seen(desk.session, desk.olena, "the-other-seat")


def test_a_phone_in_a_call_is_not_taken_away(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.phone_is(desk.olena, reachable=True)
    answers(desk, call_id(), desk.olena)
    with pytest.raises(Conflict):
        service.start_shift(desk.session, desk.olena, "the-other-seat")
    with pytest.raises(Conflict):
        service.end_shift(desk.session, desk.olena)


def test_who_comes_to_another_place_after_the_phone_went_sends_the_caller_back_at_once(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.phone_is(desk.olena, reachable=True)
    call = call_id()
    answers(desk, call, desk.olena)
    desk.phone_is(desk.olena, reachable=False)
    assert service.start_shift(desk.session, desk.olena, "the-other-seat").seat == "the-other-seat"
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "phone_lost")
    (command,) = commands.open_commands(desk.session)
    assert (command.deed, command.call) == ("requeue", call)


def test_a_secret_is_new_in_each_shift(desk: Desk):
    secret = service.start_shift(desk.session, desk.olena, SEAT).phone_secret
    service.end_shift(desk.session, desk.olena)
    assert desk.state(desk.olena) == AgentStateName.OFFLINE
    assert service.start_shift(desk.session, desk.olena, SEAT).phone_secret != secret


def test_the_database_allows_one_open_shift(desk: Desk):
    service.start_shift(desk.session, desk.olena, SEAT)
    desk.session.add(
        Shift(organisation_id=desk.organisation.id, person_id=desk.olena.id, phone_secret="x" * 20, seat="second-seat")
    )
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.flush()


def test_a_call_lost_by_a_reload_is_asked_back_once(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    answers(desk, call, desk.olena)
    assert service.lost_call(desk.session, desk.olena, call)
    assert not service.lost_call(desk.session, desk.olena, call), "asked twice, done once"
    (command,) = commands.open_commands(desk.session)
    assert (command.deed, command.call) == ("requeue", call)
    commands.done(command, "requeued")
    desk.session.flush()
    assert not commands.open_commands(desk.session)
    assert desk.reason(desk.olena) == "phone_lost"


def test_a_call_can_be_lost_again_after_it_came_back(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    for _ in range(2):
        service.go_ready(desk.session, desk.olena)
        answers(desk, call, desk.olena)
        assert service.lost_call(desk.session, desk.olena, call)
        for command in commands.open_commands(desk.session):
            commands.done(command, "requeued")
    assert len(desk.session.scalars(select(AgentCommand).where(AgentCommand.call == call)).all()) == 2


def test_somebody_elses_call_is_not_lost(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = call_id()
    answers(desk, call, desk.olena)
    assert not service.lost_call(desk.session, desk.andrii, call)
    assert not commands.open_commands(desk.session)


def test_an_old_wish_is_too_late():
    now = datetime.now(UTC)
    assert not commands.too_late(AgentCommand(deed="requeue", asked_at=now))
    assert commands.too_late(AgentCommand(deed="requeue", asked_at=now - timedelta(minutes=3)))
    late = now - timedelta(seconds=15)
    assert commands.too_late(AgentCommand(deed="pause_recording", asked_at=late)), "the agent went on without it"
    assert not commands.too_late(AgentCommand(deed="resume_recording", asked_at=late))


def test_a_silent_page_pauses_and_a_forgotten_shift_ends(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    olena = service.start_shift(desk.session, desk.olena, SEAT)
    olena.seen_at = datetime.now(UTC) - timedelta(minutes=2)
    assert service.settle_silent_shifts(desk.session) == (1, 0)
    assert desk.reason(desk.olena) == "not_seen"
    assert desk.state(desk.andrii) == AgentStateName.READY
    olena.seen_at = datetime.now(UTC) - timedelta(hours=3)
    assert service.settle_silent_shifts(desk.session) == (0, 1)
    assert olena.ended_at is not None
    assert desk.state(desk.olena) == AgentStateName.OFFLINE


def left_behind(desk: Desk) -> tuple[Shift, datetime]:
    """Olena's page went three hours ago, a minute after a talk, and the wrap-up of that talk is open."""
    desk.comes_ready(desk.olena)
    shift = service.start_shift(desk.session, desk.olena, SEAT)
    call, ago = call_id(), datetime.now(UTC) - timedelta(hours=3)
    answers(desk, call, desk.olena)
    desk.tells(CallEnded, call, cause=16, by_caller=True)
    for period in desk.session.scalars(select(AgentState).where(AgentState.person_id == desk.olena.id)):
        period.since, period.until = ago, ago if period.until else None
    shift.started_at, shift.seen_at = ago, ago + timedelta(minutes=1)
    desk.session.flush()
    return shift, ago


def test_a_wrap_up_that_was_left_behind_counts_until_the_page_went(desk: Desk):
    shift, ago = left_behind(desk)
    assert service.settle_silent_shifts(desk.session) == (0, 1)
    assert shift.ended_at == shift.seen_at
    assert queries.day_of(desk.session, desk.olena.id, ago).wrap_up == timedelta(minutes=1)


def test_who_comes_back_before_a_shift_left_behind_was_ended_begins_another(desk: Desk):
    """The product was away as well: nothing had ended the shift."""
    shift, ago = left_behind(desk)
    again = service.start_shift(desk.session, desk.olena, "another-seat")
    assert (again.id != shift.id, shift.ended_at) == (True, shift.seen_at)
    assert queries.day_of(desk.session, desk.olena.id, ago).wrap_up == timedelta(minutes=1)
    assert queries.open_wrap_ups(desk.session, desk.olena.id)


def test_a_shift_that_changes_just_now_is_not_settled(centre: Centre):
    """The page's sign of life and the sweep do not wait for each other, nor does the sweep decide on old news."""
    olena = centre.people["olena"]
    with transaction(EVERY_ORGANISATION) as session:
        shift = service.start_shift(session, olena, SEAT)
        service.go_ready(session, olena)
        shift.seen_at = datetime.now(UTC) - timedelta(minutes=2)
    with transaction(EVERY_ORGANISATION) as desk:
        queries.open_shift(desk, olena.id, lock=True)
        with transaction(EVERY_ORGANISATION) as sweep:
            assert service.settle_silent_shifts(sweep) == (0, 0)
    with transaction(EVERY_ORGANISATION) as sweep:
        assert service.settle_silent_shifts(sweep) == (1, 0)


def test_two_pages_that_begin_the_first_shift_at_once_come_to_the_one_shift(centre: Centre, database: Engine):
    """The second page has the phone, as if it had come a moment later."""
    olena = centre.people["olena"]
    begun: list[int] = []

    def begin() -> None:
        with transaction(EVERY_ORGANISATION) as session:
            begun.append(service.start_shift(session, olena, "the-other-seat").id)

    second = threading.Thread(target=begin)
    with transaction(EVERY_ORGANISATION) as session:
        begun.append(service.start_shift(session, olena, SEAT).id)
        second.start()
        wait_for("the second to wait", lambda: _somebody_waits(database))
    second.join(10)
    with transaction(EVERY_ORGANISATION) as session:
        (shift,) = session.scalars(select(Shift))
        assert (begun, shift.seat) == ([shift.id, shift.id], "the-other-seat")
        period = queries.current_state(session, olena.id)
        assert period is not None
        assert period.name is AgentStateName.PAUSED


def test_of_two_results_at_once_the_first_stays(centre: Centre, database: Engine):
    olena, call = centre.people["olena"], call_id()
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            WrapUp(
                organisation_id=olena.organisation_id,
                call=call,
                person_id=olena.id,
                started_at=now,
                due_at=now,
            )
        )

    def say(result: Result) -> None:
        with transaction(EVERY_ORGANISATION) as session:
            service.finish_wrap_up(session, olena, call, result=result, topic=None, note="")

    second = threading.Thread(target=say, args=[Result.DISPUTED])
    with transaction(EVERY_ORGANISATION) as session:
        service.finish_wrap_up(session, olena, call, result=Result.SETTLED, topic=None, note="")
        second.start()
        wait_for("the second to wait", lambda: _somebody_waits(database))
    second.join(10)
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(WrapUp.result).where(WrapUp.call == call)) == Result.SETTLED


def _somebody_waits(database: Engine) -> bool:
    with database.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_a_talk_outlives_a_silent_page(desk: Desk):
    desk.comes_ready(desk.olena)
    answers(desk, call_id(), desk.olena)
    shift = desk.session.scalars(select(Shift).where(Shift.person_id == desk.olena.id)).one()
    shift.seen_at = datetime.now(UTC) - timedelta(hours=3)
    assert service.settle_silent_shifts(desk.session) == (0, 0)
    assert desk.state(desk.olena) == AgentStateName.TALKING
