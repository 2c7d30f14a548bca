"""A desk to which people call in vain: their calls are in the journal and read as they happen."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from acd import queries as desks
from acd import service as desk_service
from acd.callbacks import offers, queries, reader, service
from acd.callbacks.model import Rules
from acd.callbacks.tables import CallbackAttempt, OwedCall
from acd.model import AgentStateName
from calls import events, hearing, journal
from calls import reader as ledger
from calls.model import CallId, Language, QueueName, Source, interface_of
from staff.tables import Person
from tests.acd.conftest import SEAT, Desk
from tests.journal import NODE, arrived, written

NUMBER = "+380671112233"
ALL_DAY = Rules(quiet_from=time(0), quiet_until=time(0))


@dataclass
class Owing:
    """What happens, told to the journal, to the ledger and to the reader of missed calls."""

    desk: Desk

    @property
    def session(self) -> Session:
        """The test's own."""
        return self.desk.session

    def tells(self, *happened: events.CallEvent) -> None:
        """These events, one after another."""
        batch = written(self.session, self.desk.organisation.id, happened)
        ledger.read(self.session, batch, strict=True)
        heard = [recorded for recorded in batch if type(recorded.event) in reader.HEARS]
        reader.read(self.session, heard)
        self.session.flush()

    def reads_again(self) -> None:
        """The reader begins anew at the journal's beginning."""
        every = journal.read(self.session, NODE, after=0, limit=10_000)
        reader.read(self.session, [recorded for recorded in every if type(recorded.event) in reader.HEARS])
        self.session.flush()

    def arrives(self, number: str = NUMBER, *, ago: timedelta = timedelta(minutes=5)) -> tuple[CallId, datetime]:
        """Somebody calls."""
        call, at = CallId(uuid4()), datetime.now(UTC) - ago
        self.tells(arrived(self.desk.organisation.id, call, at, caller=number))
        return call, at

    def waits(
        self, number: str = NUMBER, *, ago: timedelta = timedelta(minutes=5), queue: QueueName | None = None
    ) -> tuple[CallId, datetime]:
        """Somebody calls and waits in the queue."""
        call, at = self.arrives(number, ago=ago)
        joined = at + timedelta(seconds=5)
        self.tells(events.CallerJoinedQueue(call=call, at=joined, queue=queue or self.desk.queue, position=1))
        return call, joined

    def gives_up(
        self, number: str = NUMBER, *, ago: timedelta = timedelta(minutes=5), queue: QueueName | None = None
    ) -> CallId:
        """Somebody waits in vain."""
        call, at = self.waits(number, ago=ago, queue=queue)
        end, waited = at + timedelta(seconds=30), timedelta(seconds=30)
        self.tells(
            events.CallerAbandoned(call=call, at=end, queue=queue or self.desk.queue, waited=waited),
            events.CallEnded(call=call, at=end, cause=16, by_caller=True),
        )
        return call

    def asks(self, number: str = NUMBER, *, ago: timedelta = timedelta(minutes=5)) -> CallId:
        """Somebody waits and presses the key to be called back."""
        call, at = self.waits(number, ago=ago)
        end = at + timedelta(seconds=20)
        self.tells(
            events.CallerLeftQueue(call=call, at=end, queue=self.desk.queue),
            events.CallbackAsked(call=call, at=end, number=number),
            events.CallEnded(call=call, at=end, cause=16, by_caller=False),
        )
        return call

    def is_answered(self, number: str = NUMBER, *, by: Person, ago: timedelta = timedelta(0)) -> CallId:
        """Somebody calls and talks with an agent."""
        call, at = self.waits(number, ago=ago + timedelta(seconds=20))
        now, wait = at + timedelta(seconds=10), timedelta(seconds=10)
        phone = interface_of(by.id)
        self.tells(
            events.AgentOffered(call=call, at=at, agent=phone, queue=self.desk.queue),
            events.AgentAnswered(call=call, at=now, agent=phone, queue=self.desk.queue, waited=wait, rang=wait),
        )
        return call

    def places(self, *, by: Person, number: str = NUMBER) -> CallId:
        """The agent's phone calls the citizen."""
        call = CallId(uuid4())
        self.tells(
            events.CallPlaced(
                call=call,
                at=datetime.now(UTC),
                organisation=self.desk.organisation.id,
                caller=number,
                dialled="1580",
                language=Language.UKRAINIAN,
                source=Source.TRUNK,
                agent=interface_of(by.id),
            )
        )
        return call

    def ends(self, call: CallId, *, cause: int) -> None:
        """The agent's call is over."""
        self.tells(events.CallEnded(call=call, at=datetime.now(UTC), cause=cause, by_caller=False))

    def is_reached(self, call: CallId, *, by: Person) -> None:
        """The citizen answers the agent's call."""
        self.tells(events.AgentJoinedTalk(call=call, at=datetime.now(UTC), agent=interface_of(by.id)))

    def owed(self) -> list[OwedCall]:
        """Everything, open and closed, the oldest first."""
        return list(self.session.scalars(select(OwedCall).order_by(OwedCall.id)))

    def the_owed(self) -> OwedCall:
        """The only one."""
        [one] = self.owed()
        return one

    def comes(self, who: Person) -> None:
        """Starts a shift with a phone that works, on a pause."""
        desk_service.start_shift(self.session, who, SEAT).phone_reachable = True
        self.session.flush()

    def ready(self, who: Person) -> AgentStateName:
        """Presses Ready; what the agent is then."""
        if desks.open_shift(self.session, who.id) is None:
            self.comes(who)
        desk_service.go_ready(self.session, who)
        return self.desk.state(who)

    def is_offered(self, who: Person) -> OwedCall | None:
        """What the agent has before them."""
        return queries.held_by(self.session, who.id)

    def dials(self) -> CallbackAttempt:
        """Olena presses Ready and accepts the only owed call."""
        self.ready(self.desk.olena)
        return offers.accept(self.session, self.desk.olena, self.the_owed().id)

    def rules(self, rules: Rules) -> None:
        """The organisation calls back like this."""
        service.change_rules(self.session, self.desk.olena, rules)


@pytest.fixture
def owing(desk: Desk) -> Owing:
    """The city, in which citizens may be rung at any hour. No listener is asked what it hears."""
    hearing.connect("")
    there = Owing(desk)
    there.rules(ALL_DAY)
    return there
