"""The outbox in PostgreSQL: put once, leased by one, postponed, given up, sent again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from db import Conflict, NotFound, transaction
from notify import queries, service
from notify.model import FIRST_PAUSE, HOPELESS_AFTER, LONGEST_PAUSE, TOO_LATE_AFTER, ChannelKind, MessageState
from notify.tables import Channel, Message
from staff.tables import Organisation
from tests.centre import Centre
from tests.notify.conftest import Outbox, channel, put

NUMBER = "+380671112233"


@pytest.fixture
def sms(session: Session, khm: Organisation) -> Channel:
    return channel(session, khm.id, ChannelKind.SMS_HTTP, url="http://127.0.0.1:1")


def at_once(message: Message) -> datetime:
    """When the message is due, by its own row: the transaction's clock stands still."""
    return message.due_at + timedelta(seconds=1)


def leased(session: Session, way: Channel, at: datetime) -> Message:
    (message,) = service.lease(session, way, at_most=10, at=at)
    return message


def test_what_is_put_twice_is_there_once_with_its_first_words(session: Session, sms: Channel) -> None:
    first = put(session, sms, NUMBER, key="appeal 17 registered", language="uk")
    again = put(session, sms, NUMBER, key="appeal 17 registered", language="ru")
    assert again is first
    assert first.text.startswith("Це тестове повідомлення: Хмельницький.")
    assert len(service.lease(session, sms, at_most=10, at=at_once(first))) == 1


def test_the_same_key_is_another_message_in_another_organisation(
    session: Session, sms: Channel, dtm: Organisation
) -> None:
    theirs = channel(session, dtm.id, ChannelKind.SMS_HTTP, url="http://127.0.0.1:1")
    assert put(session, sms, NUMBER, key="1").id != put(session, theirs, "+998901112233", key="1", language="uz").id


def test_a_message_of_a_transaction_that_failed_was_never_put(centre: Centre, outbox: Outbox) -> None:
    way = outbox.channel(ChannelKind.SMS_HTTP, url="http://127.0.0.1:1")

    def failing() -> None:
        with transaction(outbox.organisation) as session:
            put(session, way, NUMBER, key="never")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        failing()
    with transaction(outbox.organisation) as session, pytest.raises(NotFound):
        queries.with_key(session, outbox.organisation, "never")


def test_a_number_that_is_none_fails_at_once_and_visibly(session: Session, sms: Channel) -> None:
    message = put(session, sms, "12-34")
    assert (message.state, message.last_error) == (MessageState.FAILED, "'12-34' is no recipient of this channel")
    assert [found.id for found, _ in queries.undone(session)] == [message.id]
    with pytest.raises(Conflict, match="no recipient"):
        service.resend(session, message.id)


def test_a_language_nobody_reads_is_a_mistake_of_ours(session: Session, sms: Channel) -> None:
    with pytest.raises(ValueError, match="'fr'"):
        put(session, sms, NUMBER, language="fr")


