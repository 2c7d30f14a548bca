"""Every change to batches of temporary accounts: made whole or not at all, extended, ended."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from acd import service as desk
from acd.model import IN_A_CALL, AgentStateName
from acd.queues.tables import AgentSkill
from acd.tables import QueueMember
from acd.temporary import model, queries
from acd.temporary.model import BadLine, Fault, Newcomer
from acd.temporary.tables import TemporaryAccount, TemporaryBatch
from db import Conflict, notify
from db.notices import MEMBERS
from staff import service as staff
from staff.audit import audit
from staff.model import Role
from staff.passwords import password_hash
from staff.queries import GRACE
from staff.tables import Person
from staff.teams.tables import TeamMember

HASHED_AT_ONCE = 4

_BUSY = frozenset({*IN_A_CALL, AgentStateName.WRAP_UP})


class BadLines(ValueError):
    """Nobody was entered: these lines cannot become accounts."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        super().__init__(f"{len(lines)} lines")
        self.lines = lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where temporary operators work: queues, skills with their levels, a team, by their ids."""

    queues: Collection[int] = ()
    skills: Mapping[int, int] = field(default_factory=dict)
    team: int | None = None


def make(
    session: Session,
    people: Sequence[Newcomer],
    place: Place,
    *,
    name: str,
    valid_until: datetime,
    language: str,
    secret: str,
    by: Person,
) -> TemporaryBatch:
    """Everybody of the list as operators until then, their passwords made of `secret`; BadLines, and then nobody."""
    batch = TemporaryBatch(organisation_id=by.organisation_id, name=name, valid_until=valid_until, made_by=by.id)
    with session.begin_nested():
        session.add(batch)
        session.flush()
        named = list(model.logins(people, f"{model.BEGINNING}{batch.id}"))
        with ThreadPoolExecutor(HASHED_AT_ONCE) as pool:  # each is slow on purpose
            hashes = list(pool.map(lambda each: password_hash(model.password(secret, each[1])), named))
        bad: list[BadLine] = []
        for (person, login), stored in zip(named, hashes, strict=True):
            try:
                entered = staff.enter(
                    session,
                    login=login,
                    name=model.known_as(person, login),
                    stored=stored,
                    roles=frozenset({Role.OPERATOR}),
                    language=language,
                    by=by,
                    valid_until=valid_until,
                )
            except staff.LoginTaken:
                bad.append(BadLine(person.line, f"{person.name}; {login}", Fault.TAKEN))
            else:
                _settle(session, batch, entered, place)
        if bad:
            raise BadLines(bad)
    until = valid_until.isoformat(timespec="minutes")
    audit(session, by, "temporary.made", _subject(batch), accounts=str(len(named)), until=until)
    return batch


def _settle(session: Session, batch: TemporaryBatch, person: Person, place: Place) -> None:
    of = {"organisation_id": batch.organisation_id, "person_id": person.id}
    session.add(TemporaryAccount(batch_id=batch.id, **of))
    session.add_all(QueueMember(queue_id=queue, **of) for queue in sorted(place.queues))
    session.add_all(AgentSkill(skill_id=skill, level=level, **of) for skill, level in sorted(place.skills.items()))
    if place.team is not None:
        session.add(TeamMember(team_id=place.team, **of))
    session.flush()
    notify(session, MEMBERS, str(person.id))


def extend(session: Session, batch: TemporaryBatch, valid_until: datetime, *, by: Person) -> None:
    """All accounts that are not switched off are good until then. Conflict when the batch has ended."""
    batch = _under_way(session, batch)
    batch.valid_until = valid_until
    mine = [person.id for person in queries.people(session, batch.id)]
    session.execute(
        update(Person).where(Person.id.in_(mine), Person.disabled_at.is_(None)).values(valid_until=valid_until)
    )
    audit(session, by, "temporary.extended", _subject(batch), until=valid_until.isoformat(timespec="minutes"))


def begin_end(session: Session, batch: TemporaryBatch, *, by: Person) -> TemporaryBatch:
    """From this moment nobody signs in with the batch's accounts. Conflict when it has ended."""
    batch = _under_way(session, batch)
    batch.valid_until, batch.ended_at, batch.ended_by = datetime.now(UTC), datetime.now(UTC), by.id
    audit(session, by, "temporary.ended", _subject(batch))
    return batch


def switch_off(session: Session, person: Person, *, by: Person | None) -> None:
    """The account is over: in no queue and no team any more, and closed."""
    for table in (QueueMember, AgentSkill, TeamMember):
        session.execute(delete(table).where(table.person_id == person.id))
    person.valid_until = min(person.valid_until or datetime.now(UTC), datetime.now(UTC))
    staff.disable(session, person, by=by)
    session.flush()
    notify(session, MEMBERS, str(person.id))


def end_over(session: Session, now: datetime) -> int:
    """Switches off the accounts whose time is over; how many. Who is in a call may finish it and its wrap-up."""
    ended = 0
    for batch in queries.over(session, now):
        left = [person for person in queries.people(session, batch.id) if person.disabled_at is None]
        for person in list(left):
            doing = queries.doing(session, person.id)
            if doing is not None and doing[0] in _BUSY and now < batch.valid_until + GRACE:
                if not doing[1]:
                    desk.sign_out_by_supervisor(session, person)
                continue
            desk.leave(session, person.id)
            switch_off(session, person, by=None)
            left.remove(person)
            ended += 1
        if not left:
            batch.ended_at = now
            audit(session, None, "temporary.over", _subject(batch))
    return ended


def _under_way(session: Session, batch: TemporaryBatch) -> TemporaryBatch:
    batch = queries.get(session, batch.id, lock=True)
    if batch.ended_at is not None:
        raise Conflict(f"temporary batch {batch.id} has ended")
    return batch


def _subject(batch: TemporaryBatch) -> str:
    return f"temporary:{batch.id}"
