"""A desk's world: the Ukrainian city with its queues and operators; events told in order, or asked over HTTP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from acd import news, queries, reader, service, visitors
from acd.model import AgentStateName
from acd.tables import PauseReason, Queue, QueueMember
from calls.encoding import encode
from calls.events import AgentAnswered, AgentLeftTalk, AgentOffered, CallEvent, PhoneRegistered
from calls.journal import Recorded
from calls.model import CallId, NodeName, QueueName, interface_of
from calls.tables import JournalRow
from db import EVERY_ORGANISATION, transaction
from staff.model import Role
from staff.tables import Organisation, Person
from tests.centre import Centre, person
from web import hints

SEAT = "a-seat-of-tests"
ZERO = timedelta(0)


@dataclass
class Desk:
    """One organisation at work. `tells` lets the reader hear an event of a call."""

    session: Session
    organisation: Organisation
    olena: Person
    andrii: Person
    general: Queue
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    seq: int = 0

    def comes_ready(self, who: Person) -> None:
        """Begins a shift and takes calls."""
        service.start_shift(self.session, who, SEAT)
        service.go_ready(self.session, who)

    def tells(self, kind: type[CallEvent], call: CallId, **values: Any) -> None:
        """The event happens a second after the last one and is read."""
        self.clock = max(self.clock, datetime.now(UTC)) + timedelta(seconds=1)
        self.told_late(kind, call, self.clock, **values)

    def told_late(self, kind: type[CallEvent], call: CallId, at: datetime, **values: Any) -> None:
        """The event happened at that time, and is written and read now."""
        self.seq += 1
        event = kind(call=call, at=at, **values)
        recorded = Recorded(NodeName("desks"), self.seq, self.organisation.id, event)
        self.session.add(
            JournalRow(
                node=recorded.node,
                seq=recorded.seq,
                at=at,
                kind=kind.__name__,
                call=call,
                organisation_id=recorded.organisation,
                body=encode(event),
            )
        )
        reader.read(self.session, [recorded])

    def phone_is(self, who: Person, *, reachable: bool) -> None:
        """Asterisk can ring the agent's phone from now on, or no longer."""
        self.clock = max(self.clock, datetime.now(UTC)) + timedelta(seconds=1)
        self.seq += 1
        event = PhoneRegistered(at=self.clock, agent=phone_of(who), reachable=reachable)
        reader.read(self.session, [Recorded(NodeName("desks"), self.seq, None, event)])

    def since(self, who: Person) -> datetime:
        """When what the agent does now began."""
        period = queries.current_state(self.session, who.id)
        assert period is not None
        return period.since

    def state(self, who: Person) -> AgentStateName:
        """What the agent does now."""
        period = queries.current_state(self.session, who.id)
        return period.name if period else AgentStateName.OFFLINE

    def reason(self, who: Person) -> str | None:
        """Why the agent is paused."""
        period = queries.current_state(self.session, who.id)
        return period.reason if period else None

    @property
    def queue(self) -> QueueName:
        """The general queue as Asterisk names it."""
        return QueueName(self.general.asterisk_name)


def call_id() -> CallId:
    """A call nobody knows yet."""
    return CallId(uuid4())


def phone_of(who: Person) -> str:
    """The person's phone in Asterisk."""
    return interface_of(who.id)


def answers(desk: Desk, call, who) -> None:
    """The queue offers the call to this agent, who answers."""
    desk.tells(AgentOffered, call, agent=phone_of(who), queue=desk.queue)
    desk.tells(AgentAnswered, call, agent=phone_of(who), queue=desk.queue, waited=ZERO, rang=ZERO)


def leaves(desk: Desk, call, who, ended_by: str = "caller") -> None:
    """The talk ends."""
    desk.tells(AgentLeftTalk, call, agent=phone_of(who), talked=ZERO, ended_by=ended_by)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What desks were told, in order, at once instead of after the commit."""
    heard: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(news, "after_commit", lambda session, deed: deed())
    monkeypatch.setattr(hints._Link, "publish", staticmethod(lambda channel, message: heard.append((channel, message))))
    return heard


@pytest.fixture
def desk(session: Session, khm: Organisation) -> Desk:
    """The city with Olena and Andrii in the general queue, nobody on a shift."""
    olena = person(session, khm, "olena", Role.OPERATOR)
    andrii = person(session, khm, "andrii", Role.OPERATOR)
    general, water = (
        Queue(
            organisation_id=khm.id,
            code=code,
            asterisk_name=f"khm-{code}",
            name={"uk": code, "en": code},
            wrap_up_limit=timedelta(seconds=45),
        )
        for code in ("general", "water")
    )
    session.add_all([general, water, PauseReason(organisation_id=khm.id, code="lunch", name={"uk": "Обід"})])
    session.flush()
    session.add_all(
        QueueMember(organisation_id=khm.id, queue_id=queue.id, person_id=each.id)
        for queue in (general, water)
        for each in (olena, andrii)
    )
    session.flush()
    return Desk(session, khm, olena, andrii, general)


@pytest.fixture
def queues(centre: Centre) -> Centre:
    """The city with a queue of which Olena is a member, and a reason to pause."""
    khm = centre.organisations["khm"]
    with transaction(EVERY_ORGANISATION) as session:
        general = Queue(
            organisation_id=khm.id, code="general", asterisk_name="khm-general", name={"uk": "Загальні питання"}
        )
        session.add_all([general, PauseReason(organisation_id=khm.id, code="lunch", name={"uk": "Обід"})])
        session.flush()
        session.add(QueueMember(organisation_id=khm.id, queue_id=general.id, person_id=centre.people["olena"].id))
        visitors.make_phones(session)
    return centre
