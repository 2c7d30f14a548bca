"""The database as `make run` prepares it: roles without power, sorting by ICU, everything repeatable."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from run.host.servers import Servers, make_cluster, prepare_databases
from run.migrate import check, fresh_database
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


def test_tables_are_those_of_the_migrations() -> None:
    with fresh_database() as settings:
        check(settings)
