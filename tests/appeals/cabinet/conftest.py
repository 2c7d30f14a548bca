"""A city whose cabinet is open, and citizens in browsers of their own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from appeals.cabinet import service
from appeals.cabinet.tables import CabinetAppeal
from appeals.classifier import service as classifier
from appeals.tables import Appeal
from appeals.terms import rules
from db import EVERY_ORGANISATION, store, transaction
from notify.model import ChannelKind
from notify.tables import Message
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from tests.appeals.workflow.conftest import city as city
from tests.centre import Centre
from tests.client import Client
from tests.notify.conftest import Outbox

CODE = re.compile(r"\b\d{6}\b")
CODES = ("cabinet_code", "cabinet_code_sms")
DRAFT = re.compile(r"^/write/khm\?draft=(\d+)$")
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SUBMISSION = re.compile(r'name="submission" value="([^"]+)"')
WRITTEN = {
    "topic": "water",
    "substance": "У дворі третій день тече труба",
    "address": "вул. Прибузька, 12, кв. 4",
    "surname": "Сидоренко",
    "given_name": "Галина",
}


def letters() -> list[Message]:
    """Everything in the outbox."""
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Message).order_by(Message.id)).all()
        session.expunge_all()
        return list(found)


def sent() -> list[tuple[Appeal, CabinetAppeal]]:
    """What came by the cabinet."""
    with transaction(EVERY_ORGANISATION) as session:
        rows = session.execute(
            select(Appeal, CabinetAppeal).join(CabinetAppeal, CabinetAppeal.appeal_id == Appeal.id).order_by(Appeal.id)
        ).all()
        session.expunge_all()
        return [(row[0], row[1]) for row in rows]


@dataclass
class Citizen:
    """Somebody with a browser and an e-mail, or a telephone."""

    browser: Client
    email: str = "halyna@example.org"
    at: str = "/cabinet/khm"
    form: dict[str, str] = field(default_factory=lambda: dict(WRITTEN))

    def code(self) -> str:
        """The newest code that was sent to this e-mail or telephone."""
        found = [each for each in letters() if each.recipient == self.email and each.template in CODES]
        (code,) = CODE.findall(found[-1].text)
        return str(code)

    def asks_for_a_code(self, contact: str = "") -> httpx.Response:
        """The first step of signing in."""
        return self.browser.post(f"{self.at}/sign-in", data={"contact": contact or self.email})

    def types(self, code: str, next: str = "") -> httpx.Response:
        """The second one."""
        return self.browser.post(f"{self.at}/code", data={"digits": code, "next": next})

    def signs_in(self) -> "Citizen":
        """Both."""
        assert self.asks_for_a_code().status_code == 303
        answer = self.types(self.code())
        assert (answer.status_code, answer.headers["location"]) == (303, self.at), answer.text[:500]
        return self

    def page(self, draft: int | None = None) -> str:
        """The form as this browser sees it, with one of its account's drafts."""
        answer = self.browser.get("/write/khm", params={"draft": draft} if draft else {})
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    def token(self) -> str:
        """The session's proof in its forms."""
        found = CSRF.search(self.page())
        return found[1] if found else ""

    def sends(
        self, files: list[tuple[str, bytes]] | None = None, draft: int | None = None, **changes: Any
    ) -> httpx.Response:
        """The form, filled in rightly but for the changes, from the page as it is now."""
        page = self.page(draft)
        named = {"csrf": CSRF.search(page), "submission": SUBMISSION.search(page)}
        data = {name: found[1] for name, found in named.items() if found} | self.form | changes
        if files is None:
            return self.browser.post("/write/khm/upload", data=data)
        parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
        return self.browser.post("/write/khm/upload", data=data, files=parts)

    def keeps(self, draft: int | None = None, **changes: Any) -> int:
        """A draft for later; which."""
        answer = self.sends(draft=draft, deed="keep", **changes)
        assert answer.status_code == 303, answer.text[:3000]
        kept = DRAFT.search(answer.headers["location"])
        assert kept
        return int(kept[1])

    def registers(self, **changes: Any) -> str:
        """An appeal; its number."""
        answer = self.sends(**changes)
        assert answer.status_code == 303, answer.text[:3000]
        return str(answer.headers["location"].rpartition("/")[2])


@pytest.fixture
def opened(centre: Centre, topics: None) -> Outbox:
    """The city's cabinet is open; its terms and classifier are those of the country."""
    admin, khm = centre.people["admin.khm"], centre.organisations["khm"]
    outbox = Outbox(khm.id)
    mail = outbox.channel(ChannelKind.EMAIL)
    with transaction(khm.id) as session:
        rules.load_national(session, khm)
        classifier.load_national(session, khm, today=datetime.now(UTC).date() - timedelta(days=1))
        service.arrange(session, mail.id, service.OF_AUTHORS, by=admin)
    return outbox


@pytest.fixture
def citizen(app: FastAPI, opened: Outbox) -> Iterator[Callable[..., Citizen]]:
    """`citizen("olha@example.org")`: somebody in a browser of their own, not signed in."""
    browsers: list[Client] = []

    def visits(email: str = "halyna@example.org") -> Citizen:
        browser = Client(app)
        browser.headers["accept-language"] = "uk"
        browsers.append(browser)
        return Citizen(browser, email)

    yield visits
    for browser in browsers:
        browser.close()


@pytest.fixture
def kept(servers: Servers, settings: Settings) -> Iterator[None]:
    """A store that runs and is empty."""
    servers.start("s3")
    connect_store(settings)
    for listed in list(store.listing("attachments/")):
        store.delete(listed.key)
    yield
    connect_store(settings)
