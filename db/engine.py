"""One engine a process, and transactions that say for whom they work."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from db.rls import EVERY, SETTING

log = structlog.get_logger()

Organisation = int | Literal["every"]
EVERY_ORGANISATION: Final[Literal["every"]] = EVERY  # for readers, sign-in and jobs that serve all

RESTED = 1.0  # seconds after which a connection that nobody used may have ended unseen
_AFTER_COMMIT = "after_commit"
_FOR_WHOM = f"SELECT set_config('{SETTING}', '{{}}', true)"
_RELAXED = ", set_config('synchronous_commit', 'off', true)"
_AS_IT_IS = {"no_parameters": True}  # nothing is filled in, so both statements may go at once


class _Connection:
    """The process's engine, once `connect` was called."""

    engine: Engine | None = None
    sessions: sessionmaker[Session] | None = None


def connect(url: str, *, pool_size: int = 10, statement_timeout: str = "15s", ask_first: bool = True) -> Engine:
    """Gives this process its engine; `url` is `postgresql+psycopg://...`. A second call replaces the first.

    `ask_first` tries a connection that rested before it is used; a process that does again whatever failed can save
    that. The driver begins no transactions of its own: `transaction` does, together with what it says first.
    """
    disconnect()
    _Connection.engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={
            "autocommit": True,
            "connect_timeout": 5,
            "options": f"-c statement_timeout={statement_timeout} -c timezone=UTC",
        },
    )
    if ask_first:
        _ask_who_rested(_Connection.engine)
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


def _ask_who_rested(engine: Engine) -> None:
    """Like the pool's own `pool_pre_ping`, which spends a round trip on connections in use a moment ago, too."""

    @event.listens_for(engine, "checkin")
    def rests(_: object, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def is_wanted(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - entry.info.get("rests_since", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


@contextmanager
def transaction(organisation: Organisation, *, relaxed: bool = False) -> Iterator[Session]:
    """A session that commits at the end of the block, rolls back on an error, and sees one organisation's rows.

    `relaxed` does not wait for PostgreSQL's disk: if PostgreSQL crashes, the last moments may be gone, in their order.
    """
    if _Connection.sessions is None:
        raise RuntimeError("db.connect() was not called in this process")
    with _Connection.sessions() as session:
        with session.begin():
            _begin(session.connection(), organisation, relaxed=relaxed)
            yield session
        for deed in session.info.pop(_AFTER_COMMIT, []):
            try:
                deed()
            except Exception:  # the edge: what is committed is done, and the other deeds are due all the same
                log.exception("after_commit_failed")


def _begin(connection: Connection, organisation: Organisation, *, relaxed: bool) -> None:
    """Begins and says for whom, in one round trip."""
    words = _FOR_WHOM.format(EVERY if organisation == EVERY else int(organisation)) + (_RELAXED if relaxed else "")
    connection.exec_driver_sql(f"BEGIN; {words}", execution_options=_AS_IT_IS)


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
