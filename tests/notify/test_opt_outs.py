"""Who answers STOP gets no SMS to citizens any more, not even what waits; START and the staff take it back."""

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from db import EVERY_ORGANISATION, transaction
from notify import opt_outs, queries, service
from notify.model import ChannelKind, MessageState, RefusedBy, Template, wishes
from notify.sender import Sender
from notify.service import NO_SMS
from notify.tables import Channel, OptOut
from run.notifier import zones
from tests.client import Client
from tests.notify.conftest import Outbox
from tests.notify.far_ends import HttpEnd
from tests.notify.smsc import Smsc
from tests.notify.test_sender import look_once
from tests.notify.test_smpp import send_all

NUMBER = "+380671112233"
NEWS = Template("news", "News", subject="News", text="Your water is back", to_citizens=True)


@pytest.mark.parametrize("text", ["STOP", " stop! ", "Стоп", "СТОП.", "toʻxtat", "To'xta", "відписатися"])
def test_stop_is_understood_in_the_languages_here(text: str) -> None:
    assert wishes(text) is False


@pytest.mark.parametrize("text", ["", "stop the water", "коли буде вода?", "💥", "\x00"])
def test_anything_else_is_no_wish(text: str) -> None:
    assert wishes(text) is None


def to_citizen(outbox: Outbox, way: Channel, key: str) -> int:
    with transaction(outbox.organisation) as session:
        return service.put(session, way, NUMBER, NEWS, language="uk", key=key).id


def refused(outbox: Outbox) -> bool:
    with transaction(outbox.organisation) as session:
        return queries.opted_out(session, outbox.organisation, [NUMBER]) == {NUMBER}


def test_stop_by_sms_is_kept_honoured_and_taken_back_by_start(outbox: Outbox) -> None:
    with Smsc() as smsc:
        way = outbox.channel(ChannelKind.SMS_SMPP, "secret", **smsc.settings())
        first = to_citizen(outbox, way, "1")
        told: list[str] = []

        def stopped() -> bool:
            if not told and outbox.message(first).state == MessageState.SENT:
                for _ in range(2):  # a telephone may say it twice
                    smsc.write(NUMBER, "СТОП")
                told.append("stop")
            return refused(outbox) and smsc.confirmed == 2

        send_all(until=stopped)
        second, staff = to_citizen(outbox, way, "2"), outbox.put(way, NUMBER)
        send_all(until=lambda: outbox.message(staff).state == MessageState.SENT)
        after = outbox.message(second)
        assert (after.state, after.last_error) == (MessageState.FAILED, NO_SMS)

        def started() -> bool:
            if len(told) == 1:
                told.append("start")
                smsc.write(NUMBER, "start")
            return not refused(outbox)

        bound = len([fact for fact in smsc.facts if fact.get("good")])
        third = to_citizen(outbox, way, "3")

        def linked_then_started() -> bool:
            return len([fact for fact in smsc.facts if fact.get("good")]) > bound and started()

        send_all(until=linked_then_started)
        fourth = to_citizen(outbox, way, "4")
        send_all(until=lambda: outbox.message(fourth).state == MessageState.SENT)
        assert outbox.message(third).state in {MessageState.SENT, MessageState.FAILED}
    with transaction(EVERY_ORGANISATION) as session:
        [row] = session.scalars(select(OptOut))
        assert (row.way, row.undone_way) == (RefusedBy.SMS, RefusedBy.SMS)


def test_what_waits_already_is_not_sent_either(outbox: Outbox, gateway: HttpEnd) -> None:
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url)
    waiting = to_citizen(outbox, way, "1")
    with transaction(outbox.organisation) as session:
        assert opt_outs.opt_out(session, outbox.organisation, NUMBER, way=RefusedBy.STAFF) is not None
        assert opt_outs.opt_out(session, outbox.organisation, NUMBER, way=RefusedBy.SMS) is None
    look_once(Sender(zones))
    assert gateway.posted == []
    assert outbox.message(waiting).last_error == NO_SMS


