"""Who is not reached is escalated; what is closed by hand can be opened again."""

from datetime import UTC, datetime, timedelta

import pytest

from acd.callbacks import clocks, service
from acd.callbacks.model import Hindrance, State
from acd.callbacks.service import Hindered
from acd.model import AgentStateName
from tests.acd.callbacks.conftest import Owing


def test_who_is_not_reached_by_the_deadline_is_escalated(owing: Owing):
    owing.gives_up()
    assert clocks.escalate_overdue(owing.session) == 0
    owing.the_owed().deadline_at = datetime.now(UTC) - timedelta(seconds=1)
    owing.session.flush()
    assert clocks.escalate_overdue(owing.session) == 1
    assert owing.the_owed().state == State.ESCALATED


def test_closed_by_hand_it_can_be_opened_again(owing: Owing):
    owing.gives_up()
    owed = owing.the_owed()
    service.settle(owing.session, owing.desk.olena, owed.id, "called from my own phone")
    assert (owed.state, owed.note, owed.person_id) == (
        State.CALLED_BACK,
        "called from my own phone",
        owing.desk.olena.id,
    )
    service.reopen(owing.session, owing.desk.andrii, owed.id)
    assert (owed.state, owed.note, owed.closed_at) == (State.WAITING, "", None)


def test_one_is_not_opened_beside_another(owing: Owing):
    owing.gives_up(ago=timedelta(minutes=9))
    first = owing.the_owed()
    service.escalate(owing.session, owing.desk.olena, first.id, "")
    owing.gives_up()
    with pytest.raises(Hindered) as hindered:
        service.reopen(owing.session, owing.desk.olena, first.id)
    assert hindered.value.why is Hindrance.ANOTHER_OPEN


def test_what_a_phone_calls_just_now_is_not_closed_by_hand(owing: Owing):
    owing.asks()
    owing.dials()
    with pytest.raises(Hindered):
        service.settle(owing.session, owing.desk.andrii, owing.the_owed().id, "")


def test_somebody_elses_offer_closed_lets_the_agent_go_on(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    service.escalate(owing.session, owing.desk.andrii, owing.the_owed().id, "knows the mayor")
    assert clocks.let_go_stranded(owing.session) == 1
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY
