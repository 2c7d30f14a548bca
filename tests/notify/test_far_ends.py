"""Far ends that accept, refuse, hesitate, fall silent and break off."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme

from notify.far.opening import opened
from notify.model import ChannelKind, Later, Refused, Sent
from notify.tables import Channel, Message
from tests.loop import play
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import HttpEnd, MailServer

QUICKLY = timedelta(seconds=1.5)  # where nobody answers
PATIENTLY = timedelta(seconds=15)
NOWHERE = "http://127.0.0.1:1"


def letter(recipient: str) -> Message:
    return Message(
        id=17, recipient=recipient, subject="Звернення", text="Вода є", key="k-17", created_at=datetime.now(UTC)
    )


def send(
    kind: ChannelKind, recipient: str, settings: dict[str, Any], secret: str = "", *, patience: timedelta = PATIENTLY
) -> Sent:
    async def scene() -> Sent:
        end = opened(Channel(kind=kind, settings=settings, secret=secret), patience=patience)
        try:
            return await end.send(letter(recipient))
        finally:
            await end.close()

    return play(scene())


def mail(settings: dict[str, Any], **more: Any) -> Sent:
    return send(ChannelKind.EMAIL, "duty@city.example", settings | more)


def telegram(gateway: HttpEnd, *, patience: timedelta = PATIENTLY) -> Sent:
    return send(ChannelKind.TELEGRAM, "-100", {"base": gateway.url}, TOKEN, patience=patience)


def sms(gateway: HttpEnd, *, patience: timedelta = PATIENTLY, **settings: Any) -> Sent:
    told = {"url": gateway.url + "/send"} | settings
    return send(ChannelKind.SMS_HTTP, "+380671112233", told, "a-token", patience=patience)


def test_mail_arrives_encrypted_and_whole(mail_server: MailServer) -> None:
    assert "4711" in mail(mail_server.settings()).reference
    (received,) = mail_server.mails
    assert not mail_server.said_in_the_clear
    assert (received["To"], received["From"]) == ("duty@city.example", "centre@city.example")
    assert received["Subject"] == "Звернення"
    assert received["Message-ID"] == "<holos.17@city.example>"
    assert received.get_content().strip() == "Вода є"  # type: ignore[attr-defined]


def test_a_mail_server_that_nobody_vouches_for_gets_nothing(mail_server: MailServer) -> None:
    with pytest.raises(Later) as told:
        mail(mail_server.settings(ca=trustme.CA().cert_pem.bytes().decode()))
    assert told.value.everything
    assert not mail_server.mails


def test_nothing_is_said_in_the_clear_to_a_server_without_starttls(authority: trustme.CA) -> None:
    with MailServer(authority, encrypted=False) as open_server:
        with pytest.raises(Later, match="STARTTLS") as told:
            mail(open_server.settings())
        assert told.value.everything
        assert not open_server.mails
        mail(open_server.settings(), security="none")
        assert open_server.said_in_the_clear


def test_a_mailbox_that_does_not_exist_is_refused_and_a_full_one_tried_later(mail_server: MailServer) -> None:
    mail_server.recipient_answer = "550 no such mailbox"
    with pytest.raises(Refused, match="550 no such mailbox"):
        mail(mail_server.settings())
    mail_server.recipient_answer = "452 mailbox full"
    with pytest.raises(Later, match="452 mailbox full") as told:
        mail(mail_server.settings())
    assert not told.value.everything


def test_a_mail_that_is_not_liked_is_refused(mail_server: MailServer) -> None:
    mail_server.data_answer = "554 looks like spam"
    with pytest.raises(Refused, match="554 looks like spam"):
        mail(mail_server.settings())


def test_a_mail_server_that_breaks_off_in_the_middle_is_asked_later_and_may_have_the_mail(
    mail_server: MailServer,
) -> None:
    mail_server.drops = True
    with pytest.raises(Later) as told:
        mail(mail_server.settings())
    assert (told.value.everything, told.value.doubtful) == (True, True)


def test_a_mail_server_that_refuses_the_talk_has_no_mail(mail_server: MailServer) -> None:
    mail_server.recipient_answer = "421 too many at once"
    with pytest.raises(Later) as told:
        mail(mail_server.settings())
    assert not told.value.doubtful


def test_a_mail_server_that_is_not_there_is_asked_later() -> None:
    with pytest.raises(Later) as told:
        mail({"host": "127.0.0.1", "port": 1, "sender": "centre@city.example"})
    assert (told.value.everything, told.value.doubtful) == (True, False)


def test_telegram_gets_the_text_in_the_chat(gateway: HttpEnd) -> None:
    gateway.telegram(200)
    assert telegram(gateway).reference == "77"
    assert gateway.paths == [f"/bot{TOKEN}/sendMessage"]
    assert (gateway.posted[0]["chat_id"], gateway.posted[0]["text"]) == ("-100", "Вода є")


def test_telegrams_wish_for_a_pause_is_heard(gateway: HttpEnd) -> None:
    gateway.telegram(429, "Too Many Requests: retry after 37", retry_after=37)
    with pytest.raises(Later) as told:
        telegram(gateway)
    assert (told.value.pause, told.value.everything) == (timedelta(seconds=37), True)


@pytest.mark.parametrize(
    ("code", "description"),
    [(403, "Forbidden: bot was kicked from the group chat"), (400, "Bad Request: chat not found")],
)
def test_a_chat_that_does_not_want_us_is_refused(gateway: HttpEnd, code: int, description: str) -> None:
    gateway.telegram(code, description)
    with pytest.raises(Refused, match=description):
        telegram(gateway)


def test_a_group_that_moved_says_where(gateway: HttpEnd) -> None:
    gateway.telegram(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1007)
    with pytest.raises(Refused, match="-1007"):
        telegram(gateway)


@pytest.mark.parametrize(("code", "description"), [(500, "Internal Server Error"), (401, "Unauthorized")])
def test_telegram_in_trouble_is_asked_later(gateway: HttpEnd, code: int, description: str) -> None:
    gateway.telegram(code, description)
    with pytest.raises(Later, match=description) as told:
        telegram(gateway)
    assert told.value.everything
    assert TOKEN not in str(told.value)


def test_a_telegram_that_talks_nonsense_is_asked_later(gateway: HttpEnd) -> None:
    gateway.answer(502, "<html>bad gateway</html>")
    with pytest.raises(Later) as told:
        telegram(gateway)
    assert told.value.everything


@pytest.mark.parametrize("way", [telegram, sms])
def test_a_far_end_that_falls_silent_is_asked_later_and_may_have_the_message(gateway: HttpEnd, way: Any) -> None:
    gateway.may_answer.clear()
    with pytest.raises(Later) as told:
        way(gateway, patience=QUICKLY)
    assert (told.value.everything, told.value.doubtful) == (True, True)
    assert len(gateway.posted) == 1


@pytest.fixture
def deaf() -> Iterator[str]:
    """Where connections are never taken up, as behind a firewall that says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening, ExitStack() as waiting:
        for _ in range(4):  # its queue is full
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("listens", [True, False])
@pytest.mark.parametrize("kind", [ChannelKind.SMS_HTTP, ChannelKind.TELEGRAM])
def test_a_far_end_that_is_not_reached_has_no_message(deaf: str, kind: ChannelKind, listens: bool) -> None:
    where = deaf if listens else NOWHERE
    recipient = "+380671112233" if kind == ChannelKind.SMS_HTTP else "-100"
    with pytest.raises(Later) as told:
        send(kind, recipient, {"url": where, "base": where}, TOKEN, patience=QUICKLY)
    assert (told.value.everything, told.value.doubtful) == (True, False)


