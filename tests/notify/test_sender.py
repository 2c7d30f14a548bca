"""The sender against far ends that listen: once each, through kills, rivals and restarts."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import update

from db import EVERY_ORGANISATION, transaction
from notify.far.opening import opened
from notify.model import ChannelKind, MessageState, Sent
from notify.sender import Sender
from notify.tables import Channel, Message
from run.host.servers import Servers
from run.notifier import zones
from tests.loop import play
from tests.notify.conftest import TOKEN, Outbox
from tests.notify.far_ends import HttpEnd, MailServer
from tests.processes import running
from tests.town.waiting import wait_for

PATIENCE = 30.0
NUMBER = "+380671112233"


def sms_to(outbox: Outbox, gateway: HttpEnd) -> Channel:
    return outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url)


def look_once(*senders: Sender) -> None:
    async def scene() -> None:
        await asyncio.gather(*(sender.look() for sender in senders))
        await asyncio.gather(*(sender.finish() for sender in senders))

    play(scene())


def lease_is_over() -> None:
    """As if two minutes had gone by."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Message).where(Message.state == "sending").values(due_at=datetime.now(UTC)))


def test_each_channel_takes_its_own(outbox: Outbox, gateway: HttpEnd, mail_server: MailServer) -> None:
    gateway.telegram(200)
    group = outbox.channel(ChannelKind.TELEGRAM, TOKEN, base=gateway.url)
    mail = outbox.channel(ChannelKind.EMAIL, **mail_server.settings())
    ids = [outbox.put(group, "-100"), outbox.put(mail, "duty@city.example")]
    look_once(Sender(zones))
    assert [outbox.message(each).state for each in ids] == [MessageState.SENT] * 2
    assert (len(gateway.posted), len(mail_server.mails)) == (1, 1)
    assert outbox.health(group).last_success_at is not None


def test_two_senders_at_once_send_each_message_once(outbox: Outbox, gateway: HttpEnd) -> None:
    way = sms_to(outbox, gateway)
    ids = [outbox.put(way, NUMBER, key=str(number)) for number in range(40)]

    async def scene() -> None:
        first, second = Sender(zones), Sender(zones)
        running = [asyncio.create_task(sender.run()) for sender in (first, second)]
        await asyncio.to_thread(
            wait_for,
            "all to be sent",
            lambda: all(outbox.message(each).state == MessageState.SENT for each in ids),
            seconds=PATIENCE,
        )
        first.stop()
        second.stop()
        await asyncio.gather(*running)

    play(scene(), seconds=PATIENCE)
    assert sorted(posted["key"] for posted in gateway.posted) == sorted(str(number) for number in range(40))


def test_a_channel_in_trouble_holds_up_no_other_and_says_why(outbox: Outbox, gateway: HttpEnd) -> None:
    gateway.answer(200)
    ill = outbox.channel(ChannelKind.EMAIL, host="127.0.0.1", port=1, sender="centre@city.example")
    lost, taken = outbox.put(ill, "duty@city.example"), outbox.put(sms_to(outbox, gateway), NUMBER)
    sender = Sender(zones)
    look_once(sender)
    assert outbox.message(taken).state == MessageState.SENT
    waiting, health = outbox.message(lost), outbox.health(ill)
    assert (waiting.state, waiting.failures) == (MessageState.WAITING, 0)
    assert health.last_failure
    assert health.resting_until is not None
    assert health.resting_until > datetime.now(UTC)


def test_a_refused_message_is_not_tried_again(outbox: Outbox, gateway: HttpEnd) -> None:
    gateway.answer(422, "number not in use")
    message = outbox.put(sms_to(outbox, gateway), NUMBER)
    sender = Sender(zones)
    look_once(sender)
    look_once(sender)
    assert len(gateway.posted) == 1
    assert outbox.message(message).state == MessageState.FAILED


def test_a_mistake_of_ours_is_a_failed_attempt_and_the_next_message_goes_out(outbox: Outbox, gateway: HttpEnd) -> None:
    way = sms_to(outbox, gateway)
    broken, whole = outbox.put(way, NUMBER), outbox.put(way, "+380671112234")

    class Clumsy:
        async def send(self, letter: Message) -> object:
            if letter.id == broken:
                raise ZeroDivisionError
            return Sent("")

        async def close(self) -> None:
            return

    look_once(Sender(zones, opened=lambda _: Clumsy()))  # type: ignore[arg-type,return-value]
    assert outbox.message(broken).last_error == "ZeroDivisionError: "
    assert outbox.message(broken).failures == 1
    assert outbox.message(whole).state == MessageState.SENT


