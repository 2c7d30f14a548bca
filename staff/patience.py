"""Patience with who asks too often: so many deeds of a kind within a while, counted in PostgreSQL for all processes.

A count runs dry evenly: who has used up ten an hour may do one more every six minutes.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from staff import queries
from staff.tables import SignInAttempts
from web.problems import TooManyRequests


def count(session: Session, *what: str, most: int, within: timedelta) -> None:
    """One deed more of this kind, within an hour at most. TooManyRequests where it is one too many: it counts not."""
    key = hashlib.sha256("\n".join(what).encode()).hexdigest()
    now = datetime.now(UTC)
    session.execute(
        insert(SignInAttempts).values(key=key, failures=0, last_at=now).on_conflict_do_nothing(index_elements=["key"])
    )
    row = queries.attempts(session, key)
    assert row is not None
    each = within / most
    left = max(0, row.failures - int((now - row.last_at) / each))
    if left >= most:
        raise TooManyRequests(each - (now - row.last_at) % each)
    if left < row.failures or row.failures == 0:
        row.last_at = now
    row.failures = left + 1
    session.flush()
