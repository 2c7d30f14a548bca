"""A citizen's talk with the bot, over a Bot API of our own: one letter, an appeal by an operator, words in the chat."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update

from appeals.bot import jobs, model, service
from appeals.bot.model import Heard, Said, Step
from appeals.bot.tables import BotTalk
from appeals.inbound.model import State
from appeals.inbound.tables import InboundLetter
from appeals.model import Source
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from notify.far.opening import prepare_telegram
from notify.model import ChannelKind
from notify.sender import Sender
from notify.tables import Channel, Message
from run.notifier import zones
from supervisor.panel.bots import Panel
from supervisor.panel.tables import TelegramAccount
from tests.appeals.cards import fields, form
from tests.centre import Centre
from tests.client import Client
from tests.loop import play
from tests.notify.bot_api import BotApi
from tests.notify.conftest import TOKEN
from tests.notify.conftest import channel as a_channel
from tests.notify.test_sender import look_once
from tests.town.waiting import wait_for
from web.languages import LANGUAGES

Browser = Callable[[str], Client]
MATTER, NAME, PLACE = "Немає води третій день", "Коваленко Марія Іванівна", "Хмельницький, вул. Прибузька, 12, кв. 3"
LETTER = ("Українська", MATTER, "Це все", NAME, PLACE, "Далі без телефону", "Надіслати це")


@pytest.fixture
def telegram() -> Iterator[BotApi]:
    api = BotApi()
    yield api
    api.close()


@pytest.fixture
def bot(centre: Centre, telegram: BotApi) -> Channel:
    """The city's, to which citizens may write."""
    organisation = centre.organisations["khm"].id
    with transaction(organisation) as session:
        return a_channel(session, organisation, ChannelKind.TELEGRAM, TOKEN, base=telegram.url, citizens=True)


@contextmanager
def at_work() -> Iterator[None]:
    """The process of bots, from its start to its end."""
    prepare_telegram()  # once: loading it takes seconds
    panel = Panel(look_every=timedelta(seconds=0.2), pause=timedelta(seconds=0.1))
    thread = threading.Thread(target=lambda: play(panel.run(), seconds=120.0))
    thread.start()
    try:
        yield
    finally:
        panel.stop()
        thread.join(30)


class Chat:
    """A citizen in a private chat with the bot."""

    def __init__(self, telegram: BotApi, who: int = 901) -> None:
        self.telegram, self.who = telegram, who

    def hears(self) -> list[dict[str, str]]:
        said = [said for method, said in self.telegram.said if method == "sendMessage"]
        return [each for each in said if each["chat_id"] == str(self.who)]

    def tells(self, **content: Any) -> None:
        chat = {"id": self.who, "type": "private", "first_name": "M"}
        user = {"id": self.who, "is_bot": False, "first_name": "M"}
        message = {"message_id": 8, "date": 1_790_000_000, "chat": chat, "from": user, **content}
        self.telegram.tell(message=message)

    def sends(self, **content: Any) -> str:
        """What the bot answers."""
        before = len(self.hears())
        self.tells(**content)
        wait_for("an answer", lambda: len(self.hears()) > before)
        return self.hears()[-1]["text"]

    def says(self, *texts: str) -> str:
        for text in texts:
            answer = self.sends(text=text)
        return answer

    def shares(self, phone: str, whose: int) -> str:
        return self.sends(contact={"phone_number": phone, "first_name": "M", "user_id": whose})

    def is_asked_again(self) -> None:
        before = len(self.hears())
        wait_for("the question once more", lambda: len(self.hears()) > before)


def letters() -> list[InboundLetter]:
    with transaction(EVERY_ORGANISATION) as session:
        found = list(session.scalars(select(InboundLetter).order_by(InboundLetter.id)))
        session.expunge_all()
        return found


def appeals() -> list[Appeal]:
    with transaction(EVERY_ORGANISATION) as session:
        found = list(session.scalars(select(Appeal).order_by(Appeal.id)))
        session.expunge_all()
        return found


