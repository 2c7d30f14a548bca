"""PostgreSQL: the engine, transactions that say for whom they work, and the base of every mapped class."""

from db.engine import (
    EVERY_ORGANISATION,
    Organisation,
    after_commit,
    connect,
    disconnect,
    engine,
    is_only_one,
    is_ours,
    listen,
    narrow,
    notify,
    take_time,
    transaction,
)
from db.errors import Conflict, NotFound, is_away, is_storable
from db.tables import Base, OfOrganisation, created_at, identity, one_of, table_of

__all__ = [
    "EVERY_ORGANISATION",
    "Base",
    "Conflict",
    "NotFound",
    "OfOrganisation",
    "Organisation",
    "after_commit",
    "connect",
    "created_at",
    "disconnect",
    "engine",
    "identity",
    "is_away",
    "is_only_one",
    "is_ours",
    "is_storable",
    "listen",
    "narrow",
    "notify",
    "one_of",
    "table_of",
    "take_time",
    "transaction",
]
