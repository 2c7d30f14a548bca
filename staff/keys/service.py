"""Every change to keys: made with an account of their own, followed by another, revoked, used."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import Conflict
from staff import service as people
from staff.audit import audit
from staff.keys import queries
from staff.keys.model import BEGINNING, HINTED, Scope
from staff.keys.tables import ApiKey
from staff.model import Role
from staff.tables import Organisation, Person

NO_PASSWORD: Final = "!"  # no hash: nobody signs in with the account of a key
SEEN_EVERY: Final = timedelta(minutes=1)  # a key's last use is written at most this often


class AccountClosed(Conflict):
    """The account of the key is closed: a new key would open nothing."""


def make(
    session: Session,
    *,
    name: str,
    roles: Collection[Role],
    scopes: Collection[Scope],
    per_minute: int,
    valid_until: datetime | None,
    by: Person,
) -> tuple[ApiKey, str]:
    """A key with an account of its own, and the key itself, which is shown this once."""
    account = people.enter(
        session,
        login=f"key-{secrets.token_hex(5)}",
        name=name,
        stored=NO_PASSWORD,
        roles=frozenset(roles),
        language=by.language,
        by=by,
    )
    return _made(session, account, name, scopes, per_minute=per_minute, valid_until=valid_until, by=by)


def follow(session: Session, key_id: int, *, by: Person) -> tuple[ApiKey, str]:
    """One more key for the same account, so that a system can change its key without a pause. AccountClosed."""
    before, account = queries.get(session, key_id)
    if account.disabled_at is not None:
        raise AccountClosed(before.name)
    return _made(
        session,
        account,
        before.name,
        [Scope(scope) for scope in before.scopes],
        per_minute=before.per_minute,
        valid_until=before.valid_until,
        by=by,
    )


def revoke(session: Session, key_id: int, *, by: Person) -> ApiKey:
    """The key opens nothing from the next call on; its account and what it did stay."""
    key, _account = queries.get(session, key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = datetime.now(UTC), by.id
        audit(session, by, "key.revoked", f"key:{key.id}", name=key.name)
    return key


def recognise(session: Session, sent: str, *, address: str) -> tuple[ApiKey, Person, Organisation] | None:
    """Whose key was sent; that it was used, and from where, is written down once a minute."""
    now = datetime.now(UTC)
    found = queries.opened_by(session, hash_of(sent), now)
    if found is None:
        return None
    key = found[0]
    if key.last_used_at is None or now - key.last_used_at > SEEN_EVERY:
        session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now, last_used_from=address[:64]))
    return found


def hash_of(key: str) -> str:
    """How a key is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def _made(
    session: Session,
    account: Person,
    name: str,
    scopes: Collection[Scope],
    *,
    per_minute: int,
    valid_until: datetime | None,
    by: Person,
) -> tuple[ApiKey, str]:
    key = BEGINNING + secrets.token_urlsafe(32)
    row = ApiKey(
        organisation_id=by.organisation_id,
        person_id=account.id,
        name=name,
        key_hash=hash_of(key),
        hint=key[:HINTED],
        scopes=sorted(scope.value for scope in scopes),
        per_minute=per_minute,
        created_by=by.id,
        valid_until=valid_until,
    )
    session.add(row)
    session.flush()
    audit(session, by, "key.made", f"key:{row.id}", name=name, scopes=", ".join(row.scopes))
    return row, key
