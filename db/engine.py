"""One engine a process, and transactions that say for whom they work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

import psycopg
import structlog
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from db.rls import EVERY, SETTING

log = structlog.get_logger()

Organisation = int | Literal["every"]
EVERY_ORGANISATION: Final[Literal["every"]] = EVERY  # for readers, sign-in and jobs that serve all

_AFTER_COMMIT = "after_commit"
_STRICT = text("SELECT set_config(:name, :value, true)")
_RELAXED = text("SELECT set_config(:name, :value, true), set_config('synchronous_commit', 'off', true)")


class _Connection:
    """The process's engine, once `connect` was called."""

    engine: Engine | None = None
    sessions: sessionmaker[Session] | None = None


def connect(url: str, *, pool_size: int = 10, statement_timeout: str = "15s", ask_first: bool = True) -> Engine:
    """Gives this process its engine; `url` is `postgresql+psycopg://...`. A second call replaces the first.

    `ask_first` tries each connection before it is used; a process that does again whatever failed can save that.
    """
    disconnect()
    _Connection.engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=ask_first,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c statement_timeout={statement_timeout} -c timezone=UTC",
        },
    )
    _Connection.sessions = sessionmaker(_Connection.engine, expire_on_commit=False)
    return _Connection.engine


def disconnect() -> None:
    """Closes the pool, if there is one."""
    if _Connection.engine is not None:
        _Connection.engine.dispose()
    _Connection.engine = _Connection.sessions = None


def engine() -> Engine:
    """The process's engine. RuntimeError before `connect`."""
    if _Connection.engine is None:
        raise RuntimeError("db.connect() was not called in this process")
    return _Connection.engine


@contextmanager
def transaction(organisation: Organisation, *, relaxed: bool = False) -> Iterator[Session]:
    """A session that commits at the end of the block, rolls back on an error, and sees one organisation's rows.

    `relaxed` does not wait for PostgreSQL's disk: if PostgreSQL crashes, the last moments may be gone, in their order.
    """
    if _Connection.sessions is None:
        raise RuntimeError("db.connect() was not called in this process")
    with _Connection.sessions() as session:
        with session.begin():
            session.execute(_RELAXED if relaxed else _STRICT, {"name": SETTING, "value": str(organisation)})
            yield session
        for deed in session.info.pop(_AFTER_COMMIT, []):
            try:
                deed()
            except Exception:  # the edge: what is committed is done, and the other deeds are due all the same
                log.exception("after_commit_failed")


def after_commit(session: Session, deed: Callable[[], None]) -> None:
    """Does `deed` once the transaction has committed; forgets it if the transaction fails.

    A deed that fails is logged and keeps nobody: neither those after it nor whoever opened the transaction.
    """
    session.info.setdefault(_AFTER_COMMIT, []).append(deed)


def notify(session: Session, channel: str, payload: str = "") -> None:
    """Tells listeners in other processes, at the commit (PostgreSQL NOTIFY)."""
    session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})


def is_only_one(connection: psycopg.Connection[tuple[str, ...]], lock: int) -> bool:
    """Whether this process has the advisory lock, which it keeps as long as this connection lives."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s, 0)", [lock]).fetchone()
    return row is not None and bool(row[0])


def listen(*channels: str) -> psycopg.Connection[tuple[str, ...]]:
    """A connection of its own that hears `notify` on these channels: iterate `.notifies(timeout=...)`."""
    url = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    for channel in channels:
        connection.execute(f'LISTEN "{channel}"'.encode())
    return connection
