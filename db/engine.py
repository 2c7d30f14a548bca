"""One engine a process, and transactions that say for whom they work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal, cast

import psycopg
import structlog
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from db import seals
from db.rls import EVERY, SETTING
from db.seals import MARK

log = structlog.get_logger()

Organisation = int | Literal["every"]
EVERY_ORGANISATION: Final[Literal["every"]] = EVERY  # for readers, sign-in and jobs that serve all

TRIES = 3  # connections; the first that turns out dead makes all of its age be opened anew
_AFTER_COMMIT = "after_commit"
_NOTICES = "notices"
_FOR_WHOM = f"SELECT set_config('{SETTING}', '{{}}', true), set_config('{MARK}', '{{}}', true)"
_RELAXED = ", set_config('synchronous_commit', 'off', true)"
_NOTIFY = text(
    "SELECT pg_notify(channel, payload)"
    " FROM unnest(CAST(:channels AS text[]), CAST(:payloads AS text[])) AS notice (channel, payload)"
)
_AS_IT_IS = {"no_parameters": True}  # nothing is filled in, so both statements may go at once


class _Connection:
    """The process's engine, once `connect` was called."""

    engine: Engine | None = None
    sessions: sessionmaker[Session] | None = None
    secret: bytes = b""


def connect(url: str, *, pool_size: int = 10, statement_timeout: str = "15s") -> Engine:
    """Gives this process its engine; `url` is `postgresql+psycopg://...`. A second call replaces the first.

    The driver begins no transactions of its own: `transaction` does, together with what it says first.
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
    _Connection.sessions = sessionmaker(_Connection.engine, expire_on_commit=False)
    _Connection.secret = seals.secret_of(_Connection.engine.url.password)
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


def is_ours(mark: str) -> bool:
    """Whether a transaction with this mark was begun by a process of ours."""
    return seals.is_ours(_Connection.secret, mark)


@contextmanager
def transaction(organisation: Organisation, *, relaxed: bool = False) -> Iterator[Session]:
    """A session that commits at the end of the block, rolls back on an error, and sees one organisation's rows.

    `relaxed` does not wait for PostgreSQL's disk: if PostgreSQL crashes, the last moments may be gone, in their order.
    """
    with _begun(organisation, relaxed=relaxed) as session:
        with cast(SessionTransaction, session.get_transaction()):
            yield session
        for deed in session.info.pop(_AFTER_COMMIT, []):
            try:
                deed()
            except Exception:  # the edge: what is committed is done, and the other deeds are due all the same
                log.exception("after_commit_failed")


def _begun(organisation: Organisation, *, relaxed: bool) -> Session:
    """A session whose transaction begins and says for whom, in one round trip.

    A connection may have ended while it rested: its first words find out, and are said on another one.
    """
    if _Connection.sessions is None:
        raise RuntimeError("db.connect() was not called in this process")
    for_whom = EVERY if organisation == EVERY else int(organisation)
    words = _FOR_WHOM.format(for_whom, seals.mark(_Connection.secret)) + (_RELAXED if relaxed else "")
    for tries_left in reversed(range(TRIES)):
        session = _Connection.sessions()
        try:
            session.connection().exec_driver_sql(f"BEGIN; {words}", execution_options=_AS_IT_IS)
        except BaseException as error:
            session.close()
            if tries_left and isinstance(error, DBAPIError) and error.connection_invalidated:
                continue
            raise
        return session
    raise AssertionError("the last try returns or raises")


def narrow(session: Session, organisation: int) -> None:
    """From here on a transaction of `EVERY_ORGANISATION` sees the rows of this one alone, as if it had begun so."""
    session.flush()
    session.expunge_all()
    words = f"SELECT set_config('{SETTING}', '{int(organisation)}', true)"
    session.connection().exec_driver_sql(words, execution_options=_AS_IT_IS)


def after_commit(session: Session, deed: Callable[[], None]) -> None:
    """Does `deed` once the transaction has committed; forgets it if the transaction fails.

    A deed that fails is logged and keeps nobody: neither those after it nor whoever opened the transaction.
    """
    session.info.setdefault(_AFTER_COMMIT, []).append(deed)


def take_time(session: Session) -> None:
    """This transaction may look at everything there is, however long that takes."""
    session.execute(text("SET LOCAL statement_timeout = '30min'"))


def notify(session: Session, channel: str, payload: str = "") -> None:
    """Tells listeners in other processes, at the commit (PostgreSQL NOTIFY); the same notice is told once."""
    session.info.setdefault(_NOTICES, {})[channel, payload] = None


@event.listens_for(Session, "before_commit")
def _send_notices(session: Session) -> None:
    """All that gathered, in one statement."""
    if notices := session.info.pop(_NOTICES, None):
        channels, payloads = zip(*notices, strict=True)
        session.execute(_NOTIFY, {"channels": list(channels), "payloads": list(payloads)})


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
