"""The views read by SQL: no personal column, no other organisation, nothing else, and nothing can be changed."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine

from appeals.published.views import SCHEMA, VIEWS
from appeals.rights.model import FIELDS, FieldClass
from run import readers
from run.settings import Settings
from tests.appeals.workflow.conftest import City

FREE_TEXT = {"appeal.substance", "appeal.answer", "appeal.paper"}  # somebody's name may stand in them
OPEN = {FieldClass.PUBLIC, FieldClass.SERVICE}
PERSONAL = {"surname", "given_name", "patronymic", "phone", "email", "address", "substance", "answer", "report", "task",
            "reason", "body", "head", "applicant_id", "person_id", "registered_by", "note"}  # fmt: skip
Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def reader(city: City, settings: Settings, database: Engine) -> Iterator[Connection]:
    """A role that reads what the city has published."""
    with readers.connected(settings) as root:
        root.execute("SELECT set_config('holos.organisation', 'every', false)")
        password = readers.add(root, "khm", "reader_of_tests")
    address = f"host=127.0.0.1 port={settings.postgres_port} user=reader_of_tests dbname=holos"
    with psycopg.connect(address, password=password, autocommit=True) as connection:
        yield connection
    with readers.connected(settings) as root:
        root.execute("SELECT set_config('holos.organisation', 'every', false)")
        readers.remove(root, "reader_of_tests")


def test_every_published_column_is_of_an_open_class(reader: Connection) -> None:
    """U-57: what PostgreSQL has is what is declared, and what is declared is of a class that anybody here may see."""
    there = {
        (row[0], row[1])
        for row in reader.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s", [SCHEMA]
        )
    }
    declared = {(view.name, column) for view in VIEWS for column in view.columns}
    assert there == declared
    fields = {field for view in VIEWS for field, _read in view.columns.values()}
    assert {FIELDS[field] for field in fields} <= OPEN
    assert not fields & FREE_TEXT
    assert not {column for _view, column in declared} & PERSONAL


def test_a_reader_sees_its_own_organisation_and_changes_nothing(city: City, reader: Connection) -> None:
    appeal = city.appeal()
    city.given(appeal, "water")
    assert reader.execute("SELECT number, state, overdue FROM appeal").fetchall() == [
        (appeal.number, "assigned", False)
    ]
    assert reader.execute("SELECT appeal, executor, role FROM assignment").fetchall() == [
        (appeal.number, "water", "main")
    ]
    assert reader.execute("SELECT deed, became FROM deed").fetchall() == [("assign", "assigned")]
    codes = {row[0] for row in reader.execute("SELECT code FROM executor")}
    assert codes == {"water", "roads", "heat", "lift"}
    assert reader.execute("SELECT count(*) FROM classifier").fetchone() != (0,)
    for organisation in ("every", "2", str(city.centre.organisations["dtm"].id)):
        reader.execute("SELECT set_config('holos.organisation', %s, false)", [organisation])
        seen = {row[0] for row in reader.execute("SELECT code FROM executor")}
        assert "suv" not in seen, organisation
    for statement in (
        "SELECT surname FROM public.applicant", "SELECT * FROM public.appeal", "SELECT * FROM public.published_reader",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader.execute("CREATE TEMP TABLE mine (x int)")
    reader.execute("SET default_transaction_read_only = off")
    for statement in ("UPDATE published.topic SET code = 'x'", "DELETE FROM published.topic"):
        with pytest.raises(psycopg.errors.Error):
            reader.execute(statement)


def test_a_role_that_was_not_made_for_it_reads_no_row(database: Engine, city: City) -> None:
    """Even our own: whoever is bound to no organisation finds the views empty."""
    city.appeal()
    with database.connect() as connection:
        connection.exec_driver_sql("SELECT set_config('holos.organisation', 'every', false)")
        assert connection.exec_driver_sql("SELECT count(*) FROM published.appeal").scalar() == 0
        connection.exec_driver_sql("SELECT set_config('holos.organisation', '', false)")


def test_no_role_of_ours_and_no_nonsense_becomes_a_reader(database: Engine, settings: Settings) -> None:
    for role in ("postgres", "holos_app", "pg_me", "Ні", "x", "a; DROP TABLE appeal"):
        with readers.connected(settings) as root, pytest.raises(ValueError, match="letters"):
            readers.add(root, "khm", role)
