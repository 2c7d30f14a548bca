"""An appeal with a directory of kinds, and a store for its files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from appeals import queries as appeals
from appeals.attachments import service
from appeals.attachments.tables import Attachment
from appeals.classifier import service as classifier
from db import EVERY_ORGANISATION, store, transaction
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.tables import Person
from tests.appeals.attachments import samples
from tests.appeals.cards import written
from tests.centre import Centre
from tests.client import Client

AS_SCRIPT = {"accept": "application/json"}


@dataclass
class Matter:
    """One appeal of the city, and how its files are sent and looked for."""

    number: str
    by: Person
    kinds: dict[str, int]  # ids by codes
    browser: Callable[[str], Client]
    at: str = field(init=False)

    def __post_init__(self) -> None:
        self.at = f"/appeals/{self.number}/attachments"

    def send(
        self, sent: bytes, name: str = "photo.jpg", *, kind: str = "a1", login: str = "olena", **more: Any
    ) -> httpx.Response:
        """One file as the script of the page sends it."""
        form = {"attachment_kind": str(self.kinds[kind]), "submission": str(uuid4())} | more
        files = [("files", (name, sent, "application/octet-stream"))]
        return self.browser(login).post(f"{self.at}/upload", data=form, files=files, headers=AS_SCRIPT)

    def attached(self, sent: bytes = b"", name: str = "photo.jpg", **more: Any) -> Attachment:
        """A file that was taken."""
        answer = self.send(sent or samples.photo(), name, **more)
        assert answer.status_code == 200, answer.text
        return self.rows()[-1]

    def rows(self) -> list[Attachment]:
        """All rows of attachments there are."""
        with transaction(EVERY_ORGANISATION) as session:
            return list(session.scalars(select(Attachment).order_by(Attachment.id)))

    def missing(self, assignment: int | None = None) -> list[str]:
        """The codes of the kinds that are still asked for."""
        with transaction(self.by.organisation_id) as session:
            appeal = appeals.get(session, self.number)
            return [each.code for each in service.missing_kinds(session, appeal, assignment)]


@pytest.fixture
def kept(servers: Servers, settings: Settings) -> Iterator[None]:
    """A store that runs and is empty."""
    servers.start("s3")
    connect_store(settings)
    for listed in list(store.listing("attachments/")):
        store.delete(listed.key)
    yield
    connect_store(settings)


@pytest.fixture
def kinds(centre: Centre) -> dict[str, int]:
    """The city's kinds of attachments, by their codes."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            classifier.load_national(session, organisation, today=yesterday)
        return {each.code: each.id for each in service.offered(session, centre.organisations["khm"].id)}


@pytest.fixture
def matter(centre: Centre, kinds: dict[str, int], kept: None, client: Callable[[str], Client]) -> Matter:
    """An appeal that Olena has registered."""
    olena = centre.people["olena"]
    return Matter(written(olena, "Коваль", "Яма на дорозі біля школи"), olena, kinds, client)
