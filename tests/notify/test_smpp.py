"""SMS by SMPP against an SMSC of another hand: whole texts, reports, refusals, and links that break in the middle."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from notify.far.opening import opened
from notify.far.sms_parts import parts_of
from notify.model import ChannelKind, Later, MessageState, PartOutcome, Refused, Reporting, Sent
from notify.sender import Sender
from notify.tables import Channel, Message
from run.notifier import zones
from tests.loop import play
from tests.notify.conftest import Outbox
from tests.notify.smsc import Smsc
from tests.town.waiting import wait_for

NUMBER = "+380671112233"
LONG = "Шановна пані Маріє, воду у Вашому будинку відновлять сьогодні до 18:00. " * 3
PATIENCE = 20.0


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as listening:
        yield listening


def letter(text: str = "Water is back") -> Message:
    return Message(id=17, recipient=NUMBER, subject="", text=text, key="k-17", buttons={}, created_at=datetime.now(UTC))


def send(smsc: Smsc, message: Message, secret: str = "secret", *, patience: float = 3.0, **settings: object) -> Sent:
    async def scene() -> Sent:
        channel = Channel(kind=ChannelKind.SMS_SMPP, settings=smsc.settings(**settings), secret=secret)
        end = opened(channel, patience=timedelta(seconds=patience))
        try:
            return await end.send(message)
        finally:
            await end.close()

    return play(scene())


def test_a_short_english_text_goes_as_it_is(smsc: Smsc) -> None:
    sent = send(smsc, letter())
    (part,) = smsc.parts
    assert (part["to"], part["from"], part["text"]) == ("380671112233", "HOLOS", "Water is back")
    assert (part["coding"], part["esm"], part["receipt"]) == (0, 0, 1)
    assert sent.parts == (part["id"],)


def test_a_long_ukrainian_text_goes_in_parts_that_make_the_whole(smsc: Smsc) -> None:
    sent = send(smsc, letter(LONG))
    assert len(smsc.parts) == len(sent.parts) == 4
    assert "".join(part["text"] for part in smsc.parts) == LONG
    assert {part["esm"] for part in smsc.parts} == {0x40}
    assert {part["coding"] for part in smsc.parts} == {8}


@pytest.mark.parametrize("text", ["a" * 161, "щ" * 71, "😀" * 70, "€" * 100, "Ў" * 670])
def test_no_letter_is_torn_between_parts(text: str) -> None:
    parts = parts_of(text, 7)
    assert all(octets[:3] == b"\x05\x00\x03" and octets[3] == 7 for octets in parts.octets)
    assert [octets[5] for octets in parts.octets] == list(range(1, len(parts.octets) + 1))
    assert all(len(octets) <= (159 if parts.gsm else 140) for octets in parts.octets)
    if not parts.gsm:
        assert "".join(octets[6:].decode("utf-16-be") for octets in parts.octets) == text


def test_a_number_the_smsc_does_not_want_is_refused(smsc: Smsc) -> None:
    smsc.wish(status=0x0B)
    with pytest.raises(Refused, match="ESME_RINVDSTADR"):
        send(smsc, letter())


@pytest.mark.parametrize(("status", "name"), [(0x58, "ESME_RTHROTTLED"), (0x14, "ESME_RMSGQFUL"), (8, "ESME_RSYSERR")])
def test_an_smsc_in_trouble_is_asked_later(smsc: Smsc, status: int, name: str) -> None:
    smsc.wish(status=status)
    with pytest.raises(Later, match=name) as told:
        send(smsc, letter())
    assert told.value.everything
    assert not told.value.doubtful


def test_a_wrong_password_is_told_as_the_channels_illness(smsc: Smsc) -> None:
    with pytest.raises(Later, match="ESME_RINVPASWD") as told:
        send(smsc, letter(), "wrong", patience=1.0)
    assert told.value.everything
    assert not smsc.parts


def test_an_smsc_that_is_not_there_is_asked_later() -> None:
    with pytest.raises(Later, match="no link") as told:
        send(Smsc(), letter(), patience=0.5)
    assert told.value.everything


def test_a_link_that_breaks_in_the_middle_leaves_a_doubt(smsc: Smsc) -> None:
    smsc.wish(drop=True)
    with pytest.raises(Later, match="broke off") as told:
        send(smsc, letter(LONG), patience=10.0)
    assert (told.value.everything, told.value.doubtful) == (True, True)
    assert len(smsc.parts) <= 4


def test_a_far_end_that_reports_says_so(smsc: Smsc) -> None:
    channel = Channel(kind=ChannelKind.SMS_SMPP, settings=smsc.settings(), secret="secret")
    assert isinstance(opened(channel), Reporting)
    assert not isinstance(opened(Channel(kind=ChannelKind.SMS_HTTP, settings={"url": "http://x"})), Reporting)


@pytest.mark.parametrize("wrong", [{"sender": "ХОЛОС"}, {"sender": "A-NAME-TOO-LONG"}, {"user": "a-name-of-sixteen"}])
def test_settings_that_cannot_be_said_in_smpp_are_told_at_once(smsc: Smsc, wrong: dict[str, str]) -> None:
    with pytest.raises(Later, match="the channel's settings"):
        send(smsc, letter(), **wrong)


def send_all(*, until: Callable[[], bool], sender: Sender | None = None) -> None:
    """The notifier's loop, until that is so."""

    async def scene() -> None:
        running = sender or Sender(zones)
        task = asyncio.create_task(running.run())
        await asyncio.to_thread(wait_for, "the outbox", until, seconds=PATIENCE)
        running.stop()
        await task

    play(scene(), seconds=2 * PATIENCE)


