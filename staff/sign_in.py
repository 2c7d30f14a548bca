"""Signing in and out: passwords, sessions, and patience with those who guess.

A session is a random token in the browser's cookie; the database knows only its SHA-256, so a stolen table opens
nothing. It lasts twelve hours after the last request and a week at most.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from staff import queries
from staff.passwords import password_is_right
from staff.service import audit
from staff.tables import Organisation, Person, SignIn, SignInAttempts

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is written at most this often
FREE_TRIES = 4  # wrong passwords before the first wait
FIRST_WAIT = timedelta(seconds=5)  # doubled with each further failure
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class WaitBeforeRetry(Exception):
    """Too many wrong passwords: `seconds` until the next try is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


def sign_in(session: Session, login: str, password: str, *, address: str) -> Person | None:
    """The person, if the password is right and they are not disabled; None otherwise, and the failure is counted.

    WaitBeforeRetry while this login from this address has failed too often. The caller opens the session with
    `open_session`.
    """
    now = datetime.now(UTC)
    key = hashlib.sha256(f"{login.lower()}\n{address}".encode()).hexdigest()
    failed = _failed(session, key)
    if failed.blocked_until is not None and failed.blocked_until > now:
        raise WaitBeforeRetry(round((failed.blocked_until - now).total_seconds()) + 1)
    person = queries.find_by_login(session, login)
    right = password_is_right(person.password_hash if person else None, password)
    if person is None or not right or person.disabled_at is not None:
        _count_failure(failed, now)
        return None
    session.delete(failed)
    return person


def _failed(session: Session, key: str) -> SignInAttempts:
    """The count for this key, its row locked so that parallel guesses queue up."""
    session.execute(
        insert(SignInAttempts)
        .values(key=key, failures=0, last_at=datetime.now(UTC))
        .on_conflict_do_nothing(index_elements=["key"])
    )
    failed = queries.attempts(session, key)
    assert failed is not None
    return failed


def _count_failure(failed: SignInAttempts, now: datetime) -> None:
    failed.failures = 1 if now - failed.last_at > FORGOTTEN_AFTER else failed.failures + 1
    failed.last_at = now
    if failed.failures > FREE_TRIES:
        failed.blocked_until = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failed.failures - FREE_TRIES - 1))


def open_session(session: Session, person: Person) -> str:
    """A new session of the person; the token for the cookie. Sessions long over are swept on the way."""
    now = datetime.now(UTC)
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.expires_at < now))
    session.add(
        SignIn(
            organisation_id=person.organisation_id,
            token_hash=hash_of(token),
            person_id=person.id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + IDLE,
        )
    )
    audit(session, person, "person.signed_in", f"person:{person.id}")
    return token


def recognise(session: Session, token: str) -> tuple[SignIn, Person, Organisation] | None:
    """Whose session the token opens; its end is moved on."""
    now = datetime.now(UTC)
    found = queries.signed_in(session, hash_of(token), now)
    if found is not None and now - found[0].seen_at > SEEN_EVERY:
        found[0].seen_at = now
        found[0].expires_at = min(now + IDLE, found[0].created_at + LONGEST)
    return found


def close_session(session: Session, token: str) -> None:
    """Ends the session, if there is one."""
    session.execute(delete(SignIn).where(SignIn.token_hash == hash_of(token)))


def close_other_sessions(session: Session, person: Person, *, but: str = "") -> None:
    """Ends all sessions of a person except the one with this token."""
    session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.token_hash != hash_of(but)))


def hash_of(token: str) -> str:
    """How a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