def test_a_sender_killed_between_sending_and_noting_causes_one_repetition_which_is_told(
    outbox: Outbox, gateway: HttpEnd, servers: Servers, tmp_path: Path
) -> None:
    message = outbox.put(sms_to(outbox, gateway), NUMBER)
    told = tmp_path / "told"
    with running(servers.settings, "tests.notify.vanishing_sender", str(told)) as process:
        wait_for("the message to be out", told.exists, seconds=PATIENCE)
        process.kill()
        process.wait(PATIENCE)
    assert (len(gateway.posted), outbox.message(message).state) == (1, MessageState.SENDING)
    look_once(Sender(zones))
    assert len(gateway.posted) == 1, "the lease is not over"
    lease_is_over()
    look_once(Sender(zones))
    lease_is_over()
    look_once(Sender(zones))
    assert [posted["key"] for posted in gateway.posted] == [gateway.posted[0]["key"]] * 2
    after = outbox.message(message)
    assert (after.state, after.doubtful) == (MessageState.SENT, True)


def test_a_gateway_that_takes_the_message_and_stays_silent_gets_it_twice_at_most(
    outbox: Outbox, gateway: HttpEnd
) -> None:
    message = outbox.put(sms_to(outbox, gateway), NUMBER)
    gateway.may_answer.clear()
    hurried = partial(opened, patience=timedelta(seconds=0.5))
    for _ in range(3):
        look_once(Sender(zones, opened=hurried))
        hours_go_by()
    assert [posted["key"] for posted in gateway.posted] == [gateway.posted[0]["key"]] * 2
    assert (outbox.message(message).state, outbox.message(message).doubtful) == (MessageState.DEAD, True)


def hours_go_by() -> None:
    """The channel has rested, and what waits is due."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Channel).values(resting_until=None))
        session.execute(update(Message).where(Message.state == "waiting").values(due_at=datetime.now(UTC)))


def test_the_notifier_sends_what_comes_and_finishes_what_it_has_begun(
    outbox: Outbox, gateway: HttpEnd, servers: Servers
) -> None:
    way = sms_to(outbox, gateway)
    with running(servers.settings, "run.notifier") as process:
        first = outbox.put(way, NUMBER)
        sent = MessageState.SENT
        wait_for("the message to be sent", lambda: outbox.message(first).state == sent, seconds=PATIENCE)
        gateway.may_answer.clear()
        second = outbox.put(way, NUMBER)
        wait_for("the second to be under way", lambda: len(gateway.posted) == 2, seconds=PATIENCE)
        process.send_signal(signal.SIGTERM)
        gateway.may_answer.set()
        assert process.wait(PATIENCE) == 0
    assert outbox.message(second).state == sent


def test_the_notifier_outlives_postgresql_and_notes_afterwards(
    outbox: Outbox, gateway: HttpEnd, servers: Servers
) -> None:
    message = outbox.put(sms_to(outbox, gateway), NUMBER)
    gateway.may_answer.clear()
    with running(servers.settings, "run.notifier"):
        wait_for("the message to be under way", lambda: gateway.posted, seconds=PATIENCE)
        servers.kill("postgres")
        gateway.may_answer.set()
        servers.start("postgres")
        wait_for(
            "the outcome to be noted", lambda: outbox.message(message).state == MessageState.SENT, seconds=PATIENCE
        )
    assert (len(gateway.posted), outbox.message(message).doubtful) == (1, False)


def test_an_address_gets_no_more_than_its_limit_a_day_and_the_rest_says_why(outbox: Outbox, gateway: HttpEnd) -> None:
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url, daily_each=2)
    ids = [outbox.put(way, NUMBER, key=f"to one {number}") for number in range(4)]
    other = outbox.put(way, NUMBER[:-1] + "0")
    look_once(Sender(zones))
    look_once(Sender(zones))
    assert [outbox.message(each).state for each in ids] == [MessageState.SENT] * 2 + [MessageState.WAITING] * 2
    assert outbox.message(other).state == MessageState.SENT
    rest = outbox.message(ids[3])
    assert rest.last_error == "today's limit of this address is reached: 2"
    tomorrow = rest.due_at.astimezone(ZoneInfo("Europe/Kyiv"))
    assert (tomorrow.hour, tomorrow.minute) == (0, 0)
    assert tomorrow.date() == datetime.now(ZoneInfo("Europe/Kyiv")).date() + timedelta(days=1)
    assert outbox.health(way).failures == 0, "the channel is well"
    with transaction(EVERY_ORGANISATION) as session:
        yesterday = {"sent_at": Message.sent_at - timedelta(days=1)}
        session.execute(update(Message).where(Message.sent_at.is_not(None)).values(**yesterday))
        session.execute(update(Message).where(Message.sent_at.is_(None)).values(due_at=datetime.now(UTC)))
    look_once(Sender(zones))
    assert outbox.message(ids[3]).state == MessageState.SENT
    assert len(gateway.posted) == 5
