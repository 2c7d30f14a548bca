"""Two organisations, a spool of their own, and real servers for the recordings' tests."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, select, text

import calls.tables  # noqa: F401 -- the ledger's tables belong to the schema
import db
import run.job_runs  # noqa: F401 -- so does the scheduler's
from db import EVERY_ORGANISATION, Base, rls, transaction
from recordings import jobs, service, store
from recordings.tables import Recording
from run.servers import Servers
from staff.tables import Organisation, Person
from tests.recordings.speech import conversation, write_leg

FIRST_PORT = 26100
NODE = "node1"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    data = Path(os.environ.get("HOLOS_TEST_DATA", "/tmp/h6/servers"))
    with Servers(data, postgres_port=FIRST_PORT, redis_port=FIRST_PORT + 1, s3_port=FIRST_PORT + 2) as servers:
        owner = create_engine(servers.settings.database_owner_url.get_secret_value())
        with owner.begin() as connection:
            Base.metadata.drop_all(connection)
        with owner.begin() as connection:
            Base.metadata.create_all(connection)
            for table in rls.tables_of_organisations(Base.metadata):
                for statement in rls.policy(table.name):
                    connection.execute(text(statement))
        owner.dispose()
        yield servers


@dataclass
class Centre:
    """An organisation with an operator, and what a call leaves behind."""

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
                agent = self.operator.interface
                service.started(session, self.organisation, call, segment, agent=agent, node=NODE, at=at)
                service.answered(session, self.organisation, call, agent=agent, node=NODE, at=at)
                if legs:
                    self.lay_legs(call, segment)
            service.ended(session, call, at=now)
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


def organisation(code: str) -> int:
    with transaction(EVERY_ORGANISATION) as session:
        row = Organisation(
            code=code,
            name={"uk": code},
            time_zone="Europe/Kyiv",
            country="UA",
            languages=["uk", "en"],
            default_language="uk",
            capacity=10,
        )
        session.add(row)
        session.flush()
        return row.id


def person(organisation_id: int, login: str, role: str) -> Person:
    with transaction(EVERY_ORGANISATION) as session:
        row = Person(
            organisation_id=organisation_id,
            login=login,
            name=login.title(),
            password_hash="-",
            roles=[role],
            language="uk",
        )
        session.add(row)
        session.flush()
        session.expunge(row)
        return row


@pytest.fixture
def centre(servers: Servers, tmp_path: Path) -> Iterator[Centre]:
    """A fresh organisation; this process is connected to everything."""
    settings = servers.settings
    db.connect(settings.database_url.get_secret_value())
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path).flushdb()
    connect_store(servers)
    code = "o" + uuid4().hex[:12]
    here = organisation(code)
    yield Centre(servers, tmp_path, here, person(here, f"operator.{code}", "operator"))
    db.disconnect()


def connect_store(servers: Servers) -> None:
    settings = servers.settings
    store.connect(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=settings.s3_bucket,
    )
