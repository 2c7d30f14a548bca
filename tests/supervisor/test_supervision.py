"""Leave to take part in a talk: who gets it, how it ends, what is written down, what the agent is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from acd import queries as desks
from acd import service as shifts
from acd.model import AgentStateName, OwnPause, Result
from calls.events import (
    AgentAnswered,
    AgentLeftTalk,
    AgentOffered,
    CallEnded,
    CallerRequeued,
    SupervisorJoined,
    SupervisorLeft,
)
from calls.journal import Recorded
from calls.model import CallId, NodeName
from db import Conflict
from staff.model import Role
from staff.tables import Audit, Person
from supervisor.supervision import queries, reader, service
from supervisor.supervision.model import Cause, Mode, Outcome, Purpose
from supervisor.supervision.tables import Supervision
from tests.acd.conftest import Desk, call_id, phone_of
from tests.centre import person


@pytest.fixture
def iryna(session: Session, desk: Desk) -> Person:
    """A supervisor with a phone at the board."""
    iryna = person(session, desk.organisation, "iryna", Role.SUPERVISOR)
    service.lend_phone(session, iryna)
    return iryna


def test_leave_is_given_for_a_talk_only(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    with pytest.raises(Conflict):
        _listens(session, desk, iryna)
    call = _olena_talks(desk)
    row = _listens(session, desk, iryna)
    assert (row.call, row.wished, row.shown) == (call, True, True)
    assert timedelta(minutes=14) < row.until - datetime.now(UTC) <= timedelta(minutes=15)
    assert _deeds(session) == [("supervision.listen", f"person:{desk.olena.id}", "quality")]


def test_without_a_phone_there_is_no_leave(session: Session, desk: Desk) -> None:
    andrii = desk.andrii
    desk.comes_ready(desk.olena)
    _olena_talks(desk)
    with pytest.raises(Conflict):
        service.begin(session, desk.olena, Mode.LISTEN, Purpose.QUALITY, "", by=andrii)


def test_nobody_is_in_two_talks(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    _olena_talks(desk)
    first = _listens(session, desk, iryna)
    second = _listens(session, desk, iryna)
    assert (first.outcome, second.outcome) == (Outcome.OVER, None)


def test_another_mode_is_wished_and_written_down(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    row = _listens(session, desk, iryna)
    with pytest.raises(Conflict):
        service.change_mode(session, row, Mode.WHISPER, by=iryna)
    _joined(session, desk, row, call, Mode.LISTEN)
    row.wished = False
    service.change_mode(session, row, Mode.WHISPER, by=iryna)
    assert (row.mode, row.wished) == ("whisper", True)
    assert [deed for deed, _, _ in _deeds(session)] == ["supervision.listen", "supervision.whisper"]


def test_the_agent_is_shown_it_where_the_organisation_says_so(
    session: Session, desk: Desk, iryna: Person, told: list[tuple[str, dict[str, Any]]]
) -> None:
    desk.comes_ready(desk.olena)
    for shown in (True, False):
        service.change_rules(session, shown=shown, limit=timedelta(minutes=5), by=iryna)
        call = _olena_talks(desk)
        row = _listens(session, desk, iryna)
        told.clear()
        _joined(session, desk, row, call, Mode.LISTEN)
        assert ((f"desk:{desk.olena.id}", {"kind": "supervised"}) in told) is shown
        assert [each.shown for each in queries.beside(session, agent=desk.olena.id)] == [shown]
        desk.tells(CallEnded, call, cause=16, by_caller=True)
        _finishes(session, desk, call)


def test_it_ends_with_the_call_and_how_long_it_was_is_written_down(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    row = _listens(session, desk, iryna)
    _joined(session, desk, row, call, Mode.LISTEN)
    _reads(
        session,
        desk,
        SupervisorLeft(at=desk.clock + timedelta(seconds=9), agent=phone_of(desk.olena), supervision=row.id),
    )
    assert row.outcome == Outcome.OVER
    ended = session.scalars(select(Audit).where(Audit.deed == "supervision.ended")).one()
    assert ended.details["seconds"] == "9"


def test_a_take_over_that_the_supervisors_phone_misses_is_over(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    row = service.begin(session, desk.olena, Mode.TAKE_OVER, Purpose.HELP, "", by=iryna)
    _reads(session, desk, CallerRequeued(call=call, at=desk.clock, queue=desk.queue))
    assert row.outcome == Outcome.NOT_ANSWERED


def test_whoever_has_taken_over_a_caller_gets_no_leave_for_another_talk(
    session: Session, desk: Desk, iryna: Person
) -> None:
    """Else the citizen is hung up or back in the queue, and nobody had asked."""
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    taken = service.begin(session, desk.olena, Mode.TAKE_OVER, Purpose.HELP, "", by=iryna)
    taken.wished = False  # Asterisk was asked
    desk.comes_ready(desk.andrii)
    talks = call_id()
    desk.tells(AgentOffered, talks, agent=phone_of(desk.andrii), queue=desk.queue)
    desk.tells(
        AgentAnswered, talks, agent=phone_of(desk.andrii), queue=desk.queue, waited=timedelta(0), rang=timedelta(0)
    )
    for mode in Mode:
        with pytest.raises(service.HasACaller):
            service.begin(session, desk.andrii, mode, Purpose.QUALITY, "", by=iryna)
    with pytest.raises(service.HasACaller):
        service.lend_phone(session, iryna)
    assert (taken.ended_at, taken.wished) == (None, False)
    _reads(session, desk, CallEnded(at=desk.clock, call=call, cause=16, by_caller=True))
    assert service.begin(session, desk.andrii, Mode.LISTEN, Purpose.QUALITY, "", by=iryna).ended_at is None


def test_a_mode_that_asterisk_lost_is_asked_for_again(session: Session, desk: Desk, iryna: Person) -> None:
    """A redirect that meets a channel still on its way to the place of the last one does nothing."""
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    row = _listens(session, desk, iryna)
    _joined(session, desk, row, call, Mode.LISTEN)
    for mode in (Mode.WHISPER, Mode.BARGE):
        service.change_mode(session, row, mode, by=iryna)
        row.wished = False  # Asterisk was asked
    _joined(session, desk, row, call, Mode.WHISPER)
    assert (row.mode, row.wished) == (Mode.BARGE, True)
    row.wished = False
    _joined(session, desk, row, call, Mode.BARGE)
    assert (row.mode, row.wished) == (Mode.BARGE, False)


def test_a_pause_by_a_supervisor_waits_for_the_wrap_up(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    service.pause_agent(session, desk.olena, cause=Cause.LOAD, note="", by=iryna)
    assert desk.state(desk.olena) is AgentStateName.TALKING
    _hangs_up(desk, call)
    assert desk.state(desk.olena) is AgentStateName.WRAP_UP
    _finishes(session, desk, call)
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, OwnPause.BY_SUPERVISOR)


def test_a_sign_out_by_a_supervisor_waits_for_the_wrap_up(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    call = _olena_talks(desk)
    service.sign_out_agent(session, desk.olena, cause=Cause.REST, note="", by=iryna)
    shifts.go_ready(session, desk.olena)  # does not take it back
    _hangs_up(desk, call)
    assert desks.open_shift(session, desk.olena.id) is not None
    _finishes(session, desk, call)
    assert desks.open_shift(session, desk.olena.id) is None
    assert desk.state(desk.olena) is AgentStateName.OFFLINE


def test_a_ready_agent_is_signed_out_at_once(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    service.sign_out_agent(session, desk.olena, cause=Cause.OTHER, note=" забула вийти ", by=iryna)
    assert desks.open_shift(session, desk.olena.id) is None
    said = session.scalars(select(Audit).where(Audit.deed == "agent.signed_out")).one()
    assert said.details == {"purpose": "other", "note": "забула вийти"}


def test_a_message_stays_until_it_is_read(session: Session, desk: Desk, iryna: Person) -> None:
    message = service.send_message(
        session, desk.olena, "  Say the address twice ", cause=Cause.GUIDANCE, note="", by=iryna
    )
    assert [(it.text, name) for it, name in queries.unread(session, desk.olena.id)] == [
        ("Say the address twice", iryna.name)
    ]
    service.read_message(session, message)
    assert queries.unread(session, desk.olena.id) == []


def test_directions_stand_in_the_log_the_latest_first(session: Session, desk: Desk, iryna: Person) -> None:
    desk.comes_ready(desk.olena)
    service.send_message(session, desk.olena, "Drink some water", cause=Cause.GUIDANCE, note="", by=iryna)
    service.pause_agent(session, desk.olena, cause=Cause.REST, note="", by=iryna)
    latest, first = queries.directions(session, before=None, at_most=5)
    assert (latest.written.deed, latest.supervisor, latest.agent) == ("agent.paused", iryna.name, desk.olena.name)
    assert queries.directions(session, before=latest.written.id, at_most=5) == [first]
    assert first.written.details["purpose"] == Cause.GUIDANCE


def _listens(session: Session, desk: Desk, by: Person) -> Supervision:
    return service.begin(session, desk.olena, Mode.LISTEN, Purpose.QUALITY, "", by=by)


def _olena_talks(desk: Desk) -> CallId:
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    none = timedelta(0)
    desk.tells(AgentAnswered, call, agent=phone_of(desk.olena), queue=desk.queue, waited=none, rang=none)
    return call


def _hangs_up(desk: Desk, call: CallId) -> None:
    desk.tells(AgentLeftTalk, call, agent=phone_of(desk.olena), talked=timedelta(seconds=5), ended_by="caller")


def _finishes(session: Session, desk: Desk, call: CallId) -> None:
    shifts.finish_wrap_up(session, desk.olena, call, result=Result.EXPLAINED, topic=None, note="")


def _joined(session: Session, desk: Desk, row: Supervision, call: CallId, mode: Mode) -> None:
    event = SupervisorJoined(at=desk.clock, call=call, agent=phone_of(desk.olena), supervision=row.id, mode=mode.value)
    _reads(session, desk, event)


def _reads(session: Session, desk: Desk, event: Any) -> None:
    reader.read(session, [Recorded(NodeName("node1"), 1, desk.organisation.id, event)])
    session.flush()


def _deeds(session: Session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(Audit).where(Audit.deed.like("supervision.%")).order_by(Audit.id))
    return [(row.deed, row.subject, row.details["purpose"]) for row in rows]
