"""From an operator's result to the group and the mailbox: within ten seconds, once, without a citizen's data."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from acd import service as desk
from acd.model import Result
from appeals.model import Kind as AppealKind
from db import EVERY_ORGANISATION, Conflict, transaction
from notify.far.opening import prepare_telegram
from notify.model import MessageState
from notify.sender import Sender
from run.notifier import zones
from supervisor.alarms import service
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import Kind, State, Trouble
from supervisor.alarms.tables import Alarm
from tests.alarms.conftest import CALLER, GROUP, MAILBOX, NOTE, SITE, City, send_all
from tests.appeals.cards import written
from tests.loop import play
from tests.notify.far_ends import HttpEnd, MailServer
from tests.town.waiting import wait_for


def grow_older(by: timedelta) -> None:
    """As if that much time had gone by since the alarms."""
    with transaction(EVERY_ORGANISATION) as session:
        earlier = {"raised_at": Alarm.raised_at - by, "due_at": Alarm.due_at - by, "told_at": Alarm.told_at - by}
        session.execute(update(Alarm).values(**earlier))


@pytest.mark.parametrize("result", [Result.UNRESOLVED, Result.DISPUTED])
def test_the_group_is_told_within_ten_seconds_of_the_result(city: City, gateway: HttpEnd, result: Result):
    prepare_telegram()  # as the notifier does before its first message
    call = city.talk(None)
    watch = Watch(SITE)
    watch.start()
    sender = Sender(zones)
    thread = threading.Thread(target=lambda: play(sender.run(), seconds=60.0))
    thread.start()
    try:
        begun = time.monotonic()
        with transaction(city.id) as session:
            desk.finish_wrap_up(session, city.person("olena"), call, result=result, topic="water", note=NOTE)
        wait_for("the group to be told", lambda: gateway.posted, seconds=20.0)
        took = time.monotonic() - begun
    finally:
        sender.stop()
        watch.stop()
        thread.join(20)
        watch.join(5)
    assert took < 10
    assert len(gateway.posted) == 1
    assert gateway.posted[0]["chat_id"] == GROUP
    (alarm,) = city.alarms()
    assert (alarm.call, alarm.kind, alarm.state) == (call, result.value, State.OPEN)


def test_what_leaves_the_house_names_no_citizen(city: City, gateway: HttpEnd, mail_server: MailServer):
    call = city.talk("disputed")
    Watch(SITE).look()
    grow_older(timedelta(minutes=6))
    Watch(SITE).look()
    send_all()
    (mail,) = mail_server.mails
    said = [gateway.posted[0]["text"], str(mail["Subject"]) + mail.get_content()]  # type: ignore[attr-defined]
    (alarm,) = city.alarms()
    for text in said:
        assert "Спірний дзвінок" in text
        assert "Водопостачання" in text
        for private in (CALLER, CALLER[1:], CALLER[-7:], "Коваленко", "Марія", "сусід", str(call), "olena", "Olena"):
            assert private not in text
    assert f"{SITE}/alarms/{alarm.id}" in said[0]
    assert f"take:{alarm.id}" in gateway.posted[0]["reply_markup"]
    assert [message.recipient for message in city.messages()] == [GROUP, MAILBOX]


def test_looked_at_by_two_notifiers_it_is_one_alarm_and_one_message(city: City):
    city.talk("unresolved")
    watches = [Watch(SITE) for _ in range(4)]
    threads = [threading.Thread(target=watch.look) for watch in watches for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(city.alarms()) == len(city.messages()) == 1


def test_an_ordinary_result_is_no_alarm_unless_the_organisation_wants_every_call(city: City):
    city.talk("settled")
    Watch(SITE).look()
    assert city.alarms() == []
    with transaction(city.id) as session:
        service.want(session, city.id, frozenset({Kind.CALL}))
    Watch(SITE).look()
    assert [alarm.kind for alarm in city.alarms()] == [Kind.CALL]


def test_complaints_and_suggestions_are_alarms_where_the_organisation_wants_them(city: City):
    """Z-16, Z-17: the group reads of each at once, by its number; an application is none, and nobody is named."""

    def come() -> list[str]:
        kinds = (AppealKind.COMPLAINT, AppealKind.SUGGESTION, AppealKind.APPLICATION)
        olena = city.person("olena")
        return [written(olena, "Коваленко", f"Сусіди шумлять: {kind}", kind=kind) for kind in kinds]

    come()
    Watch(SITE).look()
    assert city.alarms() == [], "until somebody wants them"
    with transaction(city.id) as session:
        service.want(session, city.id, frozenset({Kind.COMPLAINT, Kind.SUGGESTION}))
    complaint, suggestion, _application = come()
    Watch(SITE).look()
    assert {alarm.facts["appeal"] for alarm in city.alarms()} >= {complaint, suggestion}
    assert {alarm.kind for alarm in city.alarms()} == {Kind.COMPLAINT, Kind.SUGGESTION}
    assert {message.recipient for message in city.messages()} == {GROUP}
    said = [message.text for message in city.messages()]
    assert [sum(number in text for text in said) for number in (complaint, suggestion)] == [1, 1]
    assert not any(private in text for text in said for private in ("Коваленко", "шумлять"))


def test_an_unwanted_kind_is_no_alarm(city: City):
    with transaction(city.id) as session:
        service.want(session, city.id, frozenset({Kind.DISPUTED}))
    city.talk("unresolved")
    Watch(SITE).look()
    assert city.alarms() == []


def test_the_ladder_climbs_and_repeats_until_somebody_takes_it(city: City):
    city.talk("unresolved")
    watch = Watch(SITE)
    watch.look()
    watch.look()
    assert len(city.messages()) == 1
    grow_older(timedelta(minutes=5))
    watch.look()
    grow_older(timedelta(minutes=10))
    watch.look()
    assert [message.recipient for message in city.messages()] == [GROUP, MAILBOX, MAILBOX]
    (alarm,) = city.alarms()
    with transaction(city.id) as session:
        service.take(session, alarm.id, by=city.person("iryna"))
    grow_older(timedelta(minutes=60))
    watch.look()
    assert len(city.messages()) == 3
    (alarm,) = city.alarms()
    assert (alarm.state, alarm.taken_by) == (State.TAKEN, city.person("iryna").id)


def test_two_who_take_it_at_once_are_one(city: City):
    city.talk("unresolved")
    Watch(SITE).look()
    (alarm,) = city.alarms()
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def take(login: str) -> None:
        barrier.wait()
        try:
            with transaction(city.id) as session:
                service.take(session, alarm.id, by=city.person(login))
            outcomes.append("taken")
        except Conflict:
            outcomes.append("too late")

    threads = [threading.Thread(target=take, args=(login,)) for login in ("iryna", "mykola")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken", "too late"]
    assert city.deeds().count("taken") == 1


def test_a_mark_in_the_call_and_the_result_after_it_are_one_alarm(city: City):
    call = city.talk(None)
    with transaction(city.id) as session:
        assert service.mark(session, call, Kind.DISPUTED, by=city.person("olena")) is not None
        assert service.mark(session, call, Kind.DISPUTED, by=city.person("olena")) is None
    with transaction(city.id) as session:
        desk.finish_wrap_up(session, city.person("olena"), call, result=Result.DISPUTED, topic="water", note="")
    Watch(SITE).look()
    (alarm,) = city.alarms()
    assert alarm.raised_by == city.person("olena").id
    assert len(city.messages()) == 1


def test_telegram_that_refuses_leaves_the_alarm_for_the_next_rung(city: City, gateway: HttpEnd):
    gateway.telegram(403, "Forbidden: bot was kicked from the group chat")
    city.talk("unresolved")
    watch = Watch(SITE)
    watch.look()
    send_all()
    assert city.messages()[0].state == MessageState.FAILED
    grow_older(timedelta(minutes=5))
    watch.look()
    send_all()
    assert [message.state for message in city.messages()] == [MessageState.FAILED, MessageState.SENT]


def test_a_trouble_is_told_once_and_closed_when_it_is_over(city: City):
    full = {(Trouble.DISK, ""): {}}
    with transaction(city.id) as session:
        assert service.settle_troubles(session, city.id, full) == (1, 0)
        assert service.settle_troubles(session, city.id, full) == (0, 0)
    Watch(SITE).look()
    (message,) = city.messages()
    assert "диск" in message.text.lower()
    with transaction(city.id) as session:
        assert service.settle_troubles(session, city.id, {}, not_known=frozenset({Trouble.DISK})) == (0, 0)
        assert service.settle_troubles(session, city.id, {}) == (0, 1)
        assert service.settle_troubles(session, city.id, full) == (1, 0)
    assert [alarm.state for alarm in city.alarms()] == [State.CLOSED, State.OPEN]


def test_an_organisation_whose_alarms_fail_silences_no_other_and_misses_nothing(city: City, mended: Callable[[], None]):
    city.talk("unresolved", at=datetime.now(UTC) - timedelta(hours=1))
    elsewhere = city.talk("disputed", by="anna")
    watch = Watch(SITE)
    watch.look()
    assert [alarm.call for alarm in city.alarms()] == [elsewhere]
    mended()
    watch.look()
    assert [alarm.kind for alarm in city.alarms()] == [Kind.DISPUTED, Kind.UNRESOLVED]
    assert [message.recipient for message in city.messages()] == [GROUP]


def test_an_alarm_that_cannot_be_told_holds_up_no_other_and_is_tried_again(city: City):
    with transaction(city.id) as session:
        broken = service.raise_trouble(session, city.id, Trouble.DISK, "", {})
    name_trouble(broken, "one that only a newer Holos knows")
    call = city.talk("unresolved")
    watch = Watch(SITE)
    for _ in range(2):
        watch.look()
    (message,) = city.messages()
    disk, other = city.alarms()
    assert (other.call, message.recipient) == (call, GROUP)
    assert disk.due_at is not None
    assert disk.due_at > datetime.now(UTC) + timedelta(seconds=30), "the next look is not spent on it"
    grow_older(timedelta(minutes=2))
    watch.look()
    assert city.deeds().count("not_told") == 1, "said once, however often it fails"
    name_trouble(broken, Trouble.DISK)
    grow_older(timedelta(minutes=2))
    watch.look()
    assert len(city.messages()) == 2


def name_trouble(alarm: int | None, trouble: str) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Alarm).where(Alarm.id == alarm).values(trouble=trouble))


def test_what_happened_while_no_notifier_ran_is_told_on_return_and_old_things_are_not(city: City):
    city.talk("unresolved", at=datetime.now(UTC) - timedelta(hours=20))
    city.talk("unresolved", at=datetime.now(UTC) - timedelta(days=3))
    Watch(SITE).look()
    assert len(city.alarms()) == 1
