"""Membership and pauses: what PostgreSQL wants against what Asterisk has."""

import pytest

from acd import members, service
from acd.members import AddMember, ChangePenalty, Member, PauseMember, RemoveMember
from acd.tables import QueueMember
from calls.model import Interface, QueueName
from tests.acd.conftest import Desk, answers, call_id, leaves, phone_of

A, B = QueueName("khm-general"), QueueName("khm-water")
ONE, TWO = Interface("PJSIP/agent1"), Interface("PJSIP/agent2")


def member(queue: QueueName, agent: Interface, **more) -> Member:
    """A member ready for calls, unless told otherwise."""
    values = {"name": agent, "penalty": 0, "paused": False, "reason": ""} | more
    return Member(queue, agent, **values)


def places(*found: Member) -> dict[members.Place, Member]:
    """Members by place."""
    return {each.place: each for each in found}


@pytest.mark.parametrize(
    ("wanted", "actual", "steps"),
    [
        ([member(A, ONE)], [], [AddMember(member(A, ONE))]),
        ([], [member(A, ONE)], [RemoveMember(A, ONE)]),
        ([member(A, ONE)], [member(A, ONE)], []),
        ([member(A, ONE, penalty=3)], [member(A, ONE)], [ChangePenalty(A, ONE, 3)]),
        (
            [member(A, ONE, paused=True, reason="lunch"), member(B, ONE, paused=True, reason="lunch")],
            [member(A, ONE), member(B, ONE)],
            [PauseMember(None, ONE, True, "lunch")],
        ),
        (
            [member(A, ONE, paused=True, reason="lunch"), member(B, ONE, paused=True, reason="lunch")],
            [member(A, ONE, paused=True, reason="lunch"), member(B, ONE)],
            [PauseMember(B, ONE, True, "lunch")],
        ),
        ([member(A, ONE)], [member(A, ONE, paused=True, reason="wrap_up")], [PauseMember(None, ONE, False, "")]),
    ],
)
def test_the_difference_is_as_small_as_can_be(wanted, actual, steps):
    assert members.difference(places(*wanted), places(*actual)) == steps


@pytest.mark.parametrize("actual", [[], [member(A, TWO), member(A, ONE, paused=True, penalty=2, reason="x")]])
def test_the_steps_lead_to_what_is_wanted(actual):
    wanted = places(member(A, ONE), member(B, ONE, paused=True, reason="lunch"), member(B, TWO, penalty=1))
    now = places(*actual)
    for step in members.difference(wanted, now):
        now = members.after(now, step)
    assert now == wanted
    assert members.difference(wanted, now) == []


def test_one_agent_does_not_touch_the_others():
    actual = places(member(A, ONE), member(A, TWO))
    assert members.difference({}, actual, {ONE}) == [RemoveMember(A, ONE)]


def test_only_agents_on_a_shift_are_members(desk: Desk):
    assert members.desired(desk.session) == {}
    service.start_shift(desk.session, desk.olena, "a-seat-of-tests")
    found = members.desired(desk.session)
    assert {place[1] for place in found} == {phone_of(desk.olena)}
    assert {place[0] for place in found} == {A, B}
    assert all(each.paused and each.reason == "shift_begins" for each in found.values())
    service.end_shift(desk.session, desk.olena)
    assert members.desired(desk.session) == {}


def test_a_member_is_paused_in_talk_and_wrap_up(desk: Desk):
    """Asterisk would offer the next call in the moment of the hang-up; the wrap-up is ours, so the pause is too."""
    desk.comes_ready(desk.olena)
    place = (A, phone_of(desk.olena))
    assert not members.desired(desk.session)[place].paused
    call = call_id()
    answers(desk, call, desk.olena)
    talking = members.desired(desk.session)
    assert talking[place].paused
    assert talking[place].reason == "busy"
    leaves(desk, call, desk.olena)
    assert members.difference(members.desired(desk.session), talking) == [], "it goes on: Asterisk need not hear of it"


def test_only_the_pause_of_whoever_stays_is_looked_at(desk: Desk):
    """The short way comes to the same as the long one, in every queue of the agent and of nobody else."""
    desk.comes_ready(desk.olena)
    ready = members.desired(desk.session)
    answers(desk, call_id(), desk.olena)
    pauses = members.pauses(desk.session, [desk.olena.id, desk.andrii.id])
    assert pauses == {phone_of(desk.olena): "busy"}, "Andrii is on no shift"
    wanted = members.paused_as(pauses, ready | places(member(A, phone_of(desk.andrii))))
    assert wanted == members.desired(desk.session)
    assert members.difference(wanted, ready) == [PauseMember(None, phone_of(desk.olena), True, "busy")]


def test_penalties_come_from_the_database(desk: Desk):
    desk.comes_ready(desk.olena)
    row = desk.session.get(QueueMember, (desk.general.id, desk.olena.id))
    assert row is not None
    row.penalty = 5
    desk.session.flush()
    assert members.desired(desk.session, [desk.olena.id])[A, phone_of(desk.olena)].penalty == 5
