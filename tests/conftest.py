"""What all tests share: real servers, a database with the product's tables, two organisations and their people.

`session` is rolled back after each test. What the application itself must see is in `centre`: committed, and swept
afterwards.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache

import psycopg
import pytest
import trustme
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from xdist.remote import Producer

import db
from db import EVERY_ORGANISATION, transaction
from db.rls import SETTING
from ivr import service
from ivr.demonstration import MENUS, NUMBERS
from run import logs, schema, web
from run.host import release
from run.host.release import SOURCE
from run.host.servers import Servers
from run.settings import Settings
from staff.tables import Organisation
from tests.centre import Centre, organisation_dtm, organisation_khm
from tests.client import Client, sign_in
from tests.notify.far_ends import MailServer
from tests.servers import free_ports, of_tests, one_at_a_time
from tests.side_by_side import Units, place, take_turn
from web import assets


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest is begun first, where several processes share the tests."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: place(item.nodeid))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests are there to stay: the collector of garbage need not look at them again and again."""
    gc.freeze()


def pytest_runtest_logstart(nodeid: str) -> None:
    """Tests with sound in them come first at the processor."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        take_turn(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Units:
    """Who does what, where several processes share the tests."""
    return Units(config, log)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis, running. `servers.start("s3")` adds the store."""
    with free_ports() as first:
        running = of_tests(first)
        running.start("postgres", "redis")
        yield running
        running.stop()


@pytest.fixture(scope="session")
def settings(servers: Servers) -> Settings:
    """How the servers are reached."""
    return servers.settings


@pytest.fixture(scope="session")
def owner(settings: Settings) -> Iterator[Engine]:
    """The owner of the tables, in a database with nothing but them. Row-level security binds the owner as well."""
    engine = create_engine(settings.database_owner_url.get_secret_value(), pool_pre_ping=True)
    with engine.begin() as connection:
        connection.execute(text("SET client_min_messages TO warning"))
        for (name,) in connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        for (name,) in connection.execute(
            text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        ).all():
            connection.execute(text(f'DROP SEQUENCE "{name}" CASCADE'))
    schema.create(engine)
    with psycopg.connect(
        host="127.0.0.1", port=settings.postgres_port, user="postgres", dbname="holos", autocommit=True,
        password=settings.postgres_password.get_secret_value(),
    ) as superuser:  # fmt: skip
        superuser.execute("GRANT SET ON PARAMETER session_replication_role TO holos_owner")  # for `sweep`
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def database(owner: Engine, settings: Settings) -> Engine:
    """This process's engine, connected as the application's role."""
    return db.connect(settings.database_url.get_secret_value(), pool_size=20)


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """A transaction that works for every organisation and is rolled back."""
    with suppress(OperationalError), database.connect() as asked:  # another test may have killed PostgreSQL
        asked.execute(text("SELECT 1"))
    with database.connect() as connection, connection.begin() as everything:
        connection.execute(text("BEGIN"))
        connection.execute(text(f"SELECT set_config('{SETTING}', '{EVERY_ORGANISATION}', true)"))
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as rolled_back:
            yield rolled_back
        everything.rollback()


@pytest.fixture
def khm(session: Session) -> Organisation:
    """The Ukrainian city, in the test's own transaction."""
    return organisation_khm(session)


@pytest.fixture
def dtm(session: Session) -> Organisation:
    """The Uzbek agency, in the test's own transaction."""
    return organisation_dtm(session)


@pytest.fixture
def centre(database: Engine, owner: Engine) -> Iterator[Centre]:
    """Both organisations with people of every role, committed; afterwards all tables are empty again."""
    with db.transaction(EVERY_ORGANISATION) as session:
        made = Centre.made(session)
    yield made
    sweep(owner)


def sweep(owner: Engine) -> None:
    """Empties all tables, whatever a request that the test did not wait for is still writing."""
    sweeper = _sweeper(owner)
    try:
        _empty(sweeper)
    except OperationalError:  # we and the request waited for each other, or PostgreSQL was killed
        _empty(sweeper)


def _empty(sweeper: Engine) -> None:
    with sweeper.begin() as connection:
        connection.exec_driver_sql("SELECT pg_temp.empty_all()")


@cache
def _sweeper(owner: Engine) -> Engine:
    """A connection of the owner's that knows how to empty all tables.

    In one function, which PostgreSQL plans once; a truncation of empty tables takes longer. No triggers, and no looks
    for rows that refer to a deleted one: these go as well. What others refer to goes first: nobody can write anything
    about it any more.
    """
    deletions = "; ".join(f'DELETE FROM public."{table.name}"' for table in schema.METADATA.sorted_tables)
    prepared = (
        f"SET {SETTING} = '{EVERY_ORGANISATION}'",
        "SET session_replication_role = replica",
        f"CREATE FUNCTION pg_temp.empty_all() RETURNS void LANGUAGE plpgsql AS $$BEGIN {deletions}; END$$",
    )
    engine = create_engine(owner.url, pool_size=1, max_overflow=0, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection, _: object) -> None:
        for statement in prepared:
            connection.execute(statement)
        connection.commit()

    return engine


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Starts browsers. One for the whole run: a process can have no second one beside it."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def front_end(settings: Settings) -> None:
    """The built scripts, styles and icons; templates and catalogues compiled for all processes."""
    with one_at_a_time("front-end"):
        _build(settings)
        release.compile_pages(SOURCE)


def _build(settings: Settings) -> None:
    release.link_node_modules(settings)
    sources = [path for kind in ("ts", "css", "mjs") for path in (SOURCE / "web/frontend").rglob(f"*.{kind}")]
    sources += (SOURCE / "web/templates").rglob("*.html")
    sprite = assets.STATIC / "built/icons.svg"
    if not sprite.exists() or sprite.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        release.npm(SOURCE, "run", "--silent", "build")


@pytest.fixture(scope="session")
def app(database: Engine, settings: Settings, front_end: None) -> FastAPI:
    """The application as the web process runs it."""
    logs.configure("WARNING")
    created = web.create(settings)
    created.state.figures_fresh = timedelta()  # a test reads what it has just done
    return created


@pytest.fixture
def anybody(app: FastAPI, centre: Centre) -> Iterator[Client]:
    """A browser nobody is signed in with."""
    with Client(app) as client:
        yield client


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for all requests; to make one for each takes longer than most answers."""
    with start_blocking_portal() as running:
        yield running


@pytest.fixture
def client(app: FastAPI, centre: Centre, portal: BlockingPortal) -> Iterator[Callable[[str], Client]]:
    """`client("olena")`: a browser in which that person is signed in."""
    opened: list[Client] = []

    def signed_in(login: str) -> Client:
        browser = sign_in(Client(app), centre.people[login])
        browser.portal = portal
        opened.append(browser)
        return browser

    yield signed_in
    for browser in opened:
        browser.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates of servers that tests talk with."""
    return trustme.CA()


@pytest.fixture
def mail_server(authority: trustme.CA) -> Iterator[MailServer]:
    """A mail server that really listens."""
    with MailServer(authority) as listening:
        yield listening


@pytest.fixture
def published(centre: Centre) -> Centre:
    """Both organisations with their menus, heard at their numbers."""
    with transaction(EVERY_ORGANISATION) as session:
        for code, organisation in centre.organisations.items():
            service.publish(session, organisation.id, MENUS[code])
            number, language, menu = NUMBERS[code]
            service.assign_number(session, organisation.id, number, language=language, menu=menu)
    return centre