def test_a_talk_becomes_one_appeal_whose_number_and_answer_come_to_the_chat(
    bot: Channel, telegram: BotApi, client: Browser
) -> None:
    """U-02: from the chat too, with number, time, source and author of the entry."""
    maria = Chat(telegram)
    with at_work():
        greeting = maria.says("/start")
        assert all(word in greeting for word in ("Виберіть мову", "Выберите язык", "Tilni tanlang", "Choose your"))
        keys = json.loads(maria.hears()[-1]["reply_markup"])["keyboard"]
        assert [row[0]["text"] for row in keys] == [*LANGUAGES.values()]
        maria.says("Українська", MATTER)
        maria.sends(location={"latitude": 49.42, "longitude": 26.98})
        asked = maria.says("Це все", NAME, PLACE)
        assert "телефон" in asked
        summary = maria.shares("380671234567", maria.who)
        assert all(word in summary for word in (MATTER, "49.420000, 26.980000", NAME, PLACE, "+380671234567"))
        assert letters() == []
        maria.says("Надіслати це")
    [letter] = letters()
    assert (letter.organisation_id, letter.state, letter.channel_id) == (bot.organisation_id, State.WAITING, bot.id)
    look_once(Sender(zones))
    assert f"запис {letter.id}" in maria.hears()[-1]["text"]

    olena = client("olena")
    assert MATTER in olena.get("/appeals/inbound").text
    page = olena.get(f"/appeals/inbound/{letter.id}").text
    assert NAME in page
    assert "+380671234567" in page
    card = olena.get(f"/appeals/new?letter={letter.id}").text
    typed = fields(card)
    assert (typed["surname"], typed["given_name"], typed["patronymic"]) == ("Коваленко", "Марія", "Іванівна")
    assert typed["address"] == PLACE
    sent = form(source="telegram", letter=str(letter.id), submission=typed["submission"], phone="", substance=MATTER)
    assert olena.post("/appeals", data=sent).status_code == 303
    [appeal] = appeals()
    assert (appeal.source, appeal.id) == (Source.TELEGRAM, letters()[0].appeal_id)
    look_once(Sender(zones))
    assert appeal.number in maria.hears()[-1]["text"]

    closed = {"state": "closed", "result": "explained", "closed_at": datetime.now(UTC), "answer": "Воду подано"}
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(**closed))
    assert [jobs.look_after()["chats_answered"] for _ in range(2)] == [1, 0]
    look_once(Sender(zones))
    assert "Воду подано" in maria.hears()[-1]["text"]
    assert len(letters()) == len(appeals()) == 1
    asked = heard(bot, update=1_000_000, text=f"№ {appeal.number.lower()}")
    assert asked is not None
    assert appeal.number in asked.text
    assert "розглянуто" in asked.text
    other = heard(bot, chat=902, update=1_000_001, text=appeal.number)
    assert other is not None
    assert appeal.number not in other.text, "nobody else's"


def test_a_bot_that_begins_anew_goes_on_and_what_is_told_again_is_nothing_new(bot: Channel, telegram: BotApi) -> None:
    maria = Chat(telegram)
    with at_work():
        maria.says("/start", *LETTER[:2])
    with at_work():  # Telegram tells all of it again, for nothing was confirmed to it by this process
        maria.is_asked_again()
        maria.says(*LETTER[2:])
    with at_work():
        maria.is_asked_again()
    [letter] = letters()
    assert (letter.text, letter.sender_name) == (MATTER, NAME)
    with transaction(EVERY_ORGANISATION) as session:
        assert len(session.scalars(select(Message)).all()) == 1, "one receipt"
        [talk] = session.scalars(select(BotTalk)).all()
        assert (talk.step, talk.matter, talk.name, talk.place) == (Step.SENT, "", "", "")


