"""The database as `make run` prepares it: roles without power, sorting by ICU, everything repeatable."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from run import schema
from run.host.servers import Servers, make_cluster, prepare_databases
from run.migrate import check, fresh_database
from run.settings import Settings
from tests.servers import free_ports


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with free_ports() as port, tempfile.TemporaryDirectory(prefix="holos-tests-") as place:
        servers = Servers(Path(place), postgres_port=port)
        servers.start("postgres")
        yield servers
        servers.stop()


def _ask(servers: Servers, query: str) -> list[tuple[object, ...]]:
    settings = servers.settings
    with psycopg.connect(
        host="127.0.0.1",
        port=settings.postgres_port,
        user="postgres",
        dbname="holos",
        password=settings.postgres_password.get_secret_value(),
    ) as connection:
        return connection.execute(query.encode()).fetchall()


def test_neither_role_may_pass_by_row_security(servers: Servers) -> None:
    rows = _ask(
        servers, "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'holos%'"
    )
    assert sorted(rows) == [("holos_app", False, False, False), ("holos_owner", False, False, False)]


def test_the_database_sorts_ukrainian_rightly(servers: Servers) -> None:
    letters = _ask(
        servers, "SELECT string_agg(l, '' ORDER BY l COLLATE \"uk-x-icu\") FROM unnest('{я,ґ,г,і,и,є,е}'::text[]) l"
    )
    assert letters == [("гґеєиія",)]


def test_preparing_twice_changes_nothing(servers: Servers) -> None:
    assert not make_cluster(servers.settings)
    prepare_databases(servers.settings)
    prepare_databases(servers.settings)


def test_a_killed_database_comes_back_with_what_was_committed(servers: Servers) -> None:
    settings = servers.settings
    url = settings.database_owner_url.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (a int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    servers.kill("postgres")
    servers.start("postgres")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT a FROM kept").fetchall() == [(1,)]
        connection.execute("DROP TABLE kept")


KEPT = {  # by PostgreSQL itself; the comparison of tables does not look at it
    "partial indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% WHERE %'",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
    "triggers": "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
}


def _kept(settings: Settings) -> dict[str, dict[str, str]]:
    """Each by its name, without the breaks of its lines."""
    url = settings.database_owner_url.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        rows = {what: connection.execute(query.encode()).fetchall() for what, query in KEPT.items()}
    return {what: {name: " ".join(told.split()) for name, told in each} for what, each in rows.items()}


def test_tables_indexes_functions_and_triggers_are_those_of_the_migrations(servers: Servers) -> None:
    owner = create_engine(servers.settings.database_owner_url.get_secret_value())
    schema.create(owner)
    owner.dispose()
    at_once = _kept(servers.settings)
    with fresh_database() as settings:
        check(settings)
        migrated = _kept(settings)
    for what in KEPT:
        assert migrated[what] == at_once[what], what
