"""Nobody is forgotten: who did not get through is owed one call, once, until somebody has talked with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from acd.callbacks import queries, service
from acd.callbacks.model import Hindrance, Outcome, Reason, State
from acd.callbacks.queries import Filters
from acd.callbacks.service import Hindered
from acd.callbacks.tables import CallbackAttempt, OwedCall
from acd.model import AgentStateName
from calls import events
from calls.model import CallId, Language, QueueName, Source, interface_of
from db import NotFound
from tests.acd.callbacks.conftest import ALL_DAY, NUMBER, Owing

# --- what is owed ---


def test_who_gives_up_is_owed_a_call(owing: Owing):
    owing.gives_up()
    owed = owing.the_owed()
    assert (owed.number, owed.queue, owed.reason, owed.state) == (NUMBER, "khm-general", Reason.GAVE_UP, State.WAITING)
    assert owed.language == "uk"


def test_one_number_is_one_open_task_however_it_is_written(owing: Owing):
    for written in ("+380671112233", "0671112233", "380671112233"):
        owing.gives_up(written)
    assert owing.the_owed().missed == 3


def test_another_queue_is_another_task(owing: Owing):
    owing.gives_up()
    owing.gives_up(queue=QueueName("khm-water"))
    assert {owed.queue for owed in owing.owed()} == {"khm-general", "khm-water"}


def test_who_was_refused_is_owed_a_call_by_the_general_queue(owing: Owing):
    call, at = owing.arrives()
    owing.tells(
        events.CallRefused(call=call, at=at, capacity=1),
        events.CallEnded(call=call, at=at, cause=42, by_caller=False),
    )
    owed = owing.the_owed()
    assert (owed.queue, owed.reason) == ("khm-general", Reason.REFUSED)


def test_who_came_out_of_hours_is_owed_a_call(owing: Owing):
    call, at = owing.arrives()
    owing.tells(
        events.FoundClosed(call=call, at=at, reason="night"),
        events.CallEnded(call=call, at=at, cause=16, by_caller=True),
    )
    assert owing.the_owed().reason == Reason.OUT_OF_HOURS


def test_who_is_cut_off_before_an_answer_is_owed_a_call(owing: Owing):
    call, _ = owing.waits()
    owing.tells(events.CallLost(call=call, at=datetime.now(UTC), reason="asterisk restarted"))
    assert owing.the_owed().reason == Reason.CUT_OFF


def test_who_asks_for_another_number_is_called_there(owing: Owing):
    call, at = owing.waits("")
    owing.tells(
        events.CallbackAsked(call=call, at=at, number="0501112233"),
        events.CallEnded(call=call, at=at, cause=16, by_caller=False),
    )
    owed = owing.the_owed()
    assert (owed.number, owed.reason) == ("+380501112233", Reason.ASKED)


def test_without_a_number_nobody_can_be_called(owing: Owing):
    owing.gives_up("")
    assert owing.owed() == []


def test_who_was_answered_is_owed_nothing(owing: Owing):
    call = owing.is_answered(by=owing.desk.olena)
    owing.tells(events.CallLost(call=call, at=datetime.now(UTC), reason="link"))
    assert owing.owed() == []


def test_who_looked_around_in_the_menu_is_owed_nothing(owing: Owing):
    call, at = owing.arrives()
    owing.tells(
        events.MenuEntered(call=call, at=at, menu="hotline"),
        events.CallEnded(call=call, at=at, cause=16, by_caller=True),
    )
    assert owing.owed() == []


def test_the_database_refuses_a_second_open_task(owing: Owing):
    owing.gives_up()
    first = owing.the_owed()
    copied = {column.name: getattr(first, column.name) for column in OwedCall.__table__.columns if column.name != "id"}
    owing.session.add(OwedCall(**copied))
    with pytest.raises(IntegrityError), owing.session.begin_nested():
        owing.session.flush()


# --- paid by itself ---


def test_who_calls_again_and_is_answered_has_reached_us(owing: Owing):
    owing.gives_up()
    owing.gives_up(queue=QueueName("khm-water"))
    owing.is_answered("0671112233", by=owing.desk.olena)
    assert {(owed.state, owed.person_id) for owed in owing.owed()} == {(State.REACHED_US, owing.desk.olena.id)}


def test_who_calls_again_in_vain_is_still_owed_one(owing: Owing):
    owing.gives_up()
    owing.is_answered(by=owing.desk.olena)
    owing.gives_up()
    first, second = owing.owed()
    assert (first.state, second.state) == (State.REACHED_US, State.WAITING)


def test_a_number_that_a_browser_claims_pays_for_nobody(owing: Owing):
    owing.gives_up()
    call, at = CallId(uuid4()), datetime.now(UTC)
    claimed = events.CallArrived(
        call=call, at=at, organisation=owing.desk.organisation.id, caller=NUMBER, dialled="1580",
        language=Language.UKRAINIAN, source=Source.BROWSER,
    )  # fmt: skip
    owing.tells(claimed, events.AgentJoinedTalk(call=call, at=at, agent=interface_of(owing.desk.olena.id)))
    assert owing.the_owed().state == State.WAITING


def test_an_agents_own_call_to_the_number_pays_as_well(owing: Owing):
    owing.gives_up()
    call = owing.places(by=owing.desk.andrii)
    owing.is_reached(call, by=owing.desk.andrii)
    owed = owing.the_owed()
    assert (owed.state, owed.person_id) == (State.CALLED_BACK, owing.desk.andrii.id)


def _everything(owing: Owing) -> list[Any]:
    tables = {
        "owed_call": "number, queue, reason, state, missed, attempts, person_id, first_missed_at, last_missed_at, "
        "place_at, due_at, closed_at",
        "missed_call": "call, reason, at",
    }
    return [
        tuple(row)
        for table, columns in tables.items()
        for row in owing.session.execute(text(f"SELECT {columns} FROM {table} ORDER BY {columns}"))
    ]


def test_read_again_from_the_beginning_it_is_the_same(owing: Owing):
    owing.gives_up()
    owing.asks("0502223344")
    owing.gives_up(ago=timedelta(minutes=3))
    owing.is_answered(by=owing.desk.olena, ago=timedelta(minutes=1))
    owing.gives_up(ago=timedelta(seconds=35))
    once = _everything(owing)
    owing.reads_again()
    assert _everything(owing) == once, "read twice, counted once"
    owing.session.execute(delete(OwedCall))
    owing.reads_again()
    assert _everything(owing) == once, "made from nothing, the same"


# --- in turn ---


def test_who_asked_gets_the_call_before_who_waits_shorter(owing: Owing):
    owing.asks(ago=timedelta(minutes=4))
    owing.waits("+380503334455", ago=timedelta(minutes=2))
    assert owing.ready(owing.desk.olena) is AgentStateName.PAUSED
    assert owing.desk.reason(owing.desk.olena) == "callback"
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
    assert service.offer_due(owing.session) == 1
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
    assert service.offer_due(owing.session) == 0


def test_a_number_that_calls_us_just_now_is_not_called(owing: Owing):
    owing.asks()
    owing.waits("0671112233", ago=timedelta(seconds=30))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    with pytest.raises(Hindered) as hindered:
        service.take(owing.session, owing.desk.olena, owing.the_owed().id)
    assert hindered.value.why is Hindrance.ON_THE_LINE


def test_an_offer_given_back_goes_to_somebody_else(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    service.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY
    assert service.offer_due(owing.session) == 0, "not to who gave it back just now"
    owing.ready(owing.desk.andrii)
    assert owing.is_offered(owing.desk.andrii) is not None


def test_an_offer_that_runs_out_is_taken_back_and_the_agent_is_paused(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    assert service.take_back_run_out(owing.session) == 0
    owing.the_owed().offered_until = datetime.now(UTC) - timedelta(seconds=1)
    owing.session.flush()
    assert service.take_back_run_out(owing.session) == 1
    assert owing.the_owed().state == State.WAITING
    assert owing.desk.reason(owing.desk.olena) == "callback_missed"


# --- dialled ---


def _dials(owing: Owing) -> CallbackAttempt:
    owing.ready(owing.desk.olena)
    return service.accept(owing.session, owing.desk.olena, owing.the_owed().id)


def test_the_citizen_answers_and_it_is_paid(owing: Owing):
    owing.asks()
    attempt = _dials(owing)
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
    attempt = _dials(owing)
    again = service.accept(owing.session, owing.desk.olena, owing.the_owed().id)
    assert again is attempt


def test_of_two_agents_one_gets_it(owing: Owing):
    owing.asks()
    for agent in (owing.desk.olena, owing.desk.andrii):
        owing.comes(agent)
    owed = owing.the_owed()
    service.take(owing.session, owing.desk.olena, owed.id)
    with pytest.raises(Hindered) as hindered:
        service.take(owing.session, owing.desk.andrii, owed.id)
    assert hindered.value.why is Hindrance.TAKEN
    with pytest.raises(Hindered):
        service.accept(owing.session, owing.desk.andrii, owed.id)
    assert owing.desk.state(owing.desk.andrii) is AgentStateName.PAUSED


def test_nobody_answers_and_it_is_tried_again_by_the_rules(owing: Owing):
    owing.asks()
    attempt = _dials(owing)
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=19)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 1, Outcome.NO_ANSWER)
    assert timedelta(minutes=14) < owed.due_at - datetime.now(UTC) <= timedelta(minutes=15)
    assert service.let_go_stranded(owing.session) == 1
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY
    assert service.offer_due(owing.session) == 0, "not before its time"


def test_after_the_last_attempt_somebody_in_charge_decides(owing: Owing):
    owing.rules(replace(ALL_DAY, most_attempts=1))
    owing.asks()
    _dials(owing)
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=19)
    assert owing.the_owed().state == State.ESCALATED


def test_our_own_fault_is_no_attempt(owing: Owing):
    owing.asks()
    _dials(owing)
    call = owing.places(by=owing.desk.olena)
    owing.ends(call, cause=34)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts) == (State.WAITING, 0)


def test_a_page_that_goes_away_before_it_dials_leaves_the_task_open(owing: Owing):
    owing.asks()
    attempt = _dials(owing)
    assert service.take_back_silent(owing.session) == 0
    attempt.seen_at = datetime.now(UTC) - timedelta(minutes=2)
    owing.session.flush()
    assert service.take_back_silent(owing.session) == 1
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 0, Outcome.NEVER_DIALLED)


def test_what_asterisk_has_is_never_dialled_a_second_time(owing: Owing):
    owing.asks()
    attempt = _dials(owing)
    call = owing.places(by=owing.desk.olena)
    attempt.seen_at = datetime.now(UTC) - timedelta(hours=1)
    owing.session.flush()
    assert service.take_back_silent(owing.session) == 0
    service.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.the_owed().state == State.DIALLING
    owing.tells(events.CallLost(call=call, at=datetime.now(UTC), reason="listener ended"))
    owed = owing.the_owed()
    assert (owed.state, owed.attempts, attempt.outcome) == (State.WAITING, 0, Outcome.NO_LINE)


def test_who_reaches_us_while_we_call_them_is_paid_once(owing: Owing):
    owing.asks()
    attempt = _dials(owing)
    call = owing.places(by=owing.desk.olena)
    owing.is_answered(by=owing.desk.andrii)
    owing.ends(call, cause=17)
    owed = owing.the_owed()
    assert (owed.state, owed.attempts) == (State.REACHED_US, 0)
    assert attempt.outcome == Outcome.BUSY


def test_a_pause_of_ones_own_goes_on_after_the_callback(owing: Owing):
    owing.asks()
    owing.comes(owing.desk.olena)
    service.take(owing.session, owing.desk.olena, owing.the_owed().id)
    service.give_back(owing.session, owing.desk.olena, owing.the_owed().id)
    assert owing.desk.reason(owing.desk.olena) == "shift_begins"


# --- clocks ---


def test_in_quiet_hours_nobody_is_rung(owing: Owing):
    hour = datetime.now(UTC).astimezone(ZoneInfo(owing.desk.organisation.time_zone))
    early, late = (hour - timedelta(hours=2)).time(), (hour + timedelta(hours=2)).time()
    owing.gives_up()
    owing.rules(replace(ALL_DAY, quiet_from=early, quiet_until=late))
    assert owing.ready(owing.desk.olena) is AgentStateName.READY
    assert owing.the_owed().due_at > datetime.now(UTC) + timedelta(hours=1)
    with pytest.raises(Hindered) as hindered:
        service.take(owing.session, owing.desk.olena, owing.the_owed().id)
    assert hindered.value.why is Hindrance.QUIET


def test_who_is_not_reached_by_the_deadline_is_escalated(owing: Owing):
    owing.gives_up()
    assert service.escalate_overdue(owing.session) == 0
    owing.the_owed().deadline_at = datetime.now(UTC) - timedelta(seconds=1)
    owing.session.flush()
    assert service.escalate_overdue(owing.session) == 1
    assert owing.the_owed().state == State.ESCALATED


# --- by hand ---


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
    _dials(owing)
    with pytest.raises(Hindered):
        service.settle(owing.session, owing.desk.andrii, owing.the_owed().id, "")


def test_somebody_elses_offer_closed_lets_the_agent_go_on(owing: Owing):
    owing.asks()
    owing.ready(owing.desk.olena)
    service.escalate(owing.session, owing.desk.andrii, owing.the_owed().id, "knows the mayor")
    assert service.let_go_stranded(owing.session) == 1
    assert owing.desk.state(owing.desk.olena) is AgentStateName.READY


# --- the page ---


def test_the_list_is_narrowed_by_each_filter(owing: Owing):
    owing.asks("0502223344")
    owing.gives_up(queue=QueueName("khm-water"))

    def shown(**wanted: str) -> list[str]:
        return [row.owed.number for row in queries.page(owing.session, Filters(**wanted))]

    assert shown() == ["+380502223344", NUMBER], "who asked comes first"
    assert shown(queue="khm-water") == [NUMBER]
    assert shown(reason="asked") == ["+380502223344"]
    assert shown(digits="2233") == [NUMBER]
    assert shown(state="closed") == []
    assert shown(language="ru") == []
    assert queries.count_open(owing.session) == 2


def test_an_unknown_one_is_not_found(owing: Owing):
    with pytest.raises(NotFound):
        queries.get(owing.session, 10**9)
