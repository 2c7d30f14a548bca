"""Who waits for somebody else in the database."""

from sqlalchemy import text

from db import EVERY_ORGANISATION, transaction

_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"""


def waiting() -> int:
    """How many there are."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(text(_WAITING)) or 0