def test_the_gateway_gets_what_it_wants_under_its_own_names(gateway: HttpEnd) -> None:
    gateway.answer(200, {"id": 9001})
    assert sms(gateway, to="phone", sender="HOLOS").reference == "9001"
    assert sms(gateway, body="form").reference == "9001"
    assert gateway.posted == [
        {"phone": "+380671112233", "text": "Вода є", "key": "k-17", "from": "HOLOS"},
        {"to": "+380671112233", "text": "Вода є", "key": "k-17"},
    ]
    assert gateway.headers[0]["Authorization"] == "Bearer a-token"


def test_a_gateway_that_says_only_ok_has_taken_it(gateway: HttpEnd) -> None:
    gateway.answer(202, "OK")
    assert sms(gateway) == Sent("")


def test_a_number_the_gateway_does_not_want_is_refused(gateway: HttpEnd) -> None:
    gateway.answer(422, "number not in use")
    with pytest.raises(Refused, match="422 number not in use"):
        sms(gateway)


@pytest.mark.parametrize("code", [302, 401, 404, 429, 500, 503])
def test_a_gateway_in_trouble_is_asked_later(gateway: HttpEnd, code: int) -> None:
    gateway.answer(code, "busy", Retry_After="37")
    with pytest.raises(Later, match=f"{code} busy") as told:
        sms(gateway)
    assert (told.value.pause, told.value.everything) == (timedelta(seconds=37), True)


def test_a_pause_may_be_a_date_and_nonsense_is_none(gateway: HttpEnd) -> None:
    gateway.answer(503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True))
    with pytest.raises(Later) as told:
        sms(gateway)
    assert told.value.pause is not None
    assert timedelta(minutes=4) < told.value.pause <= timedelta(minutes=5)
    gateway.answer(503, Retry_After="soon")
    with pytest.raises(Later) as told:
        sms(gateway)
    assert told.value.pause is None


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (ChannelKind.EMAIL, {"host": "127.0.0.1"}),
        (ChannelKind.EMAIL, {"host": "127.0.0.1", "sender": "a@b.example", "security": "maybe"}),
        (ChannelKind.EMAIL, {"host": "127.0.0.1", "sender": "a@b.example", "ca": "no certificate"}),
        (ChannelKind.TELEGRAM, {"base": NOWHERE}),
        (ChannelKind.SMS_HTTP, {}),
        (ChannelKind.SMS_HTTP, {"url": "file:///etc/passwd"}),
        (ChannelKind.SMS_HTTP, {"url": NOWHERE, "body": "xml"}),
        (ChannelKind.SMS_SMPP, {}),
    ],
)
def test_settings_that_make_no_sense_are_told_as_the_channels_illness(kind: ChannelKind, settings: Any) -> None:
    with pytest.raises(Later) as told:
        send(kind, "+380671112233", settings)
    assert told.value.everything
