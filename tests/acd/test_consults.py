"""An agent who is asked by a colleague: offered no call meanwhile, and back at work afterwards."""

from sqlalchemy import func, select

from acd import members, queries, service
from acd.desk import state_of
from acd.model import AgentStateName, Result
from acd.tables import AgentCommand
from calls.events import (
    AgentJoinedTalk,
    CallEnded,
    CallHeld,
    ConferenceBegan,
    ConferenceEnded,
    ConsultEnded,
    ConsultStarted,
)
from tests.acd.conftest import Desk, answers, call_id, leaves, phone_of


def consults(desk: Desk, call, kind=ConsultStarted) -> None:
    """Olena, who talks with a caller, asks Andrii; or the two part."""
    desk.tells(kind, call, agent=phone_of(desk.olena), to=phone_of(desk.andrii))


def asked_by_olena(desk: Desk):
    """Andrii is asked about the call that Olena has on hold."""
    call = call_id()
    answers(desk, call, desk.olena)
    desk.tells(CallHeld, call, agent=phone_of(desk.olena))
    consults(desk, call)
    return call


def test_whoever_is_asked_by_a_colleague_is_offered_no_call(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = asked_by_olena(desk)
    assert (desk.state(desk.olena), desk.state(desk.andrii)) == (AgentStateName.HOLD, AgentStateName.CONSULTING)
    wanted = members.desired(desk.session)
    assert {(member.agent, member.reason) for member in wanted.values() if member.paused} == {
        (phone_of(desk.olena), "busy"),
        (phone_of(desk.andrii), "busy"),
    }
    shown = {each.person.login: each.state for each in queries.colleagues(desk.session, but=0)}
    assert "ready" not in shown.values()
    consults(desk, call, ConsultEnded)
    assert desk.state(desk.andrii) == AgentStateName.READY


def test_whoever_is_asked_knows_whether_the_caller_hears(desk: Desk, told):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = asked_by_olena(desk)
    both = {"agent": phone_of(desk.olena), "to": phone_of(desk.andrii)}
    nudge = (f"desk:{desk.andrii.id}", {"kind": "state"})
    assert (hears(desk, desk.olena), hears(desk, desk.andrii)) == (None, False)
    for kind, together in ((ConferenceBegan, True), (ConferenceEnded, False), (ConferenceBegan, True)):
        told.clear()
        desk.tells(kind, call, **both)
        assert nudge in told, "the desk of who is asked hears of it only with its next sign of life"
        assert (hears(desk, desk.olena), hears(desk, desk.andrii)) == (None, together)
    consults(desk, call, ConsultEnded)
    consults(desk, call)
    assert hears(desk, desk.andrii) is False, "another consult about the same caller begins without them"
    desk.tells(AgentJoinedTalk, call, agent=phone_of(desk.andrii))
    assert hears(desk, desk.andrii) is None, "the caller is theirs"


def hears(desk: Desk, who) -> bool | None:
    """What the desk says of the caller to whoever is asked."""
    return state_of(desk.session, who)["caller_hears"]


def test_after_a_consult_the_work_goes_on_as_before(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    service.pause(desk.session, desk.andrii, "lunch")
    consults(desk, asked_by_olena(desk), ConsultEnded)
    assert (desk.state(desk.andrii), desk.reason(desk.andrii)) == (AgentStateName.PAUSED, "lunch")


def test_a_wrap_up_waits_for_the_end_of_a_consult(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    earlier = call_id()
    answers(desk, earlier, desk.andrii)
    leaves(desk, earlier, desk.andrii)
    call = asked_by_olena(desk)
    consults(desk, call, ConsultEnded)
    assert desk.state(desk.andrii) == AgentStateName.WRAP_UP
    consults(desk, call)
    service.finish_wrap_up(desk.session, desk.andrii, earlier, result=Result.EXPLAINED, topic=None, note="")
    assert desk.state(desk.andrii) == AgentStateName.CONSULTING
    consults(desk, call, ConsultEnded)
    assert desk.state(desk.andrii) == AgentStateName.READY


def test_a_pause_asked_for_in_a_consult_begins_after_it(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = asked_by_olena(desk)
    service.pause(desk.session, desk.andrii, "lunch")
    assert desk.state(desk.andrii) == AgentStateName.CONSULTING
    consults(desk, call, ConsultEnded)
    assert (desk.state(desk.andrii), desk.reason(desk.andrii)) == (AgentStateName.PAUSED, "lunch")


def test_who_takes_the_caller_over_after_the_consult_talks(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = asked_by_olena(desk)
    desk.tells(AgentJoinedTalk, call, agent=phone_of(desk.andrii))
    consults(desk, call, ConsultEnded)
    assert desk.state(desk.andrii) == AgentStateName.TALKING
    leaves(desk, call, desk.andrii)
    assert desk.state(desk.andrii) == AgentStateName.WRAP_UP


def test_a_consult_ends_with_its_call(desk: Desk):
    """The listener may not have seen the colleagues part: it was away."""
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    call = asked_by_olena(desk)
    desk.tells(CallEnded, call, cause=16, by_caller=True)
    assert (desk.state(desk.olena), desk.state(desk.andrii)) == (AgentStateName.WRAP_UP, AgentStateName.READY)


def test_whoever_may_no_longer_work_leaves_a_consult_and_no_caller(desk: Desk):
    desk.comes_ready(desk.olena)
    desk.comes_ready(desk.andrii)
    asked_by_olena(desk)
    service.leave(desk.session, desk.andrii.id)
    assert desk.state(desk.andrii) == AgentStateName.OFFLINE
    assert desk.session.scalar(select(func.count()).select_from(AgentCommand)) == 0, "Olena's caller was sent away"