def test_nonsense_gets_a_clear_word_and_the_question_stays(bot: Channel, telegram: BotApi) -> None:
    ivan = Chat(telegram)
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "file_size": 50_000_000}]
    with at_work():
        assert "Choose your language" in ivan.says("asdf")
        ivan.says("English")
        assert "words and places" in ivan.sends(photo=photo, caption="here")
        assert "too short" in ivan.says("???", "That is all")
        ivan.says("a" * 4000, "b" * 4000)
        assert str(model.LONGEST) in ivan.says("c" * 4000)
        assert "your name" in ivan.says("That is all")
        assert "in letters" in ivan.says("12345")
        assert "do you live" in ivan.says("Smith John")
        assert "An address" in ivan.says("12")
        assert "the key below" in ivan.says("Main street 5")
        assert "one of the keys" in ivan.says("+380671234567")
        assert "not the one of your own" in ivan.shares("380671234567", 777)
        assert "Send it?" in ivan.says("Go on without a telephone")
        assert "one of the keys" in ivan.says("later")
        assert "what you ask for" in ivan.says("Write it anew")
    assert letters() == []


def test_groups_linked_staff_and_bots_that_are_not_for_citizens_begin_no_talk(
    bot: Channel, telegram: BotApi, centre: Centre
) -> None:
    iryna, stranger = Chat(telegram, 501), Chat(telegram, 666)
    person = centre.people["iryna"]
    whose = {"organisation_id": person.organisation_id, "person_id": person.id}
    with transaction(person.organisation_id) as session:
        session.add(TelegramAccount(**whose, telegram_id=501, telegram_name="I", linked_at=datetime.now(UTC)))
    with at_work():
        telegram.writes(stranger.who, "/start")
        iryna.tells(text="/start")
        iryna.tells(text="Немає води")
        stranger.says("/start")
        assert len(telegram.said) == 1
        assert "не пов’язано" in stranger.says("/alarms")
    with transaction(bot.organisation_id) as session:
        session.get_one(Channel, bot.id).settings = {"base": telegram.url}
    with at_work():
        stranger.tells(text="Немає води")
        assert "не пов’язано" in stranger.says("/alarms")
    with transaction(EVERY_ORGANISATION) as session:
        assert [talk.chat_id for talk in session.scalars(select(BotTalk))] == [stranger.who]


def heard(bot: Channel, chat: int = 901, **news: Any) -> Said | None:
    with transaction(bot.organisation_id) as session:
        return service.heard(session, bot, Heard(chat=chat, **news))


def test_a_chat_sends_so_many_letters_a_day_and_each_once(bot: Channel) -> None:
    updates = count(1)
    for _ in range(model.LETTERS_A_DAY):
        for text in ("/start", *LETTER):
            last = next(updates)
            heard(bot, update=last, text=text)
        again = heard(bot, update=last, text=LETTER[-1])
        assert again is not None
        assert "Дякуємо" in again.text
        assert heard(bot, update=last - 1, text=LETTER[-1]) is None
    assert len(letters()) == model.LETTERS_A_DAY
    for text in ("/start", *LETTER):
        refused = heard(bot, update=next(updates), text=text)
    assert refused is not None
    assert str(model.LETTERS_A_DAY) in refused.text
    assert len(letters()) == model.LETTERS_A_DAY


def test_a_letter_from_a_chat_goes_back_there(bot: Channel, client: Browser) -> None:
    for update_id, text in enumerate(("/start", *LETTER)):
        heard(bot, update=update_id, text=text)
    [letter] = letters()
    returned = client("olena").post(f"/appeals/inbound/{letter.id}/return", data={"missing": "substance", "note": ""})
    assert returned.status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        assert [(each.channel_id, each.recipient) for each in messages] == [(bot.id, "901")] * 2


def test_a_talk_that_nobody_goes_on_with_is_forgotten(bot: Channel) -> None:
    for update_id, text in enumerate(("/start", *LETTER[:4])):
        heard(bot, update=update_id, text=text)
    assert jobs.look_after()["talks_forgotten"] == 0
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(BotTalk).values(heard_at=datetime.now(UTC) - model.FORGOTTEN_AFTER))
    assert jobs.look_after()["talks_forgotten"] == 1
