"""Every SELECT of keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import NotFound
from staff.keys.tables import ApiKey
from staff.tables import Organisation, Person


class Known(NamedTuple):
    """A key with its account."""

    key: ApiKey
    person: Person


def get(session: Session, key_id: int) -> Known:
    """The key. NotFound, also for another organisation's."""
    row = session.execute(_WITH_ACCOUNT.where(ApiKey.id == key_id)).one_or_none()
    if row is None:
        raise NotFound(f"key {key_id}")
    return Known(*row)


def keys(session: Session) -> Sequence[Known]:
    """All keys, those in force first, the newest on top."""
    ordered = _WITH_ACCOUNT.order_by(ApiKey.revoked_at.desc().nulls_first(), ApiKey.id.desc())
    return [Known(*row) for row in session.execute(ordered)]


def opened_by(session: Session, key_hash: str, now: datetime) -> tuple[ApiKey, Person, Organisation] | None:
    """The key in force with this hash, its account and its organisation; None where the account is closed."""
    row = session.execute(
        select(ApiKey, Person, Organisation)
        .join(Person, Person.id == ApiKey.person_id)
        .join(Organisation, Organisation.id == ApiKey.organisation_id)
        .where(
            ApiKey.key_hash == key_hash,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.valid_until.is_(None), ApiKey.valid_until > now),
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


_WITH_ACCOUNT = select(ApiKey, Person).join(Person, Person.id == ApiKey.person_id)
