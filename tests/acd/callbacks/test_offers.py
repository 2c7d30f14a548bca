"""Owed calls are offered in turn: to one agent, of the right queue, at an hour when citizens may be rung."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from acd import service as desk_service
from acd.callbacks import clocks, offers
from acd.callbacks.model import Hindrance, State
from acd.callbacks.service import Hindered
from acd.model import AgentStateName
from calls import events
from tests.acd.callbacks.conftest import ALL_DAY, NUMBER, Owing
from tests.pages.statements import counted


def test_who_asked_gets_the_call_before_who_waits_shorter(owing: Owing):
    owing.asks(ago=timedelta(minutes=4))
    owing.waits("+380503334455", ago=timedelta(minutes=2))
    assert owing.ready(owing.desk.olena) is AgentStateName.PAUSED
    assert owing.desk.reason(owing.desk.olena) == "callback"
    offered = owing.is_offered(owing.desk.olena)
    assert offered is not None
    assert offered.number == NUMBER


def test_ready_pressed_twice_brings_one_call_to_return(owing: Owing):
    owing.asks(ago=timedelta(minutes=4))
    owing.asks("+380503334455", ago=timedelta(minutes=3))
    owing.ready(owing.desk.olena)
    assert owing.ready(owing.desk.olena) is AgentStateName.PAUSED
    owing.session.flush()
    offered = owing.is_offered(owing.desk.olena)
    assert offered is not None
    assert offered.number == NUMBER


def test_who_waits_longer_is_served_before_who_asked(owing: Owing):
    owing.asks(ago=timedelta(minutes=2))
    owing.waits("+380503334455", ago=timedelta(minutes=4))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    assert owing.is_offered(owing.desk.olena) is None


def test_who_gave_up_is_called_when_nobody_waits(owing: Owing):
    owing.gives_up(ago=timedelta(minutes=9))
    waiting, _ = owing.waits("+380503334455", ago=timedelta(minutes=1))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    owing.tells(events.CallEnded(call=waiting, at=datetime.now(UTC), cause=16, by_caller=True))
    assert clocks.offer_due(owing.session) == 1
    offered = owing.is_offered(owing.desk.olena)
    assert offered is not None
    assert offered.number == NUMBER


def test_who_asked_comes_before_who_gave_up(owing: Owing):
    owing.gives_up("+380509999999", ago=timedelta(minutes=9))
    owing.asks(ago=timedelta(minutes=2))
    owing.ready(owing.desk.olena)
    offered = owing.is_offered(owing.desk.olena)
    assert offered is not None
    assert offered.number == NUMBER


def test_it_is_offered_to_one_agent_and_only_of_its_queue(owing: Owing):
    owing.asks()
    owing.session.execute(text("DELETE FROM queue_member WHERE person_id = :olena"), {"olena": owing.desk.olena.id})
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    assert owing.ready(owing.desk.andrii) is AgentStateName.PAUSED
    assert owing.is_offered(owing.desk.olena) is None
    assert clocks.offer_due(owing.session) == 0


def test_a_number_that_calls_us_just_now_is_not_called(owing: Owing):
    owing.asks()
    owing.waits("0671112233", ago=timedelta(seconds=30))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    with pytest.raises(Hindered) as hindered:
        offers.take(owing.session, owing.desk.olena, owing.the_owed().id)
    assert hindered.value.why is Hindrance.ON_THE_LINE


def test_an_offer_given_back_goes_to_somebody_else(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    offers.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY
    assert clocks.offer_due(owing.session) == 0, "not to who gave it back just now"
    owing.ready(owing.desk.andrii)
    assert owing.is_offered(owing.desk.andrii) is not None


def test_an_offer_that_runs_out_is_taken_back_and_the_agent_is_paused(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    assert clocks.take_back_run_out(owing.session) == 0
    owing.the_owed().offered_until = datetime.now(UTC) - timedelta(seconds=1)
    owing.session.flush()
    assert clocks.take_back_run_out(owing.session) == 1
    assert owing.the_owed().state == State.WAITING
    assert owing.desk.reason(owing.desk.olena) == "callback_missed"


def test_in_quiet_hours_nobody_is_rung(owing: Owing):
    hour = datetime.now(UTC).astimezone(ZoneInfo(owing.desk.organisation.time_zone))
    early, late = (hour - timedelta(hours=2)).time(), (hour + timedelta(hours=2)).time()
    owing.gives_up()
    owing.rules(replace(ALL_DAY, quiet_from=early, quiet_until=late))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    assert owing.the_owed().due_at > datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(Hindered) as hindered:
        offers.take(owing.session, owing.desk.olena, owing.the_owed().id)
    assert hindered.value.why is Hindrance.QUIET


def test_without_a_line_out_nobody_is_offered_a_call_and_the_deadline_still_counts(owing: Owing):
    owing.asks()
    olena = owing.desk.olena
    owing.comes(olena)
    desk_service.go_ready(owing.session, olena, line_out=False)
    assert owing.desk.state(olena) is AgentStateName.READY
    assert clocks.offer_due(owing.session, line_out=False) == 0
    with pytest.raises(Hindered) as hindered:
        offers.take(owing.session, olena, owing.the_owed().id, line_out=False)
    assert hindered.value.why is Hindrance.NO_LINE_OUT
    owing.the_owed().deadline_at = datetime.now(UTC) - timedelta(seconds=1)
    owing.session.flush()
    assert clocks.escalate_overdue(owing.session) == 1
    assert owing.the_owed().state == State.ESCALATED


def test_a_round_asks_once_who_is_on_the_line_however_many_agents_are_idle(owing: Owing):
    owing.ready(owing.desk.olena)
    owing.ready(owing.desk.andrii)
    for number in ("+380671112233", "+380502223344"):
        owing.asks(number, ago=timedelta(minutes=9))
        owing.waits(number, ago=timedelta(seconds=30))
    with counted(owing.session.connection().engine) as statements:
        assert clocks.offer_due(owing.session) == 0
    assert len([each for each in statements if "SELECT call.caller" in each]) == 1
