"""An owed call handed to those in charge climbs the ladder until somebody takes it, and names no citizen."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from acd.callbacks import clocks, service
from acd.callbacks.tables import OwedCall
from db import EVERY_ORGANISATION, transaction
from supervisor.alarms import service as alarms
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import Kind, State
from tests.alarms.conftest import CALLER, GROUP, SITE, City
from tests.pages.belongings.calls import owed_call


@pytest.fixture
def owed(city: City) -> int:
    """The number of an owed call past its deadline."""
    with transaction(EVERY_ORGANISATION) as session:
        return owed_call(session, city.person("olena"), CALLER).id


def escalate(city: City, owed: int) -> None:
    with transaction(city.id) as session:
        service.escalate(session, city.person("iryna"), owed, "Марія Коваленко не відповідає")


@pytest.mark.parametrize("by_hand", [True, False])
def test_an_escalated_owed_call_is_told_once_and_waits_to_be_taken(city: City, owed: int, by_hand: bool):
    Watch(SITE).look()
    assert city.alarms() == []
    if by_hand:
        escalate(city, owed)
    else:
        with transaction(EVERY_ORGANISATION) as session:
            assert clocks.escalate_overdue(session) == 1
    for _ in range(2):
        Watch(SITE).look()
    (alarm,) = city.alarms()
    assert (alarm.owed_call_id, alarm.kind, alarm.state) == (owed, Kind.OWED_CALL, State.OPEN)
    (message,) = city.messages()
    assert message.recipient == GROUP
    for said in ("Водопостачання", "не дочекал", f"{SITE}/alarms/{alarm.id}"):
        assert said in message.text
    for private in (CALLER, CALLER[-7:], "Коваленко"):
        assert private not in message.subject + message.text


def test_owed_again_it_is_no_alarm_any_more_and_escalated_again_it_is_a_new_one(city: City, owed: int):
    escalate(city, owed)
    Watch(SITE).look()
    with transaction(city.id) as session:
        service.reopen(session, city.person("iryna"), owed)
    Watch(SITE).look()
    assert [alarm.state for alarm in city.alarms()] == [State.CLOSED]
    assert city.deeds() == ["raised", "told", "withdrawn"]
    escalate(city, owed)
    Watch(SITE).look()
    assert [alarm.state for alarm in city.alarms()] == [State.CLOSED, State.OPEN]


def test_taken_and_closed_it_does_not_come_back(city: City, owed: int):
    escalate(city, owed)
    Watch(SITE).look()
    (alarm,) = city.alarms()
    with transaction(city.id) as session:
        alarms.take(session, alarm.id, by=city.person("iryna"))
        alarms.close(session, alarm.id, by=city.person("iryna"))
    Watch(SITE).look()
    assert [each.state for each in city.alarms()] == [State.CLOSED]


def test_what_is_old_or_not_wanted_is_no_alarm(city: City, owed: int):
    escalate(city, owed)
    with transaction(city.id) as session:
        alarms.want(session, city.id, frozenset({Kind.DISPUTED}))
    Watch(SITE).look()
    with transaction(city.id) as session:
        alarms.want(session, city.id, frozenset({Kind.OWED_CALL}))
        session.execute(update(OwedCall).values(closed_at=datetime.now(UTC) - timedelta(days=2)))
    Watch(SITE).look()
    assert city.alarms() == []
