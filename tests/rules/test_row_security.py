"""Every table of an organisation hides its rows from all others. PostgreSQL is asked, not the code."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import CursorResult, Engine, Table, select, update

from db import EVERY_ORGANISATION, narrow, transaction
from db.rls import SETTING, tables_of_organisations
from run.schema import APPEND_ONLY, KEPT, METADATA, SEALED
from run.settings import Settings
from staff.tables import Person
from tests.centre import Centre

SHARED = {
    "organisation": "who the organisations are is public",
    "sign_in_attempts": "hashes of logins and addresses; the login may belong to nobody",
    "job_run": "the installation's own jobs",
    "part_span": "the monitor's log of the installation's own servers and processes",
    "part_state": "the installation's own servers and processes",
    "journal_place": "how far each node's spool has been read; names of files",
    "reader_place": "how far each reader is in the journal",
    "unexpected_event": "numbers of events that did not fit, for whoever runs the installation",
    "row_form": "names of columns of business rows",
    "visitor_phone": "phones lent to citizens' browsers, whichever organisation they call",
}
OF_A, OF_B = 1, 2
SAMPLES = {
    "bigint": "7", "integer": "7", "smallint": "7", "numeric": "7", "double precision": "7", "real": "7",
    "text": "'x'", "jsonb": "'{}'", "ARRAY": "'{}'", "boolean": "true", "uuid": "gen_random_uuid()", "bytea": "''",
    "timestamp with time zone": "now()", "date": "current_date", "time without time zone": "'12:00'",
    "interval": "'1 second'", "inet": "'127.0.0.1'", "tstzrange": "'empty'", "int4range": "'empty'",
}  # fmt: skip


def test_tables_without_an_organisation_have_a_reason():
    open_to_all = {table.name for table in METADATA.sorted_tables} - {
        table.name for table in tables_of_organisations(METADATA)
    }
    assert open_to_all <= SHARED.keys(), open_to_all - SHARED.keys()


def test_what_is_kept_goes_with_nothing_that_is_not():
    kept = {table for table, _key in SEALED} & (KEPT | APPEND_ONLY)
    assert {"appeal", "applicant", "assignment", "appeal_deed", "applicant_change", "term_change"} <= kept
    gone = {
        (name, foreign.column.table.name)
        for name in kept
        for foreign in METADATA.tables[name].foreign_keys
        if foreign.ondelete == "CASCADE" and foreign.column.table.name not in kept
    }
    assert not gone, "deleting the second would delete rows of the first, which nobody may delete"


@pytest.fixture
def superuser(database: Engine, settings: Settings) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection that may do everything; what it does is rolled back."""
    password = settings.postgres_password.get_secret_value()
    address = f"host=127.0.0.1 port={settings.postgres_port} user=postgres dbname=holos"
    with psycopg.connect(address, password=password) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("table", list(tables_of_organisations(METADATA)), ids=lambda table: table.name)
def test_a_row_is_seen_and_touched_by_its_organisation_only(
    superuser: psycopg.Connection[tuple[object, ...]], table: Table
):
    forced = superuser.execute(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [f'"{table.name}"']
    ).fetchone()
    assert forced == (True,), "row-level security is not forced"
    insert = _loosened(superuser, table)
    superuser.execute(insert, [OF_A])
    superuser.execute("SET LOCAL ROLE holos_app")
    whole = sql.Identifier(table.name)
    _work_for(superuser, str(OF_A))
    assert _count(superuser, table) == 1
    for stranger in (str(OF_B), "", "0"):
        _work_for(superuser, stranger)
        assert _count(superuser, table) == 0, f"visible while working for {stranger!r}"
        if table.name not in APPEND_ONLY | KEPT:
            assert superuser.execute(sql.SQL("DELETE FROM {}").format(whole)).rowcount == 0
        if table.name not in APPEND_ONLY:
            change = sql.SQL("UPDATE {} SET organisation_id = organisation_id").format(whole)
            assert superuser.execute(change).rowcount == 0
    _work_for(superuser, str(OF_B))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), superuser.transaction():
        superuser.execute(insert, [OF_A])
    if table.name in APPEND_ONLY | KEPT:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), superuser.transaction():
            superuser.execute(sql.SQL("DELETE FROM {}").format(whole))


def _loosened(superuser: psycopg.Connection[tuple[object, ...]], table: Table) -> sql.Composed:
    """The statement that adds a row of the organisation given; checks and keys are off until the rollback."""
    superuser.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
    whole = sql.Identifier(table.name)
    superuser.execute(sql.SQL("TRUNCATE {} CASCADE").format(whole))
    checks = superuser.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'x')", [f'"{table.name}"']
    ).fetchall()
    for (check,) in checks:
        superuser.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(whole, sql.Identifier(str(check))))
    needed = superuser.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL "
        "AND is_identity = 'NO' AND is_generated = 'NEVER' "
        "AND column_name <> 'organisation_id'",
        [table.name],
    ).fetchall()
    names = [sql.Identifier("organisation_id"), *(sql.Identifier(str(column)) for column, _ in needed)]
    values = [sql.Placeholder(), *(sql.SQL(SAMPLES[str(kind)]) for _, kind in needed)]  # type: ignore[arg-type]
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        whole, sql.SQL(", ").join(names), sql.SQL(", ").join(values)
    )


def _work_for(superuser: psycopg.Connection[tuple[object, ...]], organisation: str) -> None:
    superuser.execute("SELECT set_config(%s, %s, true)", [SETTING, organisation])


def _count(superuser: psycopg.Connection[tuple[object, ...]], table: Table) -> int:
    row = superuser.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_transaction_for_all_that_was_narrowed_is_one_organisations(centre: Centre) -> None:
    """Who asks is looked up among everybody's people; from then on the route sees its own organisation alone."""
    khm, dtm = (centre.organisations[code].id for code in ("khm", "dtm"))
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Person)).all()
        assert {each.organisation_id for each in found} == {khm, dtm}
        narrow(session, khm)
        assert not session.identity_map.keys(), "what was seen before is forgotten"
        assert set(session.scalars(select(Person.organisation_id))) == {khm}
        stranger = next(each for each in found if each.organisation_id == dtm)
        changed = session.execute(update(Person).where(Person.id == stranger.id).values(name="Хтось"))
        assert isinstance(changed, CursorResult)
        assert changed.rowcount == 0
