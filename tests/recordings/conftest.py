"""A spool, a store, and calls that have just ended in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from calls.model import interface_of
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from recordings import jobs, service
from recordings.model import RecordingState
from recordings.tables import Recording
from run.host.servers import Servers
from run.storage import connect_store
from staff.tables import Person
from tests.centre import Centre
from tests.pages.a_call import answered_call
from tests.recordings.faulty_store import FaultyStore, faulty
from tests.recordings.speech import conversation, write_leg

PATIENCE = 30.0
NODE = "node1"

Stored = Callable[..., Recording]


@dataclass
class Archive:
    """What a call leaves behind in an organisation, and what becomes of it."""

    servers: Servers
    spool: Path
    organisation: int
    operator: Person

    def call(self, *, segments: int = 1, legs: bool = True) -> UUID:
        """An answered call that is over: its legs lie in the spool and its rows wait to be stored."""
        call, now = uuid4(), datetime.now(UTC)
        with transaction(EVERY_ORGANISATION) as session:
            for segment in range(1, segments + 1):
                at = now - timedelta(minutes=5 - segment)
                service.expect(session, self.organisation, call, segment, notice_heard=True)
                agent = interface_of(self.operator.id)
                service.note_start(session, self.organisation, call, segment, agent=agent, node=NODE, at=at)
                service.note_answer(session, self.organisation, call, agent=agent, node=NODE, at=at)
                if legs:
                    self.lay_legs(call, segment)
            service.end(session, call, at=now)
        return call

    def lay_legs(self, call: UUID, segment: int = 1) -> None:
        caller, operator = conversation()
        write_leg(self.spool / f"{call}.{segment}.rx.wav", caller)
        write_leg(self.spool / f"{call}.{segment}.tx.wav", operator)

    def recording(self, call: UUID, segment: int = 1) -> Recording:
        """As committed now."""
        with transaction(EVERY_ORGANISATION) as session:
            found = session.scalars(select(Recording).where(Recording.call == call, Recording.segment == segment)).one()
            session.expunge(found)
            return found

    def make_due(self, call: UUID) -> None:
        """As if the pause before the next attempt were over."""
        with transaction(EVERY_ORGANISATION) as session:
            for found in session.scalars(select(Recording).where(Recording.call == call)):
                found.due_at = datetime.now(UTC)

    def files(self, call: UUID) -> list[str]:
        """What the spool still holds of the call."""
        return sorted(path.name for path in self.spool.rglob(f"{call}*"))


@pytest.fixture(scope="session")
def store_server(servers: Servers) -> Servers:
    """The S3 store runs too."""
    return servers.start("s3")


@pytest.fixture
def archive(store_server: Servers, centre: Centre, tmp_path: Path) -> Archive:
    """The city's archive; this process is connected to everything."""
    settings = store_server.settings
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path).flushdb()
    connect_store(settings)
    return Archive(store_server, tmp_path, centre.organisations["khm"].id, centre.people["olena"])


@pytest.fixture
def faulty_store(archive: Archive) -> Iterator[FaultyStore]:
    """This process reaches the store through it."""
    settings = archive.servers.settings
    with faulty(settings.s3_endpoint) as between:
        connect_store(settings.model_copy(update={"s3_endpoint": between.endpoint}))
        yield between
    connect_store(settings)


@pytest.fixture
def served(archive: Archive) -> Archive:
    """The spool is where the settings of a real worker say."""
    archive.spool = archive.servers.settings.recordings_spool
    archive.spool.mkdir(parents=True, exist_ok=True)
    return archive


@pytest.fixture
def manager(centre: Centre) -> Person:
    return centre.people["mykola"]


@pytest.fixture
def second(centre: Centre) -> Person:
    return centre.people["admin.khm"]


@pytest.fixture
def stored(archive: Archive) -> Stored:
    """A call that the ledger knows, so many days ago, with its recording in the store."""

    def made(days: int, *, topic: str | None = "water", fate: str = "answered", caller: str = "+380671") -> Recording:
        at = datetime.now(UTC) - timedelta(days=days, hours=1)
        call = answered_call(archive.operator, caller=caller, at=at)
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(CallRow).where(CallRow.id == call).values(topic=topic, fate=fate))
        archive.lay_legs(call)
        jobs.store_recording(archive.recording(call).id)
        recording = archive.recording(call)
        assert recording.state == RecordingState.STORED
        return recording

    return made
