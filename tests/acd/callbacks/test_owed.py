"""Nobody is forgotten: who did not get through is owed one call, once, until somebody has talked with them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from acd.callbacks.model import Reason, State
from acd.callbacks.tables import OwedCall
from calls import events
from calls.model import CallId, QueueName, Source, interface_of
from tests.acd.callbacks.conftest import NUMBER, Owing
from tests.journal import arrived


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


def test_who_was_sent_on_to_wait_again_and_gave_up_is_owed_a_call(owing: Owing):
    _sent_on(owing)
    owed = owing.the_owed()
    assert (owed.queue, owed.reason) == ("khm-water", Reason.GAVE_UP)


def test_who_was_sent_on_and_asks_for_a_call_is_owed_it(owing: Owing):
    _sent_on(owing, asks=True)
    assert owing.the_owed().reason == Reason.ASKED


def test_who_was_sent_on_and_hung_up_while_a_call_back_was_offered_is_owed_it(owing: Owing):
    _sent_on(owing, offered=True)
    owed = owing.the_owed()
    assert (owed.queue, owed.reason) == ("khm-water", Reason.GAVE_UP)


def test_who_was_sent_on_and_answered_there_is_owed_nothing(owing: Owing):
    _sent_on(owing, answered=True)
    assert owing.owed() == []


def _sent_on(owing: Owing, *, asks: bool = False, answered: bool = False, offered: bool = False) -> None:
    """An operator transfers the caller to another queue, where somebody answers, or the caller asks or hangs up."""
    call, phone = owing.is_answered(by=owing.desk.olena), interface_of(owing.desk.olena.id)
    water, at, nothing = QueueName("khm-water"), datetime.now(UTC), timedelta(0)
    owing.tells(
        events.CallTransferred(call=call, at=at, agent=phone, to="khm-water", attended=False),
        events.AgentLeftTalk(call=call, at=at, agent=phone, talked=nothing, ended_by="transfer"),
        events.CallerJoinedQueue(call=call, at=at, queue=water, position=1),
    )
    if answered:
        told = events.AgentAnswered(call=call, at=at, agent=phone, queue=water, waited=nothing, rang=nothing)
        owing.tells(told, events.AgentLeftTalk(call=call, at=at, agent=phone, talked=nothing, ended_by="caller"))
    elif asks:
        owing.tells(
            events.CallerLeftQueue(call=call, at=at, queue=water),
            events.CallbackAsked(call=call, at=at, number=NUMBER),
        )
    elif offered:
        owing.tells(
            events.CallerLeftQueue(call=call, at=at, queue=water),
            events.CallOverflowed(call=call, at=at, queue=water, deed="callback", to=""),
        )
    else:
        owing.tells(events.CallerAbandoned(call=call, at=at, queue=water, waited=nothing))
    owing.tells(events.CallEnded(call=call, at=at, cause=16, by_caller=True))


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
    claimed = arrived(owing.desk.organisation.id, call, at, caller=NUMBER, source=Source.BROWSER)
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
