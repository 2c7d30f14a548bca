"""Which calls concern an agent, what the number's earlier calls came to, and what colleagues wrote."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased, defer

from acd.model import OFFERABLE
from acd.tables import AgentState, CallerNote, CallNote, Queue, QueueMember, WrapUp
from calls.events import ConsultStarted
from calls.model import CallState, interface_of
from calls.tables import CallRow, JournalRow, LegRow, Topic
from staff.tables import Person

NOTES_OF_NUMBER = 10


def _concerns() -> ColumnElement[bool]:
    me: BindParameter[int] = bindparam("person")
    phone: BindParameter[str] = bindparam("interface")
    now = (AgentState.person_id == me, AgentState.until.is_(None))
    on_the_phone = exists().where(*now, AgentState.call == CallRow.id)
    owes = exists().where(WrapUp.call == CallRow.id, WrapUp.person_id == me)
    took_part = exists().where(
        LegRow.call == CallRow.id,
        LegRow.agent == phone,
        or_(LegRow.answered_at.is_not(None), LegRow.left_at.is_(None)),
    )
    was_asked = exists().where(
        JournalRow.call == CallRow.id,
        JournalRow.kind == ConsultStarted.__name__,
        JournalRow.body["to"].astext == phone,
    )
    next_in_the_queue = and_(
        CallRow.state == CallState.QUEUED,
        exists().where(QueueMember.queue_id == Queue.id, QueueMember.person_id == me),
        exists().where(*now, AgentState.state.in_(OFFERABLE)),
    )
    return or_(on_the_phone, owes, took_part, was_asked, next_in_the_queue)


_CALL_OF_AGENT = (  # built once, for every card asks it
    select(CallRow, Queue.name, Topic.name)
    .select_from(CallRow)
    .outerjoin(Queue, Queue.asterisk_name == CallRow.queue)
    .outerjoin(Topic, Topic.code == CallRow.topic)
    .where(CallRow.id == bindparam("call"), _concerns())
    .options(defer(CallRow.progress))
)


class CallOfAgent(NamedTuple):
    """A call with the names of its queue and its topic, by language; None where it has none."""

    call: CallRow
    queue: dict[str, str] | None
    topic: dict[str, str] | None


def call_of_agent(session: Session, call: UUID, person: Person) -> CallOfAgent | None:
    """The call, if it concerns this agent; None for any other call, known or not.

    It concerns who has it on the phone, took part in it or was asked about it, and who is next in the queue where it
    waits: a phone rings a moment before the ledger hears of the offer.
    """
    wanted = {"call": call, "person": person.id, "interface": interface_of(person.id)}
    row = session.execute(_CALL_OF_AGENT, wanted).first()
    return CallOfAgent(*row) if row else None


class EarlierCall(NamedTuple):
    """A call with its last finished wrap-up and the names of what it was about."""

    call: CallRow
    wrap_up: WrapUp | None
    topic: dict[str, str] | None


def _earlier_calls() -> Select[CallRow, WrapUp, dict[str, str]]:
    last = aliased(
        WrapUp,
        select(WrapUp)
        .where(WrapUp.call == CallRow.id, WrapUp.finished_at.is_not(None))
        .order_by(WrapUp.finished_at.desc())
        .limit(1)
        .lateral(),
    )
    return (
        select(CallRow, last, Topic.name)
        .select_from(CallRow)
        .outerjoin(last, true())
        .outerjoin(Topic, Topic.code == func.coalesce(func.nullif(last.topic, ""), CallRow.topic))
        .where(CallRow.caller == bindparam("number"), CallRow.id != bindparam("but"))
        .order_by(CallRow.arrived_at.desc())
        .limit(bindparam("limit", type_=Integer))
        .options(defer(CallRow.progress))
    )


_EARLIER_CALLS = _earlier_calls()


def earlier_calls(session: Session, number: str, *, but: UUID, limit: int) -> list[EarlierCall]:
    """The number's other calls, the newest first."""
    rows = session.execute(_EARLIER_CALLS, {"number": number, "but": but, "limit": limit})
    return [EarlierCall(call, wrap_up, topic) for call, wrap_up, topic in rows]


class Note(NamedTuple):
    """What a colleague wrote: about one call, or about the number whoever calls from it."""

    of_call: bool
    id: int
    text: str
    created_at: datetime
    writer: str


def notes(session: Session, call: UUID, number: str) -> list[Note]:
    """This call's notes, the oldest first, then the number's, the newest first."""
    about_call = select(true().label("of_call"), CallNote.id, CallNote.text, CallNote.created_at, Person.name).join(
        Person, Person.id == CallNote.person_id
    )
    about_number = (
        select(false().label("of_call"), CallerNote.id, CallerNote.text, CallerNote.created_at, Person.name)
        .join(Person, Person.id == CallerNote.person_id)
        .where(CallerNote.number == number, CallerNote.number != "")
        .order_by(CallerNote.id.desc())
        .limit(NOTES_OF_NUMBER)
    )
    rows = session.execute(union_all(about_call.where(CallNote.call == call), about_number))
    found = [Note(*row) for row in rows]
    return sorted(found, key=lambda note: (not note.of_call, note.id if note.of_call else -note.id))
