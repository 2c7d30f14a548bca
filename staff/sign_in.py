"""Signing in and out: passwords, sessions, and patience with those who guess.

A session is a random token in the browser's cookie; the database knows only its SHA-256, so a stolen table opens
nothing. It lasts twelve hours after the last request and a week at most.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from staff import queries
from staff.audit import audit
from staff.tables import Organisation, Person, SignIn, SignInAttempts
from web.problems import TooManyRequests

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is written at most this often
FREE_TRIES = 4  # wrong passwords before the first wait
FIRST_WAIT = timedelta(seconds=5)  # doubled with each further failure
DOUBLED_AT_MOST = 10
LONGEST_WAIT = timedelta(minutes=15)
ADDRESS_TRIES = 100  # free failures an hour from one address, whatever the logins: an office shares one
LONGEST_ADDRESS_WAIT = timedelta(minutes=1)  # colleagues of a guesser wait as well
FORGOTTEN_AFTER = timedelta(hours=1)


class AccountOver(Exception):
    """The password was right, but the time of this temporary account is over since `until`, by the clocks of `zone`."""

    def __init__(self, until: datetime, zone: str) -> None:
        super().__init__(f"over since {until}")
        self.until, self.zone = until, zone


@dataclass(frozen=True, slots=True)
class Try:
    """A sign-in under way: counted as failed until `accept`."""

    login: str
    keys: tuple[str, ...]
    stored: str | None  # the password's hash; None for a login nobody has


def begin(session: Session, login: str, *, address: str) -> Try:
    """Counts a try in advance, so that parallel guesses cannot slip through, and gives what the password must match.

    TooManyRequests while this login from this address, or the address with whatever logins, has failed too often.
    The password is checked between this transaction and that of `accept`: it takes long on purpose.
    """
    now = datetime.now(UTC)
    of_login, of_address = _key(login.lower(), address), _key("", address)
    counts = [_failed(session, key) for key in (of_address, of_login)]
    waits = [one.blocked_until - now for one in counts if one.blocked_until is not None and one.blocked_until > now]
    if waits:
        raise TooManyRequests(max(waits))
    address_count, login_count = counts
    login_count.failures = 1 if now - login_count.last_at > FORGOTTEN_AFTER else login_count.failures + 1
    login_count.blocked_until = _blocked_until(now, login_count.failures - FREE_TRIES, LONGEST_WAIT)
    forgiven = int((now - address_count.last_at) / (FORGOTTEN_AFTER / ADDRESS_TRIES))
    address_count.failures = max(0, address_count.failures - forgiven) + 1
    address_count.blocked_until = _blocked_until(now, address_count.failures - ADDRESS_TRIES, LONGEST_ADDRESS_WAIT)
    login_count.last_at = address_count.last_at = now
    person = queries.find_by_login(session, login)
    return Try(login, (of_address, of_login), person.password_hash if person else None)


def accept(session: Session, tried: Try, *, language: str | None = None) -> Person | None:
    """The person whose password was right, the try no longer a failure; None if they are disabled.

    A language chosen on the way here becomes theirs, unless they have chosen one themselves: what an administrator
    gave them is only a beginning. The caller opens the session with `open_session`. AccountOver.
    """
    person = queries.find_by_login(session, tried.login)
    if person is None or person.password_hash != tried.stored:
        return None
    if person.valid_until is not None and person.is_over:
        raise AccountOver(person.valid_until, queries.organisation(session, person.organisation_id).time_zone)
    if person.disabled_at is not None:
        return None
    of_address, of_login = (_failed(session, key) for key in tried.keys)
    of_address.failures, of_address.blocked_until = max(0, of_address.failures - 1), None
    session.delete(of_login)
    if language is not None and not person.language_chosen:
        person.language = language
    return person


def _key(login: str, address: str) -> str:
    return hashlib.sha256(f"{login}\n{address}".encode()).hexdigest()


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


def _blocked_until(now: datetime, beyond: int, longest: timedelta) -> datetime | None:
    """When the next try is looked at, after so many failures beyond the free ones."""
    if beyond <= 0:
        return None
    return now + min(longest, FIRST_WAIT * (1 << min(beyond - 1, DOUBLED_AT_MOST)))


def sweep(session: Session) -> tuple[int, int]:
    """Forgets counts of failures and sessions that are over; how many of each."""
    now = datetime.now(UTC)
    idle = SignInAttempts.last_at < now - FORGOTTEN_AFTER
    counts = session.execute(delete(SignInAttempts).where(idle).returning(SignInAttempts.key)).all()
    over = session.execute(delete(SignIn).where(SignIn.expires_at < now).returning(SignIn.token_hash)).all()
    return len(counts), len(over)


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
