"""Desks of the city over HTTP: calls in the ledger, agents who are ready or in a talk, what they said about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from acd import queries as acd
from acd import states
from acd.model import Deed, Result
from acd.tables import WrapUp
from calls.model import QueueName
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from staff.tables import Person
from tests.acd.conftest import SEAT
from tests.centre import Centre
from tests.client import Client

SCRIPT, PART = {"Accept": "application/json"}, {"HX-Request": "true"}
SignedIn = Callable[[str], Client]


def call_of(centre: Centre, caller: str, *, minutes: int = 0, source: str = "trunk") -> UUID:
    """A call in the ledger that waits in the queue."""
    call = uuid4()
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            CallRow(
                id=call,
                organisation_id=centre.organisations["khm"].id,
                node="node1",
                channel="node1-1.1",
                source=source,
                caller=caller,
                dialled="1580",
                language="uk",
                menu_path=["language:1", "topics:3"],
                queue="khm-general",
                state="queued",
                arrived_at=datetime.now(UTC) - timedelta(minutes=minutes),
                waited=timedelta(0),
                talked=timedelta(0),
                held=timedelta(0),
                waits=1,
                transfers=0,
            )
        )
    return call


def comes_ready(client: Client) -> None:
    """Begins a shift and takes calls."""
    client.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    client.post("/desk/ready", headers=SCRIPT)


def wrap_up(person: Person, call: UUID, result: Result) -> WrapUp:
    """What somebody said about a talk."""
    now = datetime.now(UTC)
    return WrapUp(
        organisation_id=person.organisation_id,
        call=call,
        person_id=person.id,
        result=result,
        started_at=now,
        due_at=now,
        finished_at=now,
    )


def talks(centre: Centre, who: str) -> UUID:
    """A call in which this operator talks."""
    call = call_of(centre, "+380671234567")
    person, queue = centre.people[who], QueueName("khm-general")
    with transaction(EVERY_ORGANISATION) as session:
        shift = acd.open_shift(session, person.id)
        assert shift is not None
        for deed in (Deed.OFFERED, Deed.ANSWERED):
            states.move(session, shift, deed, datetime.now(UTC), call=call, queue=queue)
    return call
