"""The whole town: the product, the exchange, people and operators; quiet again after every story."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from playwright.sync_api import Playwright
from sqlalchemy import delete, select

from acd import queries, service
from acd.callbacks.tables import OwedCall
from acd.model import Result
from calls import agreement, queue_log
from calls.model import NodeName, interface_of
from staff.tables import Person
from tests.servers import one_at_a_time
from tests.town import audio, browser
from tests.town.call_page import CallPage
from tests.town.citizen import Citizen
from tests.town.exchange import ADDRESS, Exchange
from tests.town.operators import Operator
from tests.town.people import Person as Caller
from tests.town.product import Product
from tests.town.visitors import Visitor
from tests.town.waiting import wait_for

SOUNDS = (
    Path(tempfile.gettempdir()) / "holos-test-prompts"
)  # kept between runs; run.asterisk.prompts makes only what changed

WORDS = {
    "uk": "Добрий день. У нас на вулиці Прибузькій третю добу немає води. Коли її дадуть? Будинок дванадцять.",
    "uz": "Assalomu alaykum. Test natijalari qachon e'lon qilinadi? Men kecha imtihon topshirdim, javob yo'q.",
    "ru": "Здравствуйте. Скажите, пожалуйста, когда будут готовы результаты и где получить сертификат?",
    "en": "Good morning. The street lamp in front of our house has been dark for a week. Who repairs it?",
}
LANGUAGES = {"olena": "uk", "andrii": "uk", "iryna": "uk", "anna": "uz", "bobur": "uz", "dilnoza": "uz"}
VOICES = {"andrii": "m3", "bobur": "m3", "iryna": "m7"}  # others speak as women do: it can be told who was recorded

UNREAD_ENDS: LiteralString = (
    "SELECT journal.call, journal.kind FROM journal JOIN reader_place ON reader_place.node = journal.node"
    " WHERE reader_place.reader = 'recordings' AND journal.seq > reader_place.seq AND journal.at >= %s"
    " AND journal.kind IN ('CallEnded', 'CallLost')"
)
UNDER_WAY: LiteralString = (
    "SELECT recording.call, recording.state FROM recording JOIN call ON call.id = recording.call"
    " WHERE call.arrived_at >= %s AND recording.state IN ('expected', 'recording')"
)
UNRECORDED_TALKS: LiteralString = (
    "SELECT talk.call, talk.agent FROM call_leg talk JOIN call ON call.id = talk.call"
    " WHERE call.arrived_at >= %s AND talk.answered_at IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM recording WHERE recording.call = talk.call AND talk.agent = ANY(recording.agents)"
    " AND recording.state IN ('spooled', 'stored'))"
)
RECORDED_WITHOUT_TALK: LiteralString = (
    "SELECT recording.call, recording.state FROM recording JOIN call ON call.id = recording.call"
    " WHERE call.arrived_at >= %s AND recording.state <> 'not_needed' AND NOT EXISTS"
    " (SELECT 1 FROM call_leg talk WHERE talk.call = recording.call AND talk.answered_at IS NOT NULL)"
)

MISFITS: LiteralString = "SELECT kind, call, reason FROM unexpected_event ORDER BY reader, node, seq"

TRUNK_CHANNELS = 300  # of the one trunk

Special = dict[str, dict[str, str]]  # settings of single processes


class Town:
    """What a story is given."""

    def __init__(
        self,
        here: Path,
        first_port: int,
        playwright: Playwright,
        *,
        durable: bool = False,
        special: Special | None = None,
    ):
        self.here = here
        self.playwright = playwright
        self._operators: dict[str, Operator] = {}
        self.people: list[Citizen] = []
        self._numbers = itertools.count(1)
        self._odd = 0  # events before the present story that did not fit their calls
        self.began_at = datetime.now(UTC)  # of the present story
        far_end = f"{ADDRESS}:{first_port + 30}"
        rooms = json.dumps({ADDRESS: TRUNK_CHANNELS})
        self.product = Product(
            here / "product", first_port=first_port, durable=durable, trunk_far_end=far_end, trunk_channels=rooms
        )
        self.product.special = special or {}
        self.exchange = Exchange(  # before the product, which asks a silent trunk again only after half a minute
            here / "town",
            settings=self.product.settings,
            ports=(first_port + 30, first_port + 31),
            rtp=(first_port + 600, first_port + 798),
        )
        with one_at_a_time("town"):  # they share the prompts, and a start wants the whole machine
            self.product.start(SOUNDS)

    def caller(self, country: str = "uz") -> Caller:
        """Somebody with a number that nobody else has."""
        number = next(self._numbers)
        dialling = f"+99890{1000000 + number}" if country == "uz" else f"+38067{1000000 + number}"
        person = Caller(self.exchange, dialling, sounds=self.product.settings.sounds, ledger=self.product.ledger)
        self.people.append(person)
        return person

    def talk(self, login: str, queue: str) -> tuple[Operator, Caller]:
        """An operator who was ready and has answered somebody who asked for the queue."""
        operator = self.agent(login).signs_in().goes_ready()
        caller = self.caller("uk" if queue.startswith("khm") else "uz").asks_for(queue)
        operator.phone_rings().answers()
        return operator, caller

    def visitor(self, language: str) -> Visitor:
        """Somebody who calls from the browser, and says in this language what citizens say."""
        self.speech(language)
        voice = self.here / f"citizen-{language}.wav"
        settings = self.product.settings
        visitor = Visitor(
            self.playwright, voice, url=settings.public_url, sounds=settings.sounds, ledger=self.product.visitors_ledger
        )
        self.people.append(visitor)
        return visitor

    def agent(self, login: str) -> Operator:
        """An operator of the demonstration, at a browser; the same one each time."""
        if login not in self._operators:
            self._operators[login] = self._operator(login, browser.CHROMIUM)
        return self._operators[login]

    def agent_who_is_notified(self, login: str) -> Operator:
        """The same at a browser that shows notifications, from now on."""
        if login in self._operators:
            self._operators.pop(login).leaves()
        self._operators[login] = self._operator(login, browser.WHOLE)
        return self._operators[login]

    def _operator(self, login: str, program: str) -> Operator:
        return Operator(
            self.playwright,
            self.here,
            login=login,
            interface=interface_of(self.product.rows("SELECT id FROM person WHERE login = %s", login)[0]["id"]),
            password=self.product.settings.demo_password.get_secret_value(),
            url=self.product.settings.public_url,
            language=LANGUAGES.get(login, "en"),
            voice=VOICES.get(login, "f3"),
            program=program,
        )

    def speech(self, language: str) -> audio.Sound:
        """What citizens say."""
        return audio.read(audio.speech(self.here, f"citizen-{language}", language, WORDS[language]))

    def call_page(self, reader: str, call: object) -> CallPage:
        """The page of a call, opened by somebody of the demonstration."""
        return CallPage(self.agent(reader).signs_in(to=f"/calls/{call}").page, self.here)

    def name_of(self, login: str) -> str:
        """How somebody of the demonstration is called on pages."""
        return str(self.product.rows("SELECT name FROM person WHERE login = %s", login)[0]["name"])

    def recording_of(self, person: Citizen, *, seconds: float = 10) -> dict[str, Any]:
        """The stored recording of the person's last call, within ten seconds of its end."""

        def stored() -> dict[str, Any] | None:
            found = self.product.rows("SELECT * FROM recording WHERE call = %s AND state = 'stored'", person.call["id"])
            return found[0] if found else None

        return wait_for(f"the recording of {person.name}", stored, seconds=seconds) or {}

    def goes_home(self, operator: Operator) -> None:
        """Closes one operator's browser; asked for again, they have a new one."""
        operator.leaves()
        self._operators = {login: other for login, other in self._operators.items() if other is not operator}

    def loses(self, operator: Operator) -> None:
        """One operator's browser is killed; asked for again, they have a new one, which knows nothing of the old."""
        operator.dies()
        self.goes_home(operator)

    def everybody_leaves(self) -> None:
        """Operators close their browsers; a shift that is open stays, the next story begins another."""
        for operator in self._operators.values():
            operator.leaves()
        self._operators.clear()

    def everybody_rests(self) -> None:
        """Browsers stay for the next story, without a page."""
        for operator in self._operators.values():
            operator.rests()

    def is_quiet(self, *, seconds: float = 20) -> None:
        """No channels, nobody queued: in our Asterisk and in the ledger."""
        product = self.product
        wait_for(
            "no channels",
            lambda: re.search(r"^0 active channels", product.says("core show channels count"), re.MULTILINE),
            seconds=seconds,
            every=0.2,
        )
        shown = product.says("queue show")
        assert " has 0 calls" in shown or not shown.strip(), shown
        waiting = [line for line in shown.splitlines() if " calls (max" in line and " has 0 calls" not in line]
        assert not waiting, f"somebody is queued: {waiting}"
        wait_for(
            "the ledger to end every call",
            lambda: not product.rows("SELECT id FROM call WHERE state <> 'ended'"),
            seconds=seconds,
        )

    def begins_anew(self) -> None:
        """The next story begins: nobody is known, and nobody is owed a call."""
        self.people.clear()
        with self.product.archive() as session:
            session.execute(delete(OwedCall))
        self._odd = len(self.product.rows(MISFITS))
        self.began_at = datetime.now(UTC)

    def clears_up(self) -> None:
        """After a failed story: nobody on the line, no result due, nobody on a shift, all browsers closed."""
        self.everybody_leaves()
        self.product.mend()
        self.product.says("channel request hangup all")
        self.is_quiet()
        for code in ("khm", "dtm"):
            with self.product.office(code) as (session, _):
                for person in session.scalars(select(Person)):
                    for due in queries.open_wrap_ups(session, person.id):
                        service.finish_wrap_up(session, person, due.call, result=Result.SILENT, topic=None, note="")
                    if queries.open_shift(session, person.id) is not None:
                        service.end_shift(session, person)

    def books_agree(self) -> None:
        """The ledger's visits to queues are those of Asterisk's own queue_log, since the story began.

        Only what Asterisk itself could not write, because it was killed, may differ. Nothing that it told came out of
        order.
        """
        settings, until = self.product.settings, datetime.now(UTC) + timedelta(seconds=1)
        log = settings.asterisk / "log" / "queue_log"
        since = self.began_at + agreement.SLACK  # nobody is queued so soon; what was queued just before is not ours
        entries = list(queue_log.entries_between(log, self.began_at, until))
        with self.product.archive() as session:
            found = agreement.agreement(session, NodeName(settings.node), entries, since, until)
        differing = [
            difference
            for queue in found
            for difference in queue.differences
            if difference.reason is not agreement.Reason.ASTERISK_ENDED
        ]
        assert not differing, f"the ledger and queue_log differ: {differing}"
        odd = self.product.rows(MISFITS)[self._odd :]
        assert not odd, f"events that did not fit their calls: {odd}"

    def recordings_agree(self) -> None:
        """Every talk that the ledger has since the story began is kept as sound, and nothing else is."""
        rows = self.product.rows
        wait_for("every end to be read", lambda: not rows(UNREAD_ENDS, self.began_at))
        wait_for("no recording to be under way", lambda: not rows(UNDER_WAY, self.began_at))
        unrecorded = rows(UNRECORDED_TALKS, self.began_at)
        assert not unrecorded, f"talks without a recording: {unrecorded}"
        without_talk = rows(RECORDED_WITHOUT_TALK, self.began_at)
        assert not without_talk, f"recordings without a talk: {without_talk}"

    def close(self) -> None:
        """Ends the town."""
        self.everybody_leaves()
        self.exchange.close()
        self.product.stop()

    def timelines(self) -> str:
        """Both sides of the story's calls: what the town's exchange saw, and the product's journal."""
        parts = []
        for person in self.people:
            parts.append(f"--- {person.name}, the town's side")
            parts += person.timeline()
            try:
                call = person.find_call()
            except psycopg.Error as away:
                parts.append(f"--- {person.name}, the journal cannot be read: {away}")
                continue
            parts.append(f"--- {person.name}, the journal: {_brief(call)}")
            if call:
                events = self.product.rows(
                    "SELECT at, kind, body FROM journal WHERE call = %s ORDER BY seq", call["id"]
                )
                parts += [f"{event['at']:%H:%M:%S.%f} {event['kind']} {event['body']}" for event in events]
        return "\n".join([*parts, self.product.last_words()])


def _brief(call: dict[str, Any] | None) -> str:
    kept = ("id", "state", "fate", "language", "queue", "agent", "menu_path")
    return " ".join(f"{name}={call[name]}" for name in kept) if call else "no call in the ledger"
