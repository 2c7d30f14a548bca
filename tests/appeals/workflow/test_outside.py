"""Bodies that do not work here: what they are written, and how far the word is, seen where work is given out (U-12)."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from appeals.executors.tables import Executor
from appeals.tables import Appeal
from appeals.webhooks.model import HOPELESS_AFTER
from appeals.workflow import ending
from appeals.workflow.model import Deed, Order, Outcome, Part, Told
from appeals.workflow.service import assign, reassign
from db import EVERY_ORGANISATION, transaction
from notify.tables import Channel, Message
from tests.appeals.cards import Browser
from tests.appeals.exchange.test_webhooks import due_now, receiver, tell, wanted
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.test_deeds import do
from tests.client import Client
from tests.notify.far_ends import HttpEnd
from tests.pages.statements import statements_of

__all__ = ["receiver"]
MAILBOX = "duty@body.example"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def mailbox(city: City) -> str:
    """Every body has it, and there is a way to write to it."""
    with transaction(EVERY_ORGANISATION) as session:
        whose = {"organisation_id": city.olena.organisation_id}
        session.add(Channel(**whose, name="Пошта", kind="email", settings={}, secret=""))
        session.execute(update(Executor).values(email=MAILBOX))
    return MAILBOX


def letters() -> Sequence[Message]:
    """What is in the outbox, in order."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Message).order_by(Message.id)).all()


def became(**values: object) -> None:
    """What the far end has made of every letter."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Message).values(**values))


def seen(browser: Client, number: str) -> str:
    """The words of the appeal's page, without what draws them."""
    page = browser.get(f"/appeals/{number}")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(page.text)).split())


def also(city: City, appeal: Appeal, code: str) -> None:
    """One more executor."""
    order = Order(executor=city.executors[code], part=Part.CO)
    with transaction(city.olena.organisation_id) as session:
        assign(session, appeal.number, [order], Told(), by=city.olena)


def test_a_dispatcher_sees_how_far_the_letter_is(city: City, mailbox: str, client: Browser) -> None:
    appeal, olena = city.appeal(), client("olena")
    city.given(appeal, "water", "heat")
    told = seen(olena, appeal.number)
    assert f"органові повідомляється {mailbox}" in told
    assert told.count("органові повідомляється") == 1, "whoever works here is not written to"
    became(last_error="421 try again later", failures=1)
    assert f"спроби тривають {mailbox}: 421 try again later" in seen(olena, appeal.number)
    became(state="dead")
    assert "органові не вдалося повідомити" in seen(olena, appeal.number)
    became(state="sent", sent_at=datetime.now(UTC))
    told = seen(olena, appeal.number)
    assert "органові повідомлено" in told
    assert "421" not in told, "what is past troubles nobody"
    few = statements_of(lambda: olena.get(f"/appeals/{appeal.number}"))
    also(city, appeal, "lift")
    assert statements_of(lambda: olena.get(f"/appeals/{appeal.number}")) == few


def test_a_body_that_nobody_can_tell_is_named(city: City, client: Browser) -> None:
    appeal = city.appeal()
    city.given(appeal, "heat")
    assert "органові ніхто не повідомив" in seen(client("olena"), appeal.number)
    with transaction(city.iryna.organisation_id) as session:
        ending.cancel(session, appeal.number, Told(reason="помилка"), by=city.iryna)
    assert "органові ніхто не повідомив" not in seen(client("olena"), appeal.number)


def test_a_receiver_that_is_away_is_seen_on_the_appeal(city: City, receiver: HttpEnd, client: Browser) -> None:
    """U-12: the webhook's receiver gets the appeal; a failing one is tried again and shown as not reached."""
    wanted(city, receiver.url, executor="heat")
    appeal, olena = city.appeal(), client("olena")
    city.given(appeal, "heat")
    assert "органові повідомляється Облік heat" in seen(olena, appeal.number)
    receiver.answer(503, "away")
    tell()
    assert "спроби тривають Облік heat" in seen(olena, appeal.number)
    for _ in range(HOPELESS_AFTER - 1):
        due_now()
        tell()
    told = seen(olena, appeal.number)
    assert "органові не вдалося повідомити Облік heat" in told
    assert "503 away" in told
    receiver.answer(204)
    hook = wanted(city, receiver.url, executor="lift")
    also(city, appeal, "lift")
    tell()
    assert hook.name in (told := seen(olena, appeal.number))
    assert "органові повідомлено Облік lift" in told


def test_a_body_that_was_written_to_hears_what_becomes_of_its_part(city: City, mailbox: str) -> None:
    appeal = city.appeal()
    work, other = city.given(appeal, "heat", "lift")
    do(Deed.ANSWER_FOR, work.id, Told(report="Лист 12", outcome=Outcome.DONE), city.olena)
    for time in range(2):
        do(Deed.RETURN, work.id, Told(reason=f"Не полагоджено {time}", until=TOMORROW), city.iryna)
        do(Deed.ANSWER_FOR, work.id, Told(report="Лист 13", outcome=Outcome.DONE), city.olena)
    with transaction(city.olena.organisation_id) as session:
        to = Order(executor=city.executors["water"], part=Part.CO)
        reassign(session, other.id, to, Told(reason="Не їхнє"), by=city.olena)
    assert [(each.key, each.template) for each in letters()] == [
        (f"assignment:{work.id}", "appeal_to_body"),
        (f"assignment:{other.id}", "appeal_to_body"),
        (f"assignment:{work.id}:back:1", "appeal_back_to_body"),
        (f"assignment:{work.id}:back:2", "appeal_back_to_body"),
        (f"assignment:{other.id}:gone", "appeal_no_longer"),
    ]
    assert [each.recipient for each in letters()] == [mailbox] * 5
    told = {each.key.partition(":back:")[2]: each.text for each in letters() if ":back:" in each.key}
    assert "Не полагоджено 0" in told["1"]
    assert "Не полагоджено 1" in told["2"]
    assert "Не їхнє" in letters()[-1].text
    assert not [each for each in letters() if "Коваль" in each.text]


def test_an_appeal_that_ends_is_nobodys_work_any_more(city: City, mailbox: str) -> None:
    appeal = city.appeal()
    work, _ours = city.given(appeal, "heat", "water")
    with transaction(city.iryna.organisation_id) as session:
        ending.cancel(session, appeal.number, Told(reason="Подано помилково"), by=city.iryna)
    [_given, gone] = letters()
    assert (gone.key, gone.recipient) == (f"assignment:{work.id}:gone", mailbox)
    assert "Подано помилково" in gone.text
