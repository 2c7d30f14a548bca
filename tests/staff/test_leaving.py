"""Leaving the desk for good, whatever one was doing."""

from datetime import timedelta

from sqlalchemy import select

from acd import queries, service
from acd.model import AgentStateName
from acd.tables import AgentCommand
from calls.events import AgentAnswered, AgentOffered
from tests.acd.conftest import Desk, call_id, desk, phone_of, told

__all__ = ["desk", "told"]


def test_a_talk_is_taken_away_and_its_caller_goes_to_the_queue(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=desk.queue)
    none = timedelta(0)
    desk.tells(AgentAnswered, call, agent=phone_of(desk.olena), queue=desk.queue, waited=none, rang=none)
    assert desk.state(desk.olena) is AgentStateName.TALKING
    service.leave(desk.session, desk.olena.id)
    desk.session.flush()
    assert desk.state(desk.olena) is AgentStateName.OFFLINE
    assert queries.open_shift(desk.session, desk.olena.id) is None
    (command,) = desk.session.scalars(select(AgentCommand)).all()
    assert (command.deed, command.call, command.person_id) == ("requeue", call, desk.olena.id)


def test_a_phone_that_rings_is_left(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.tells(AgentOffered, call_id(), agent=phone_of(desk.olena), queue=desk.queue)
    service.leave(desk.session, desk.olena.id)
    assert desk.state(desk.olena) is AgentStateName.OFFLINE


def test_whoever_has_no_shift_leaves_nothing(desk: Desk):
    service.leave(desk.session, desk.andrii.id)
    assert desk.state(desk.andrii) is AgentStateName.OFFLINE
