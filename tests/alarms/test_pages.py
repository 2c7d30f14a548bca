"""The pages of channels and alarms, as administrators, supervisors and operators use them."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind, MessageState
from notify.tables import Channel, Message
from supervisor.alarms import service
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State
from supervisor.alarms.tables import AlarmStep
from tests.alarms.conftest import MAILBOX, SITE, City, send_all
from tests.client import Client
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import HttpEnd, MailServer

Browsers = Callable[[str], Client]
NUMBER = "+380671112233"


def channel_of(channel_id: int) -> Channel:
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Channel, channel_id)


def new_channel(browser: Client, kind: ChannelKind, name: str = "Новий") -> int:
    answer = browser.post("/channels", data={"name": name, "kind": kind})
    assert answer.status_code == 303
    return int(answer.headers["location"].rpartition("/")[2])


def test_a_channel_is_made_filled_in_and_tried_and_its_secret_is_shown_to_nobody(
    client: Browsers, city: City, gateway: HttpEnd
):
    browser = client("admin.khm")
    made = new_channel(browser, ChannelKind.TELEGRAM)
    form = {"name": "Чергові", "base": gateway.url, "secret": TOKEN, "enabled": "true", "daily": "50"}
    assert browser.post(f"/channels/{made}", data=form).status_code == 303
    assert (channel_of(made).secret, channel_of(made).settings) == (TOKEN, {"base": gateway.url, "daily": 50})
    for page in (f"/channels/{made}", "/channels"):
        assert TOKEN not in browser.get(page).text
    assert browser.post(f"/channels/{made}", data={**form, "secret": ""}).status_code == 303
    assert channel_of(made).secret == TOKEN, "an empty field keeps it"
    tested = browser.post(f"/channels/{made}/test", data={"recipient": "-100"})
    page = browser.get(tested.headers["location"]).text
    part = re.search(r'hx-get="(/channels/\d+/tests/\d+)"', page)
    assert part is not None, "the page asks how far it is"
    send_all()
    outcome = browser.get(part[1], headers={"HX-Request": "true"}).text
    assert "надіслано" in outcome
    assert "hx-get" not in outcome, "and asks no more once it is known"
    assert browser.post(f"/channels/{made}", data={**form, "secret": "", "forget": "true"}).status_code == 422
    form.pop("enabled")
    assert browser.post(f"/channels/{made}", data={**form, "secret": "", "forget": "true"}).status_code == 303
    assert channel_of(made).secret == ""


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (ChannelKind.SMS_HTTP, "067 111 22 33"),
        (ChannelKind.SMS_SMPP, "+0671112233"),
        (ChannelKind.SMS_SMPP, "+380"),
        (ChannelKind.EMAIL, "duty at city"),
        (ChannelKind.TELEGRAM, "the duty group"),
    ],
)
def test_a_wrong_number_is_refused_beside_the_field_and_nothing_is_sent(
    client: Browsers, city: City, kind: ChannelKind, wrong: str
):
    browser = client("admin.khm")
    made = new_channel(browser, kind)
    answer = browser.post(f"/channels/{made}/test", data={"recipient": wrong})
    assert answer.status_code == 422
    assert 'id="error-recipient"' in answer.text
    assert wrong in answer.text, "what was typed is kept"
    assert city.messages() == []


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        (ChannelKind.SMS_SMPP, {"host": "smsc", "user": "holos", "sender": "ХОЛОС"}, "sender"),
        (ChannelKind.SMS_SMPP, {"host": "smsc", "user": "holos", "sender": "H", "secret": "far-too-long"}, "secret"),
        (ChannelKind.SMS_SMPP, {"host": "smsc", "user": "h", "sender": "HOLOS", "quiet_begin": "21:00"}, "quiet_end"),
        (ChannelKind.SMS_HTTP, {"url": "file:///etc/passwd"}, "url"),
        (ChannelKind.EMAIL, {"host": "mail", "sender": "a@b.example", "ca": "no certificate"}, "ca"),
        (ChannelKind.TELEGRAM, {"secret": "no token"}, "secret"),
        (ChannelKind.TELEGRAM, {"enabled": "true"}, "secret"),
    ],
)
def test_settings_that_make_no_sense_are_told_beside_their_field(
    client: Browsers, city: City, kind: ChannelKind, form: dict[str, str], field: str
):
    browser = client("admin.khm")
    made = new_channel(browser, kind)
    answer = browser.post(f"/channels/{made}", data={"name": "Новий", **form})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert channel_of(made).settings == {}


def test_an_ill_channel_says_so_and_its_letter_is_sent_again_or_given_up(
    client: Browsers, city: City, mail_server: MailServer
):
    mail_server.recipient_answer = "550 no such mailbox"
    browser = client("admin.khm")
    browser.post(f"/channels/{city.mail.id}/test", data={"recipient": MAILBOX})
    send_all()
    dead = browser.get("/channels/outbox?state=undone").text
    assert "550 no such mailbox" in dead
    (message,) = city.messages()
    mail_server.recipient_answer = "250 OK"
    assert browser.post(f"/channels/outbox/{message.id}/resend").status_code == 303
    send_all()
    assert city.messages()[0].state == MessageState.SENT
    assert "550 no such mailbox" not in browser.get("/channels/outbox?state=undone").text
    browser.post(f"/channels/{city.mail.id}/test", data={"recipient": MAILBOX})
    waiting = city.messages()[-1]
    assert browser.post(f"/channels/outbox/{waiting.id}/give-up").status_code == 303
    assert (city.messages()[-1].state, "Admin.khm" in str(city.messages()[-1].last_error)) == (MessageState.DEAD, True)


def test_a_days_limit_holds_the_rest_back_until_tomorrow(city: City, gateway: HttpEnd, client: Browsers):
    browser = client("admin.khm")
    with transaction(city.id) as session:
        channel = session.get_one(Channel, city.group.id)
        channel.settings = {**channel.settings, "daily": 2}
    for _ in range(3):
        browser.post(f"/channels/{city.group.id}/test", data={"recipient": "-100"})
    for _ in range(4):
        send_all()
    assert len(gateway.posted) == 2
    assert [message.state for message in city.messages()].count(MessageState.WAITING) == 1


def test_an_organisation_words_its_messages_and_a_strange_placeholder_is_refused(
    client: Browsers, city: City, gateway: HttpEnd
):
    browser, page = client("admin.khm"), "/channels/wordings/alarm_call/uk"
    assert "%(queue)s" in browser.get(page).text
    refused = browser.post(page, data={"subject": "Увага", "text": "Дзвонив %(caller)s, 50% знижки"})
    assert refused.status_code == 422
    assert "caller" in refused.text
    assert browser.post(page, data={"subject": "Увага", "text": "Черга %(queue)s: %(link)s"}).status_code == 303
    city.talk("disputed")
    Watch(SITE).look()
    assert city.messages()[0].text.startswith("Черга Водопостачання: https://")
    assert browser.post(f"{page}/forget").status_code == 303
    assert "%(talked)s" in browser.get(page).text


def test_a_supervisor_takes_answers_passes_on_and_closes(client: Browsers, city: City):
    city.talk("unresolved")
    Watch(SITE).look()
    (alarm,) = city.alarms()
    browser = client("iryna")
    assert "ніхто не взявся" in browser.get("/alarms").text
    assert browser.get("/alarms/number").text == "1"
    assert browser.post(f"/alarms/{alarm.id}/close").status_code == 303
    assert city.alarms()[0].state == State.OPEN, "nobody has it"
    assert browser.post(f"/alarms/{alarm.id}/take").status_code == 303
    browser.post(f"/alarms/{alarm.id}/answer", data={"text": "Передзвонили"})
    to = city.person("mykola").id
    browser.post(f"/alarms/{alarm.id}/pass", data={"to": str(to)})
    assert city.alarms()[0].taken_by == to
    browser.post(f"/alarms/{alarm.id}/pass", data={"to": str(city.person("olena").id)})
    assert city.alarms()[0].taken_by == to, "an operator may not"
    client("mykola").post(f"/alarms/{alarm.id}/close")
    page = browser.get(f"/alarms/{alarm.id}").text
    assert city.alarms()[0].state == State.CLOSED
    for seen in ("Передзвонили", "Mykola", "Iryna"):
        assert seen in page
    assert browser.get("/alarms/number").text == ""
    late = browser.post(f"/alarms/{alarm.id}/answer", data={"text": "Бригада виїхала"})
    assert late.status_code == 409
    assert "Бригада виїхала" in late.text, "what was written is not lost"
    for deed in ("close", "pass"):
        assert browser.post(f"/alarms/{alarm.id}/{deed}", data={"to": str(to)}).status_code == 303


def test_an_operator_marks_their_own_call_once_and_nobody_elses(client: Browsers, city: City):
    call = city.talk(None)
    mark = {"call": str(call), "kind": "disputed"}
    assert client("andrii").post("/alarms/mark", data=mark).status_code == 404
    part = client("olena").post("/alarms/mark", data=mark, headers={"HX-Request": "true"}).text
    assert "чергових сповіщено" in part
    client("olena").post("/alarms/mark", data=mark)
    assert [alarm.kind for alarm in city.alarms()] == ["disputed"]
    assert client("olena").post("/alarms/mark", data={**mark, "kind": "installation"}).status_code == 404


def test_the_ladder_is_built_on_its_page_and_reaches_nobody_by_a_wrong_name(client: Browsers, city: City):
    browser = client("admin.khm")
    step = {"after": "15", "again": "30", "channel": city.mail.id, "language": "uk", "about": ["disputed"]}
    refused = browser.post("/alarms/ladder", data={**step, "recipient": "nobody"})
    assert refused.status_code == 422
    assert 'id="error-recipient"' in refused.text
    assert browser.post("/alarms/ladder", data={**step, "recipient": "head@city.example"}).status_code == 303
    assert "head@city.example" in browser.get("/alarms/ladder").text
    with transaction(city.id) as session:
        made = session.scalars(select(AlarmStep).order_by(AlarmStep.id.desc())).first()
        assert made is not None
    browser.post(f"/alarms/ladder/{made.id}/remove")
    assert "head@city.example" not in browser.get("/alarms/ladder").text
    browser.post("/alarms/ladder/wanted", data={"kinds": ["complaint"]})
    city.talk("disputed")
    Watch(SITE).look()
    assert city.alarms() == []


def test_a_code_for_telegram_is_shown_once(client: Browsers, city: City):
    browser = client("iryna")
    assert browser.post("/me/telegram/code").status_code == 303
    assert "/link " in browser.get("/me/telegram").text
    assert "/link " not in browser.get("/me/telegram").text
    assert client("olena").get("/me/telegram").status_code == 403


def test_what_is_told_of_a_message_counts_only_its_own_organisation(client: Browsers, city: City):
    with transaction(city.id) as session:
        service.want(session, city.id, frozenset())
    assert city.mail.name not in client("admin.dtm").get("/channels").text
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Message)).all() == []
