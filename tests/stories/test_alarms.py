"""An operator's mark in the talk: group and mailbox know within ten seconds, others until somebody takes it."""

import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from notify.model import ChannelKind
from notify.tables import Channel
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import AlarmStep
from tests.notify.bot_api import GROUP_CHAT, BotApi
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import MailServer
from tests.town.people import Person
from tests.town.town import Town
from tests.town.waiting import wait_for

READY = {"notifier": b"notifier_ready", "bot": b"bot_ready"}  # what each says once it works
BEGINS_WITHIN = 90  # seconds, of everything these processes import; no part of what is measured
DUTY, CHIEF, MAYOR = "duty@city.example", "chief@city.example", "mayor@city.example"
CLIMBS = {CHIEF: timedelta(seconds=20), MAYOR: timedelta(minutes=4)}
WAYS = ("Чергові", "Пошта чергових")
IRYNA = 501  # her account at Telegram
DONE = "Передзвонили заявникові, бригада вже на місці"
ALARM = "SELECT id, state, due_at, answer FROM alarm WHERE call = %s"


@pytest.fixture
def telegram() -> Iterator[BotApi]:
    """Telegram, where the city has a group."""
    api = BotApi()
    yield api
    api.close()


@pytest.fixture
def ladder(town: Town, telegram: BotApi, mail_server: MailServer) -> Iterator[None]:
    """The group and the mailbox at once, the chief and the mayor while nobody takes it; notifier and bot run."""
    product = town.product
    with product.office("khm") as (session, organisation):
        own = {"organisation_id": organisation.id}
        group = Channel(**own, name=WAYS[0], kind=ChannelKind.TELEGRAM, settings={"base": telegram.url}, secret=TOKEN)
        mail = Channel(**own, name=WAYS[1], kind=ChannelKind.EMAIL, settings=mail_server.settings())
        session.add_all([group, mail])
        session.flush()
        rungs = {(group.id, str(GROUP_CHAT["id"])): timedelta(0), (mail.id, DUTY): timedelta(0)}
        rungs |= {(mail.id, recipient): after for recipient, after in CLIMBS.items()}
        for (way, recipient), after in rungs.items():
            of = {"channel_id": way, "recipient": recipient, "language": "uk", "kinds": [Kind.DISPUTED.value]}
            session.add(AlarmStep(**own, after=after, **of))
    logs = {name: product.log_of(name) for name in READY}
    before = {name: log.stat().st_size if log.exists() else 0 for name, log in logs.items()}
    for name in READY:
        product.begin(name)
    for name, said in READY.items():
        wait_for(
            f"the {name} to work",
            lambda name=name, said=said: said in logs[name].read_bytes()[before[name] :],
            seconds=BEGINS_WITHIN,
        )
    yield
    for name in READY:
        product.kill(name)
    with product.office("khm") as (session, organisation):
        session.execute(delete(AlarmStep).where(AlarmStep.organisation_id == organisation.id))
        for channel in session.scalars(select(Channel).where(Channel.name.in_(WAYS))):
            channel.enabled, channel.name = False, f"{channel.name} {channel.id}"


def mails(server: MailServer, recipient: str) -> list[Message]:
    """What came to an address."""
    return [mail for mail in server.mails if mail["To"] == recipient]


def told(telegram: BotApi) -> list[dict[str, str]]:
    """What the group was sent."""
    return [fields for method, fields in telegram.said if method == "sendMessage" and "take:" in str(fields)]


def alarm_of(town: Town, caller: Person) -> dict[str, object]:
    """The one alarm of a call."""
    (alarm,) = town.product.rows(ALARM, caller.call["id"])
    return alarm


@pytest.mark.usefixtures("ladder")
def test_a_disputed_call_is_told_and_climbs_until_somebody_takes_it(
    town: Town, telegram: BotApi, mail_server: MailServer
) -> None:
    olena, caller = town.talk("olena", "khm-heating")
    mark = olena.page.locator(".marks button[value=disputed]")
    expect(mark).to_be_visible()
    begun = time.monotonic()
    mark.click()
    wait_for("the group and the mailbox", lambda: told(telegram) and mails(mail_server, DUTY), seconds=20)
    assert time.monotonic() - begun < 10
    expect(mark).to_have_count(0)
    caller.hangs_up()
    olena.is_in("wrap_up").wraps_up("disputed").ends_shift()
    wait_for("the ledger to have the result", lambda: caller.call["result"] == "disputed", seconds=20)
    number = alarm_of(town, caller)["id"]
    letter = mails(mail_server, DUTY)[0].as_string()
    link = f"{town.product.settings.public_url}/alarms/{number}"
    for text in (told(telegram)[0]["text"], mails(mail_server, DUTY)[0].get_content()):  # type: ignore[attr-defined]
        assert link in text
        assert caller.call["caller"][-7:] not in text + letter

    wait_for("the chief, as nobody takes it", lambda: mails(mail_server, CHIEF), seconds=60)
    assert (len(told(telegram)), len(mails(mail_server, DUTY))) == (1, 1), "the mark and the result are one alarm"
    iryna = _links_her_account(town, telegram)
    iryna.goto(f"/alarms/{number}")
    expect(iryna.locator("main .badge").first).to_be_visible()
    telegram.presses(IRYNA, f"take:{number}")
    wait_for("it to be taken", lambda: alarm_of(town, caller)["state"] == "taken", seconds=20)
    assert alarm_of(town, caller)["due_at"] is None, "nobody further is told"
    iryna.reload()
    expect(iryna.locator("main .facts")).to_contain_text(town.name_of("iryna"))
    _answers_and_closes(telegram, number)
    wait_for("it to be closed", lambda: alarm_of(town, caller)["state"] == "closed", seconds=20)
    iryna.reload()
    expect(iryna.locator("main")).to_contain_text(DONE)
    assert not mails(mail_server, MAYOR)


def _links_her_account(town: Town, telegram: BotApi) -> Page:
    """Iryna makes a code on her page and sends it to the bot; her page."""
    page = town.agent("iryna").signs_in(to="/me/telegram").page
    page.locator("form[action='/me/telegram/code'] button").click()
    said = page.locator("code.one-time").inner_text()
    telegram.writes(IRYNA, said, private=True)
    name = town.name_of("iryna")
    wait_for(
        "the account to be linked", lambda: any(name in text for text in telegram.texts("sendMessage")), seconds=20
    )
    page.reload()
    expect(page.locator("main .badge-good")).to_be_visible()
    return page


def _answers_and_closes(telegram: BotApi, number: object) -> None:
    """She presses Answer, replies to the bot's question, and closes."""
    telegram.presses(IRYNA, f"answer:{number}")
    asked = f"#{number}"
    wait_for("the question", lambda: any(asked in text for text in telegram.texts("sendMessage")), seconds=20)
    question = next(text for text in telegram.texts("sendMessage") if asked in text)
    before = len(telegram.said)
    telegram.writes(IRYNA, DONE, reply_to=question)
    wait_for("the answer to be written down", lambda: len(telegram.said) > before, seconds=20)
    telegram.presses(IRYNA, f"close:{number}")
