"""An attempt ends as the journal says, and nobody's phone is dialled twice at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acd.callbacks import clocks, offers
from acd.callbacks.model import Hindrance, Outcome, State
from acd.callbacks.service import Hindered
from acd.model import AgentStateName
from calls import events, hearing
from run.settings import Settings
from tests.acd.callbacks.conftest import ALL_DAY, Owing
from web import facts


def test_the_citizen_answers_and_it_is_paid(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    call = owing.places(by=owing.desk.olena)
    assert owing.the_owed().state == State.DIALLING
    owing.is_reached(call, by=owing.desk.olena)
    owed = owing.the_owed()
    assert (owed.state, owed.person_id, attempt.outcome) == (
        State.CALLED_BACK,
        owing.desk.olena.id,
        Outcome.ANSWERED,
    )
    owing.ends(call, cause=16)
    assert owing.the_owed().state == State.CALLED_BACK


def test_pressed_twice_it_is_one_call(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    again = offers.accept(owing.session, owing.desk.olena, owing.the_owed().id)
    assert again is attempt


def test_of_two_agents_one_gets_it(owing: Owing):
    owing.asks()
    for agent in (owing.desk.olena, owing.desk.andrii):
        owing.comes(agent)
    owed = owing.the_owed()
    offers.take(owing.session, owing.desk.olena, owed.id)
    with pytest.raises(Hindered) as hindered:
        offers.take(owing.session, owing.desk.andrii, owed.id)
    assert hindered.value.why is Hindrance.TAKEN
    with pytest.raises(Hindered):
        offers.accept(owing.session, owing.desk.andrii, owed.id)
    assert owing.desk.state(owing.desk.andrii) is AgentStateName.PAUSED


def test_nobody_answers_and_it_is_tried_again_by_the_rules(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=19)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 1, Outcome.NO_ANSWER)
    assert timedelta(minutes=14) < owed.due_at - datetime.now(UTC) <= timedelta(minutes=15)
    assert clocks.let_go_stranded(owing.session) == 1
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY
    assert clocks.offer_due(owing.session) == 0, "not before its time"


def test_after_the_last_attempt_somebody_in_charge_decides(owing: Owing):
    owing.rules(replace(ALL_DAY, most_attempts=1))
    owing.asks()
    owing.dials()
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=19)
    assert owing.the_owed().state == State.ESCALATED


def test_our_own_fault_is_no_attempt(owing: Owing):
    owing.asks()
    owing.dials()
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=34)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts) == (State.WAITING, 0)


def test_a_page_that_goes_away_before_it_dials_leaves_the_task_open(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    assert clocks.take_back_silent(owing.session) == 0
    attempt.seen_at = datetime.now(UTC) - timedelta(minutes=2)
    owing.session.flush()
    assert clocks.take_back_silent(owing.session) == 1
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 0, Outcome.NEVER_DIALLED)


def test_what_asterisk_has_is_never_dialled_a_second_time(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    call = owing.places(by=owing.desk.olena)
    attempt.seen_at = datetime.now(UTC) - timedelta(hours=1)
    owing.session.flush()
    assert clocks.take_back_silent(owing.session) == 0
    offers.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.the_owed().state == State.DIALLING
    owing.tells(events.CallLost(call=call, at=datetime.now(UTC), reason="listener ended"))
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 0, Outcome.NO_LINE)


@pytest.mark.parametrize(
    ("linked", "said", "since", "known"),
    [(True, 0, 60, True), (False, 0, 60, False), (True, 10, 60, False), (True, 0, 2, False)],
)
def test_a_call_that_nobody_may_have_heard_of_is_not_taken_for_never_made(
    owing: Owing, settings: Settings, *, linked: bool, said: int, since: int, known: bool
):
    """Asterisk or the listener is away, or is back just now: the phone did call, so the citizen may have been rung."""
    owing.asks()
    attempt = owing.dials()
    attempt.seen_at = datetime.now(UTC) - timedelta(minutes=2)
    owing.session.flush()
    facts.connect(settings.redis_url.get_secret_value())
    hearing.connect("heard")
    now = datetime.now(UTC)
    moments = {"since": now - timedelta(seconds=since), "at": now - timedelta(seconds=said)}
    fact = {"linked": linked, **{name: at.isoformat() for name, at in moments.items()}}
    facts.keep(f"{hearing._FACT}heard", fact, lasting=timedelta(minutes=1))
    assert clocks.take_back_silent(owing.session) == int(known)
    if not known:
        offers.give_back(owing.session, owing.desk.olena, owing.the_owed().id, called=True)
        assert (owing.the_owed().state, attempt.outcome) == (State.DIALLING, None)
        offers.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert (owing.the_owed().state, attempt.outcome) == (State.WAITING, Outcome.NEVER_DIALLED)


def test_who_reaches_us_while_we_call_them_is_paid_once(owing: Owing):
    owing.asks()
    attempt = owing.dials()
    call = owing.places(by=owing.desk.olena)
    owing.is_answered(by=owing.desk.andrii)
    owing.ends(call, cause=17)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts) == (State.REACHED_US, 0)
    assert attempt.outcome == Outcome.BUSY


def test_a_pause_of_ones_own_goes_on_after_the_callback(owing: Owing):
    owing.asks()
    owing.comes(owing.desk.olena)
    offers.take(owing.session, owing.desk.olena, owing.the_owed().id)
    offers.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.desk.reason(owing.desk.olena) == "shift_begins"