def test_stop_by_a_plain_gateway_is_obeyed_and_a_stranger_is_not_heard(
    outbox: Outbox, gateway: HttpEnd, anybody: Client
) -> None:
    """One gateway sends a web form, the other lists of its own names; both their numbers are ours with a plus."""
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url, answer_key="form")
    named = {"answer_from": "msg.src", "answer_text": "msg.body"}
    outbox.channel(ChannelKind.SMS_HTTP, "token", url=gateway.url, answer_key="json", signature="X-Sign", **named)
    waiting = to_citizen(outbox, way, "1")
    assert anybody.post("/sms/answers/form", data={"from": NUMBER, "text": "дякую"}).json() == {"heard": 1}
    assert not refused(outbox)
    for _ in range(2):
        sent = {"from": NUMBER.removeprefix("+"), "text": "Стоп"}
        assert anybody.post("/sms/answers/form", data=sent).json() == {"heard": 1}
    assert refused(outbox)
    look_once(Sender(zones))
    assert (gateway.posted, outbox.message(waiting).last_error) == ([], NO_SMS)

    body = json.dumps([{"msg": {"src": f"00{NUMBER[1:]}", "body": "start"}}]).encode()
    right = {"X-Sign": hmac.new(b"token", body, hashlib.sha256).hexdigest(), "content-type": "application/json"}
    for path, headers, status in (
        ("another", right, 404),
        ("json", right | {"X-Sign": "0"}, 403),
        ("form", right, 400),  # names of another channel
    ):
        assert anybody.post(f"/sms/answers/{path}", content=body, headers=headers).status_code == status
    assert anybody.post("/sms/reports/json", content=body, headers=right).status_code == 404, "only for answers"
    assert refused(outbox)
    assert anybody.post("/sms/answers/json", content=body, headers=right).json() == {"heard": 1}
    assert not refused(outbox)
    with transaction(EVERY_ORGANISATION) as session:
        [row] = session.scalars(select(OptOut))
        assert (row.way, row.undone_way) == (RefusedBy.SMS, RefusedBy.SMS)


@pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"[[[", b'{"from": {}}', b'{"from": "abc"}', b'{"from": true}'])
def test_what_names_nobody_is_told_so(outbox: Outbox, gateway: HttpEnd, anybody: Client, body: bytes) -> None:
    outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url, answer_key="form")
    answer = anybody.post("/sms/answers/form", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_the_address_for_answers_is_made_when_it_is_switched_on(
    client: Callable[[str], Client], outbox: Outbox, gateway: HttpEnd
) -> None:
    way = outbox.channel(ChannelKind.SMS_HTTP, url=gateway.url)
    browser = client("admin.khm")
    form = {"name": "SMS", "enabled": "true", "url": gateway.url, "body": "json", "answers": "true"}
    for _ in range(2):
        assert browser.post(f"/channels/{way.id}", data=form).status_code == 303
    settings = outbox.health(way).settings
    assert f"/sms/answers/{settings['answer_key']}" in browser.get(f"/channels/{way.id}").text
    assert "report_key" not in settings
    assert browser.post(f"/channels/{way.id}", data=form | {"answers": ""}).status_code == 303
    assert "answer_key" not in outbox.health(way).settings


def test_an_operator_writes_it_down_and_takes_it_back(client: Callable[[str], Client], outbox: Outbox) -> None:
    browser = client("olena")
    assert browser.post("/opt-outs", data={"phone": "not a number"}).status_code == 422
    assert browser.post("/opt-outs", data={"phone": "067 111 22 33"}).status_code == 303
    assert browser.post("/opt-outs", data={"phone": NUMBER}).status_code == 303, "twice is once"
    assert refused(outbox)
    page = browser.get("/opt-outs?q=111 22").text
    assert "Olena" in page
    with transaction(EVERY_ORGANISATION) as session:
        row = session.scalars(select(OptOut.id)).one()
    for _ in range(2):
        assert browser.post(f"/opt-outs/{row}/take-back").status_code == 303
    assert not refused(outbox)
    assert client("anna").post(f"/opt-outs/{row}/take-back").status_code == 404
    assert client("mykola").get("/opt-outs").status_code == 403
