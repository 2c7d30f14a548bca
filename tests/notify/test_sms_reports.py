"""Reports of delivery by a plain HTTP gateway: at an address of ours with a secret, signed, or when it is asked."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from db import EVERY_ORGANISATION, transaction
from notify.far.sms_http_reports import reports
from notify.model import ChannelKind, MessageState, PartOutcome
from notify.sender import Sender
from notify.service import ASK_NO_MORE
from notify.tables import Channel, MessagePart
from run.notifier import zones
from tests.client import Client
from tests.notify.conftest import Outbox
from tests.notify.far_ends import HttpEnd
from tests.notify.test_sender import look_once

NUMBER = "+380671112233"
KEY = "a-secret-of-this-test"


def sent(outbox: Outbox, gateway: HttpEnd, **settings: object) -> tuple[Channel, int]:
    """A message that the gateway took under the name 77."""
    gateway.answer(200, {"id": 77})
    way = outbox.channel(ChannelKind.SMS_HTTP, "token", **{"url": gateway.url, "report_key": KEY, **settings})
    message = outbox.put(way, NUMBER)
    look_once(Sender(zones))
    assert outbox.message(message).state == MessageState.SENT
    return way, message


def test_a_report_delivers_or_fails_the_message(outbox: Outbox, gateway: HttpEnd, anybody: Client) -> None:
    _, message = sent(outbox, gateway)
    assert anybody.post(f"/sms/reports/{KEY}", json={"id": "77", "status": "enqueued"}).json() == {"noted": 0}
    assert outbox.message(message).state == MessageState.SENT
    for _ in range(2):
        assert anybody.post(f"/sms/reports/{KEY}", json={"id": 77, "status": "Delivered"}).json() == {"noted": 1}
    after = outbox.message(message)
    assert (after.state, after.delivered_at is not None) == (MessageState.DELIVERED, True)


def test_a_form_with_names_and_words_of_the_gateways_own_fails_it(
    outbox: Outbox, gateway: HttpEnd, anybody: Client
) -> None:
    _, message = sent(outbox, gateway, report_id="msg.id", report_status="st", failed="nicht zugestellt")
    answer = anybody.post(f"/sms/reports/{KEY}", json=[{"msg": {"id": "77"}, "st": "Nicht zugestellt"}])
    assert answer.json() == {"noted": 1}
    after = outbox.message(message)
    assert (after.state, after.last_error) == (MessageState.FAILED, "Nicht zugestellt")


def test_a_report_may_come_before_we_know_the_message(outbox: Outbox, gateway: HttpEnd, anybody: Client) -> None:
    gateway.answer(200, {"id": "early"})
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url, report_key=KEY)
    assert anybody.post(f"/sms/reports/{KEY}", data={"id": "early", "status": "delivered"}).status_code == 200
    message = outbox.put(way, NUMBER)
    look_once(Sender(zones))
    assert outbox.message(message).state == MessageState.DELIVERED


def test_a_stranger_reports_nothing(outbox: Outbox, gateway: HttpEnd, anybody: Client) -> None:
    way, message = sent(outbox, gateway, signature="X-Signature")
    body = json.dumps({"id": "77", "status": "delivered"}).encode()
    right = hmac.new(b"token", body, hashlib.sha256).hexdigest()
    for path, signature, status in (
        ("another", right, 404),
        (KEY, "", 403),
        (KEY, hmac.new(b"other", body, hashlib.sha256).hexdigest(), 403),
    ):
        headers = {"content-type": "application/json", "x-signature": signature}
        assert anybody.post(f"/sms/reports/{path}", content=body, headers=headers).status_code == status
    assert outbox.message(message).state == MessageState.SENT
    headers = {"content-type": "application/json", "x-signature": f"sha256={right}"}
    assert anybody.post(f"/sms/reports/{KEY}", content=body, headers=headers).json() == {"noted": 1}
    assert outbox.message(message).state == MessageState.DELIVERED
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Channel).where(Channel.id == way.id).values(enabled=False))
    assert anybody.post(f"/sms/reports/{KEY}", content=body, headers=headers).status_code == 404


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"[]", b"null", b"[[[[", b'{"id": {}}', b'{"id": true}'])
def test_what_is_no_report_is_told_so(outbox: Outbox, gateway: HttpEnd, anybody: Client, body: bytes) -> None:
    sent(outbox, gateway)
    answer = anybody.post(f"/sms/reports/{KEY}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    with pytest.raises(ValueError, match=r"."):
        reports({}, body, "application/json")


def test_nested_lists_and_many_fields_are_read() -> None:
    body = json.dumps({"results": [{"id": 1, "status": "read"}, {"id": 2, "status": "expired"}, 3]}).encode()
    assert reports({}, body, "application/json") == [
        ("1", PartOutcome.DELIVERED, "read"),
        ("2", PartOutcome.FAILED, "expired"),
    ]


def due_to_be_asked(*, waited: timedelta = timedelta()) -> None:
    """As if that time had gone by."""
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(
            update(MessagePart).where(MessagePart.ask_at.is_not(None)).values(ask_at=now, created_at=now - waited)
        )


def ask_at() -> datetime | None:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(MessagePart.ask_at)).one()


def test_a_gateway_is_asked_ever_more_rarely_until_it_knows(outbox: Outbox, gateway: HttpEnd) -> None:
    _, message = sent(outbox, gateway, status_url=f"{gateway.url}/state/{{id}}")
    look_once(Sender(zones))
    assert gateway.asked == [], "not at once"
    gateway.states["77"] = {"status": "enqueued"}
    due_to_be_asked(waited=timedelta(minutes=10))
    look_once(Sender(zones))
    again = ask_at()
    assert again is not None
    assert again > datetime.now(UTC) + timedelta(minutes=9), "the next time after as long as it has waited"
    assert (gateway.asked, outbox.message(message).state) == (["/state/77"], MessageState.SENT)
    gateway.states["77"] = {"status": "delivered"}
    due_to_be_asked()
    look_once(Sender(zones), Sender(zones))
    assert outbox.message(message).state == MessageState.DELIVERED
    assert len(gateway.asked) == 2, "two senders ask once"
    assert ask_at() is None


def test_a_gateway_that_never_knows_is_left_alone_at_last(outbox: Outbox, gateway: HttpEnd) -> None:
    sent(outbox, gateway, status_url=f"{gateway.url}/state/{{id}}")
    due_to_be_asked(waited=ASK_NO_MORE)
    look_once(Sender(zones))
    assert (len(gateway.asked), ask_at()) == (1, None)


def test_the_address_is_made_when_reports_are_switched_on_and_kept(
    client: Callable[[str], Client], outbox: Outbox, gateway: HttpEnd
) -> None:
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url)
    browser = client("admin.khm")
    form = {"name": "SMS", "enabled": "true", "url": gateway.url, "body": "json", "reports": "true"}
    for _ in range(2):
        assert browser.post(f"/channels/{way.id}", data=form).status_code == 303
    key = outbox.health(way).settings["report_key"]
    assert f"/sms/reports/{key}" in browser.get(f"/channels/{way.id}").text
    refused = browser.post(f"/channels/{way.id}", data=form | {"status_url": "http://x/state"})
    assert refused.status_code == 422
    assert browser.post(f"/channels/{way.id}", data=form | {"signature": "X-Sign"}).status_code == 422, "no token"
    assert browser.post(f"/channels/{way.id}", data=form | {"reports": ""}).status_code == 303
    assert "report_key" not in outbox.health(way).settings