def test_a_leased_message_is_nobody_elses_until_the_lease_is_over(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    assert leased(session, sms, at).state == MessageState.SENDING
    assert not service.lease(session, sms, at_most=10, at=at + service.LEASE - timedelta(seconds=1))
    again = leased(session, sms, at + service.LEASE)
    assert (again.id, again.doubtful, again.attempts) == (message.id, True, 2)


def test_what_may_have_gone_out_twice_is_not_sent_a_third_time(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    for number in range(2):
        leased(session, sms, at + service.LEASE * number)
    assert not service.lease(session, sms, at_most=10, at=at + service.LEASE * 2)
    assert message.state == MessageState.DEAD
    assert "the sender vanished" in str(message.last_error)


def test_a_sent_message_makes_its_channel_healthy(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    sms.failures = 3
    service.sent(session, leased(session, sms, at), "4711", at=at)
    assert (message.state, message.reference, message.sent_at) == (MessageState.SENT, "4711", at)
    assert (sms.last_success_at, sms.failures, sms.resting_until) == (at, 0, None)
    service.delivered(session, message)
    assert message.state == MessageState.DELIVERED
    with pytest.raises(Conflict, match="refuse of a message that is delivered"):
        service.not_delivered(session, message, "expired")


def test_who_notes_after_the_lease_was_given_to_another_changes_nothing(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    first = leased(session, sms, at)
    slow = Message(id=first.id, attempts=first.attempts)
    leased(session, sms, at + service.LEASE)
    service.refused(session, slow, "nobody there")
    assert (message.state, message.last_error) == (MessageState.SENDING, None)


def test_pauses_grow_until_the_message_is_given_up(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at, pauses = at_once(message), []
    for _ in range(HOPELESS_AFTER):
        service.postpone(session, leased(session, sms, at), "451 try later", at=at)
        pauses.append(message.due_at - at)
        at = message.due_at
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses[-1] == LONGEST_PAUSE
    assert (message.state, message.last_error) == (MessageState.DEAD, "451 try later")
    assert sms.last_failure == "451 try later"


def test_the_far_ends_own_wish_for_a_pause_is_kept_by_the_whole_channel(session: Session, sms: Channel) -> None:
    first, second = put(session, sms, NUMBER), put(session, sms, NUMBER)
    at, wish = at_once(second), timedelta(seconds=37)
    (message,) = service.lease(session, sms, at_most=1, at=at)
    service.postpone(session, message, "slower", pause=wish, everything=True, at=at)
    session.flush()
    assert (first.due_at, sms.resting_until, first.failures) == (at + wish, at + wish, 0)
    zones = {sms.organisation_id: ZoneInfo("Europe/Kyiv")}
    assert not service.open_channels(session, zones, at=at + wish - timedelta(seconds=1))
    assert service.open_channels(session, zones, at=at + wish) == [sms]


def test_a_far_end_that_stays_away_is_no_fault_of_the_message_for_a_day(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    for _ in range(HOPELESS_AFTER + 3):
        service.postpone(session, leased(session, sms, at), "no route", everything=True, at=at)
        assert message.due_at - at <= timedelta(minutes=5)
        at = message.due_at
    assert (message.state, message.failures) == (MessageState.WAITING, 0)
    at = message.asked_at + TOO_LATE_AFTER
    service.postpone(session, leased(session, sms, at), "no route", everything=True, at=at)
    assert message.state == MessageState.DEAD


def test_what_was_refused_waits_for_somebody_and_starts_anew(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    at = at_once(message)
    service.refused(session, leased(session, sms, at), "the number is not in use", at=at)
    assert (message.state, message.last_error) == (MessageState.FAILED, "the number is not in use")
    assert not service.lease(session, sms, at_most=10, at=at + timedelta(days=9))
    later = at + timedelta(days=9)
    service.resend(session, message.id, at=later)
    assert leased(session, sms, later).id == message.id
    with pytest.raises(Conflict):
        service.resend(session, message.id)


def test_sms_wait_for_the_end_of_the_quiet_hours_of_each_organisation(
    session: Session, khm: Organisation, dtm: Organisation
) -> None:
    city = channel(session, khm.id, ChannelKind.SMS_HTTP, url="http://127.0.0.1:1", quiet=["21:00", "08:00"])
    agency = channel(session, dtm.id, ChannelKind.SMS_HTTP, url="http://127.0.0.1:1", quiet=["21:00", "08:00"])
    mail = channel(session, khm.id, ChannelKind.EMAIL, quiet=["21:00", "08:00"])
    zones = {khm.id: ZoneInfo("Europe/Kyiv"), dtm.id: ZoneInfo("Asia/Tashkent")}
    for way, recipient in ((city, NUMBER), (agency, "+998901112233"), (mail, "duty@city.example")):
        put(session, way, recipient)
    night = (datetime.now(UTC) + timedelta(days=2)).replace(hour=4, minute=0)  # 6 or 7 in Kyiv, 9 in Tashkent
    assert service.open_channels(session, zones, at=night) == [agency, mail]
    assert service.open_channels(session, zones, at=night.replace(hour=9)) == [city, agency, mail]


def test_quiet_hours_nobody_can_read_keep_the_telephones_quiet(session: Session, khm: Organisation) -> None:
    way = channel(session, khm.id, ChannelKind.SMS_HTTP, url="http://127.0.0.1:1", quiet="at night")
    message = put(session, way, NUMBER)
    assert service.open_channels(session, {khm.id: ZoneInfo("Europe/Kyiv")}, at=at_once(message)) == []


def test_a_channel_that_is_off_sends_nothing(session: Session, sms: Channel) -> None:
    message = put(session, sms, NUMBER)
    sms.enabled = False
    session.flush()
    assert service.open_channels(session, {}, at=at_once(message)) == []
