"""Changes to people: who they are, what they may, how they sign in."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import Conflict
from staff import queries
from staff.audit import audit
from staff.model import Role
from staff.passwords import made_up_password, password_hash
from staff.tables import Person, SignIn


class LoginTaken(Conflict):
    """Somebody, perhaps of another organisation, signs in with this name."""


class LastAdministrator(Conflict):
    """Without this person nobody could manage people any more."""


def add_person(
    session: Session, *, login: str, name: str, roles: frozenset[Role], language: str, by: Person
) -> tuple[Person, str]:
    """A new person of the administrator's organisation, and the password to hand over. LoginTaken."""
    password = made_up_password()
    stored = password_hash(password)
    return enter(session, login=login, name=name, stored=stored, roles=roles, language=language, by=by), password


def enter(
    session: Session,
    *,
    login: str,
    name: str,
    stored: str,
    roles: frozenset[Role],
    language: str,
    by: Person,
    valid_until: datetime | None = None,
) -> Person:
    """A new person whose password is hashed already. LoginTaken."""
    person = Person(
        organisation_id=by.organisation_id,
        login=login,
        name=name,
        password_hash=stored,
        roles=sorted(roles),
        language=language,
        valid_until=valid_until,
    )
    try:
        with session.begin_nested():  # logins of other organisations are invisible here, the unique index sees them
            session.add(person)
    except IntegrityError as error:
        raise LoginTaken(login) from error
    audit(session, by, "person.added", f"person:{person.id}", login=login, roles=", ".join(sorted(roles)))
    return person


def change_person(
    session: Session, person: Person, *, name: str, roles: frozenset[Role], language: str, by: Person
) -> None:
    """Gives a person another name, roles or language; the roles count from the next request. LastAdministrator."""
    if Role.ADMINISTRATOR not in roles:
        _keep_an_administrator(session, person)
    changes = {
        field: f"{old} → {new}"
        for field, old, new in (
            ("name", person.name, name),
            ("roles", ", ".join(sorted(person.roles)), ", ".join(sorted(roles))),
            ("language", person.language, language),
        )
        if old != new
    }
    if changes:
        person.name, person.roles, person.language = name, sorted(roles), language
        audit(session, by, "person.changed", f"person:{person.id}", **changes)


def disable(session: Session, person: Person, *, by: Person | None) -> None:
    """Ends a person's access at once; None: their time was over. Their deeds stay. LastAdministrator."""
    if person.disabled_at is not None:
        return
    _keep_an_administrator(session, person)
    person.disabled_at = datetime.now(UTC)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    audit(session, by, "person.disabled", f"person:{person.id}")


def enable(session: Session, person: Person, *, by: Person) -> None:
    """Gives a disabled person access again, with the old password; a temporary one whose time was over for good."""
    if person.disabled_at is not None:
        person.disabled_at = None
        person.valid_until = None if person.is_over else person.valid_until
        audit(session, by, "person.enabled", f"person:{person.id}")


def reset_password(session: Session, person: Person, *, by: Person) -> str:
    """A new password to hand over; all the person's sessions end."""
    password = made_up_password()
    person.password_hash = password_hash(password)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    audit(session, by, "person.password_reset", f"person:{person.id}")
    return password


def change_password(session: Session, person: Person, new_hash: str) -> None:
    """The person's own change, as `password_hash` gives it; that they know the present password was checked."""
    person.password_hash = new_hash
    audit(session, person, "person.password_changed", f"person:{person.id}")


def choose(session: Session, person_id: int, *, language: str | None = None, theme: str | None = None) -> None:
    """A person's own language or theme."""
    person = queries.get(session, person_id)
    if language is not None:
        person.language, person.language_chosen = language, True
    person.theme = theme or person.theme


def _keep_an_administrator(session: Session, person: Person) -> None:
    """Refuses to lose the last one. The rows are locked, so that two cannot disable each other at once."""
    others = [one for one in queries.administrators_locked(session) if one.id != person.id]
    if Role.ADMINISTRATOR in person.roles and person.disabled_at is None and not others:
        raise LastAdministrator(person.login)
