"""Who is who: people, organisations, sign-ins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from db import NotFound
from staff.model import Role
from staff.tables import Audit, Organisation, Person, SignIn, SignInAttempts

GRACE = timedelta(minutes=30)


def organisation(session: Session, organisation_id: int) -> Organisation:
    """The organisation. NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound(f"organisation {organisation_id}")
    return found


def organisations(session: Session) -> Sequence[Organisation]:
    """All organisations, oldest first. Organisations are public: their names and numbers stand on the home page."""
    return session.scalars(select(Organisation).order_by(Organisation.id)).all()


def get(session: Session, person_id: int) -> Person:
    """The person. NotFound, also for people of other organisations."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound(f"person {person_id}")
    return found


def names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of people by their ids; who is not of this organisation is left out."""
    wanted = list(ids)
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def find_by_login(session: Session, login: str) -> Person | None:
    """The person with this login, whatever its case."""
    return session.scalar(select(Person).where(func.lower(Person.login) == login.lower()))


def people(session: Session, *, containing: str = "", role: str = "", disabled: bool = False) -> Sequence[Person]:
    """People in the order of their names, `containing` each of these words; those disabled only when asked for."""
    wanted = select(Person).order_by(Person.name, Person.id)
    if not disabled:
        wanted = wanted.where(Person.disabled_at.is_(None))
    if role:
        wanted = wanted.where(Person.roles.contains([role]))
    for word in containing.split():
        named = [column.icontains(word, autoescape=True) for column in (Person.name, Person.login)]
        wanted = wanted.where(or_(*named))
    return session.scalars(wanted).all()


_SIGNED_IN = (  # built once, for every request asks it
    select(SignIn, Person, Organisation)
    .join(Person, Person.id == SignIn.person_id)
    .join(Organisation, Organisation.id == SignIn.organisation_id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.expires_at > bindparam("now"))
    .where(Person.disabled_at.is_(None))
    .where(or_(Person.valid_until.is_(None), Person.valid_until > bindparam("ended")))
)


def signed_in(session: Session, token_hash: str, now: datetime) -> tuple[SignIn, Person, Organisation] | None:
    """The live session with this token, its person and organisation; None if it ended or the person was disabled.

    A temporary account's session goes on for `GRACE` after its time, so that a talk and its wrap-up can be finished.
    """
    asked = {"token_hash": token_hash, "now": now, "ended": now - GRACE}
    row = session.execute(_SIGNED_IN, asked).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def administrators_locked(session: Session) -> Sequence[Person]:
    """Administrators who may sign in, their rows locked until the transaction ends."""
    wanted = select(Person).where(Person.roles.contains([Role.ADMINISTRATOR]), Person.disabled_at.is_(None))
    return session.scalars(wanted.order_by(Person.id).with_for_update()).all()


def last_sign_ins(session: Session) -> dict[int, datetime]:
    """When each person was last seen, by person."""
    rows = session.execute(select(SignIn.person_id, func.max(SignIn.seen_at)).group_by(SignIn.person_id))
    return {row[0]: row[1] for row in rows}


def attempts(session: Session, key: str) -> SignInAttempts | None:
    """Failed sign-ins under this key, locked until the transaction ends."""
    return session.scalar(select(SignInAttempts).where(SignInAttempts.key == key).with_for_update())


def sessions_of(session: Session, person_id: int) -> frozenset[str]:
    """The person's sessions, by the hash of their tokens."""
    return frozenset(session.scalars(select(SignIn.token_hash).where(SignIn.person_id == person_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What of the audit trail is asked for; what is empty narrows nothing."""

    person: int | None = None
    deed: str = ""
    subject: str = ""  # its beginning
    since: datetime | None = None
    until: datetime | None = None


def trail(
    session: Session, asked: Trail, *, before: int | None = None, at_most: int
) -> Sequence[tuple[Audit, str | None]]:
    """What was done and the names of who did it, newest first, of what is older than `before`."""
    found = select(Audit, Person.name).outerjoin(Person, Person.id == Audit.person_id)
    if asked.person is not None:
        found = found.where(Audit.person_id == asked.person)
    if asked.deed:
        found = found.where(Audit.deed == asked.deed)
    if asked.subject:
        found = found.where(Audit.subject.startswith(asked.subject, autoescape=True))
    if asked.since is not None:
        found = found.where(Audit.at >= asked.since)
    if asked.until is not None:
        found = found.where(Audit.at < asked.until)
    if before is not None:
        found = found.where(Audit.id < before)
    return [(row[0], row[1]) for row in session.execute(found.order_by(Audit.id.desc()).limit(at_most))]


def deeds(session: Session, subject: str, *, limit: int = 50) -> Sequence[tuple[Audit, str | None]]:
    """What was done to a subject and the name of who did it, newest first."""
    rows = session.execute(
        select(Audit, Person.name)
        .outerjoin(Person, Person.id == Audit.person_id)
        .where(Audit.subject == subject)
        .order_by(Audit.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
