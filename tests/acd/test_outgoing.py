"""An agent calls a citizen: no call is offered meanwhile, and whoever reached nobody goes on with what they did."""

from datetime import timedelta

from acd import members, queries, service
from acd.model import AgentStateName, Result
from calls.events import AgentJoinedTalk, AgentLeftTalk, CallEnded, CallHeld, CallPlaced
from calls.model import Language, Source
from tests.acd.conftest import Desk, call_id, phone_of

NUMBER = "+380671112233"


def calls_out(desk: Desk, call) -> None:
    """Olena calls a citizen."""
    about = {"organisation": desk.organisation.id, "caller": NUMBER, "dialled": "1580", "source": Source.TRUNK}
    desk.tells(CallPlaced, call, agent=phone_of(desk.olena), language=Language.UKRAINIAN, **about)


def is_over(desk: Desk, call) -> None:
    """The citizen's channel is gone."""
    desk.tells(CallEnded, call, cause=16, by_caller=True)


def test_a_call_to_a_citizen_from_dialling_to_wrap_up(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    calls_out(desk, call)
    assert desk.state(desk.olena) == AgentStateName.DIALLING
    places = members.desired(desk.session, [desk.olena.id]).values()
    assert places
    assert all(member.paused for member in places), "nobody is offered a call while they dial"
    desk.tells(AgentJoinedTalk, call, agent=phone_of(desk.olena))
    assert desk.state(desk.olena) == AgentStateName.TALKING
    desk.tells(AgentLeftTalk, call, agent=phone_of(desk.olena), talked=timedelta(0), ended_by="agent")
    is_over(desk, call)
    assert desk.state(desk.olena) == AgentStateName.WRAP_UP
    service.finish_wrap_up(desk.session, desk.olena, call, result=Result.SETTLED, topic=None, note="")
    assert desk.state(desk.olena) == AgentStateName.READY


def test_who_reached_nobody_goes_on_with_what_they_did(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    calls_out(desk, call)
    is_over(desk, call)
    assert desk.state(desk.olena) == AgentStateName.READY
    assert not queries.open_wrap_ups(desk.session, desk.olena.id)
    service.pause(desk.session, desk.olena, "lunch")
    call = call_id()
    calls_out(desk, call)
    is_over(desk, call)
    assert (desk.state(desk.olena), desk.reason(desk.olena)) == (AgentStateName.PAUSED, "lunch")


def test_whom_an_agent_calls_during_a_talk_is_no_talk_of_their_own(desk: Desk):
    desk.comes_ready(desk.olena)
    first, second = call_id(), call_id()
    calls_out(desk, first)
    desk.tells(AgentJoinedTalk, first, agent=phone_of(desk.olena))
    desk.tells(CallHeld, first, agent=phone_of(desk.olena))
    calls_out(desk, second)
    desk.tells(AgentJoinedTalk, second, agent=phone_of(desk.olena))
    is_over(desk, second)
    assert desk.state(desk.olena) == AgentStateName.HOLD
    period = queries.current_state(desk.session, desk.olena.id)
    assert period is not None
    assert period.call == first


def test_who_loses_the_right_while_dialling_leaves(desk: Desk):
    desk.comes_ready(desk.olena)
    calls_out(desk, call_id())
    service.leave(desk.session, desk.olena.id)
    assert desk.state(desk.olena) == AgentStateName.OFFLINE