def test_a_message_is_delivered_with_its_last_part(outbox: Outbox, smsc: Smsc) -> None:
    way = outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings())
    message = outbox.put(way, NUMBER, language="uk")
    states: list[str] = []

    def reported() -> bool:
        state = outbox.message(message).state
        if state == MessageState.SENT and len(states) < len(smsc.parts):
            smsc.report(smsc.parts[len(states)]["id"])
            states.append(state)
        return state == MessageState.DELIVERED

    send_all(until=reported)
    assert len(states) == len(smsc.parts) == 2
    assert outbox.message(message).delivered_at is not None
    smsc.waits_for("both reports to be confirmed", lambda: smsc.confirmed == 2)


def test_a_report_that_comes_before_the_answer_counts(outbox: Outbox, smsc: Smsc) -> None:
    smsc.wish(receipt="DELIVRD")
    message = outbox.put(outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings()), NUMBER)
    send_all(until=lambda: outbox.message(message).state == MessageState.DELIVERED)


def test_a_lost_part_fails_the_message_with_the_smscs_words(outbox: Outbox, smsc: Smsc) -> None:
    smsc.wish(receipt="UNDELIV")
    message = outbox.put(outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings()), NUMBER)
    send_all(until=lambda: outbox.message(message).state == MessageState.FAILED)
    assert "UNDELIV" in str(outbox.message(message).last_error)


def test_reports_come_to_a_notifier_that_has_nothing_to_send(outbox: Outbox, smsc: Smsc) -> None:
    message = outbox.put(outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings()), NUMBER)
    send_all(until=lambda: outbox.message(message).state == MessageState.SENT)
    told: list[bool] = []

    def reported() -> bool:
        if not told and sum(fact.get("good") is True for fact in smsc.facts) == 2:
            for part in smsc.parts:
                smsc.report(part["id"])
            told.append(True)
        return outbox.message(message).state == MessageState.DELIVERED

    send_all(until=reported)


def test_a_link_that_breaks_twice_gives_the_message_up(outbox: Outbox, smsc: Smsc) -> None:
    """Each copy may have reached the telephone: a third helps nobody."""
    smsc.wish(drop=True)
    way = outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings())
    message = outbox.put(way, NUMBER, language="en")
    send_all(until=lambda: outbox.message(message).state == MessageState.DEAD)
    after = outbox.message(message)
    assert (after.doubtful, len({part["id"] for part in smsc.parts}) <= 4) == (True, True)
    assert "broke off" in str(after.last_error)


def test_the_link_is_made_again_after_it_broke(outbox: Outbox, smsc: Smsc) -> None:
    way = outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings())
    first = outbox.put(way, NUMBER, language="en")
    second: list[int] = []

    def both() -> bool:
        if not second and outbox.message(first).state == MessageState.SENT:
            smsc.cut()
            second.append(outbox.put(way, "+380671112234", language="en"))
        return bool(second) and outbox.message(second[0]).state == MessageState.SENT

    send_all(until=both)
    assert PartOutcome.DELIVERED not in [outbox.message(each).state for each in (first, *second)]


@pytest.fixture
def encrypted(authority: trustme.CA, tmp_path: Path) -> Iterator[Smsc]:
    """An SMSC that speaks TLS only, with a certificate of an authority of our own."""
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "certificate.pem"))
    with Smsc(tls=(tmp_path / "key.pem", tmp_path / "certificate.pem")) as listening:
        yield listening


def pem(authority: trustme.CA) -> str:
    return authority.cert_pem.bytes().decode()


def test_an_sms_goes_over_tls_and_its_report_comes_back(outbox: Outbox, encrypted: Smsc, authority: trustme.CA) -> None:
    encrypted.wish(receipt="DELIVRD")
    way = outbox.channel(ChannelKind.SMS_SMPP, "secret", **encrypted.settings(security="tls", ca=pem(authority)))
    message = outbox.put(way, NUMBER)
    send_all(until=lambda: outbox.message(message).state == MessageState.DELIVERED)
    assert len(encrypted.parts) == encrypted.confirmed == 2


@pytest.mark.parametrize("trusts", ["a stranger's authority", "nobody"])
def test_an_smsc_whose_certificate_is_not_trusted_is_told_nothing(encrypted: Smsc, trusts: str) -> None:
    stranger = {"ca": pem(trustme.CA())} if trusts != "nobody" else {}
    with pytest.raises(Later, match=r"TLS: .*certificate"):
        send(encrypted, letter(), security="tls", **stranger)
    assert encrypted.facts == [], "not even who we are"


def test_without_tls_an_smsc_that_wants_it_hears_nothing(encrypted: Smsc) -> None:
    with pytest.raises(Later):
        send(encrypted, letter())
    assert encrypted.parts == []


def test_with_tls_nothing_is_said_to_an_smsc_that_has_none(smsc: Smsc, authority: trustme.CA) -> None:
    with pytest.raises(Later):
        send(smsc, letter(), security="tls", ca=pem(authority))
    assert smsc.facts == []
