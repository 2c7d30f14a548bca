"""The trail of business rows: whatever is changed past the program is named (U-45)."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from appeals.applicants import merging, queries
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, seals, transaction
from run.schema import METADATA, SEALED, UNSEALED, keep_trail
from run.settings import Settings
from staff.tables import Person
from staff.trail import jobs, verification
from staff.trail.model import Wrong
from tests.appeals.applicants.people import registered, somebody
from tests.centre import Centre
from tests.client import Client


@pytest.fixture
def olena(centre: Centre) -> Person:
    """An operator."""
    return centre.people["olena"]


@pytest.fixture
def appeal(olena: Person) -> Appeal:
    """An appeal of somebody known by a telephone and an address, its changes sealed."""
    made = registered(olena, somebody("Коваль Марія", "+380671234567", address="вул. Нова, 1"))
    jobs.seal_waiting()
    return made


def found(organisation: int) -> list[tuple[str, str]]:
    """What a verification finds wrong."""
    with transaction(organisation) as session:
        report = verification.verify(session, organisation, SEALED)
    return [(finding.wrong, finding.of) for finding in report.findings]


def directly(owner: Engine, statement: str, **values: object) -> None:
    """SQL past the program, by the owner of the tables, whom triggers hear."""
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('holos.organisation', 'every', true)"))
        connection.execute(text(statement), values)


def unheard(settings: Settings, statement: str) -> None:
    """The same by a superuser who switches triggers off."""
    url = settings.database_owner_url.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE appeal DISABLE TRIGGER USER")
        connection.execute("ALTER TABLE applicant DISABLE TRIGGER USER")
        connection.execute("SELECT set_config('holos.organisation', 'every', true)")
        connection.execute(statement)
        connection.execute("ALTER TABLE appeal ENABLE TRIGGER USER")
        connection.execute("ALTER TABLE applicant ENABLE TRIGGER USER")


def test_what_the_program_does_is_as_it_should_be(olena: Person, appeal: Appeal):
    other = registered(olena, somebody("Коваль Марія Іванівна", "+380501112233"))
    with transaction(olena.organisation_id) as session:
        kept, merged = queries.get(session, appeal.applicant_id), queries.get(session, other.applicant_id)
        merge = merging.merge(session, kept, merged, {"patronymic": "merged"}, by=olena).id
    assert found(olena.organisation_id) == [], "changes that wait for their seal count"
    jobs.seal_waiting()
    with transaction(olena.organisation_id) as session:
        merging.undo(session, queries.get_merge(session, merge), by=olena)
    jobs.seal_waiting()
    assert found(olena.organisation_id) == []
    assert jobs.seal_waiting() == {"rows_sealed": 0}


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("UPDATE appeal SET substance = 'інше'", Wrong.ROW_DIFFERS),
        ("UPDATE appeal SET registered_at = registered_at + interval '1 second'", Wrong.ROW_DIFFERS),
        ("UPDATE appeal SET state = 'closed', result = 'refused', closed_at = now()", Wrong.ROW_DIFFERS),
    ],
)
def test_a_row_changed_unheard_is_named(
    olena: Person, appeal: Appeal, settings: Settings, statement: str, wrong: Wrong
):
    unheard(settings, statement)
    assert found(olena.organisation_id) == [(wrong, f"appeal {appeal.id}")]


def test_a_row_changed_back_is_no_longer_named(olena: Person, appeal: Appeal, settings: Settings):
    unheard(settings, "UPDATE applicant SET surname = 'Інша'")
    assert found(olena.organisation_id) == [(Wrong.ROW_DIFFERS, f"applicant {appeal.applicant_id}")]
    unheard(settings, "UPDATE applicant SET surname = 'Коваль'")
    assert found(olena.organisation_id) == []


def test_a_row_changed_past_the_program_is_named_though_a_trigger_entered_it(
    olena: Person, appeal: Appeal, owner: Engine
):
    directly(owner, "UPDATE appeal SET substance = 'інше' WHERE id = :id", id=appeal.id)
    jobs.seal_waiting()
    assert found(olena.organisation_id) == [(Wrong.OUTSIDE, f"appeal {appeal.id}")]


def test_a_row_added_and_one_taken_away_unheard_are_named(olena: Person, appeal: Appeal, settings: Settings):
    columns = "organisation_id, surname, given_name, patronymic, email, address"
    unheard(settings, f"INSERT INTO applicant ({columns}) VALUES ({olena.organisation_id}, 'X', '', '', '', '')")
    [(wrong, row)] = found(olena.organisation_id)
    assert (wrong, row.partition(" ")[0]) == (Wrong.NOT_ENTERED, "applicant")
    unheard(settings, f"DELETE FROM {row.replace(' ', ' WHERE id = ')}")
    assert found(olena.organisation_id) == []


def test_an_entry_changed_or_cut_out_is_named(olena: Person, appeal: Appeal, owner: Engine):
    directly(
        owner,
        "UPDATE row_entry SET digest = repeat('0', 64) WHERE number = 2 AND organisation_id = :of",
        of=olena.organisation_id,
    )
    assert (Wrong.ENTRY_CHANGED, "2") in found(olena.organisation_id)
    directly(owner, "DELETE FROM row_entry WHERE number = 2 AND organisation_id = :of", of=olena.organisation_id)
    assert (Wrong.GAP, "2–2") in found(olena.organisation_id)


def test_many_rows_changed_by_one_statement_are_entered_each(olena: Person, appeal: Appeal):
    for number in range(3):
        registered(olena, somebody(f"Мороз Іван {number}", f"+38050111223{number}"))
    jobs.seal_waiting()
    with transaction(olena.organisation_id) as session:
        session.execute(text("UPDATE appeal SET long_control = NOT long_control"))
        session.execute(text("UPDATE appeal SET long_control = true WHERE id = 0"))
    with transaction(olena.organisation_id) as session:
        entered = session.execute(text("SELECT of, deed, count(DISTINCT row_key) FROM row_change GROUP BY 1, 2")).all()
    assert [tuple(each) for each in entered] == [("appeal", "update", 4)]
    assert found(olena.organisation_id) == []


def test_every_table_of_appeals_has_its_trail_or_a_reason_for_none(owner: Engine):
    with owner.connect() as connection:
        kept = set(connection.scalars(text(seals.has_triggers())))
    assert kept == {table for table, _key in SEALED}
    assert all(len(key) <= seals.LONGEST_KEY for _table, key in SEALED)
    assert UNSEALED.keys() <= METADATA.tables.keys(), "a reason for a table that is no more"


def test_rows_that_were_there_before_the_trail_begin_it(
    olena: Person, appeal: Appeal, owner: Engine, settings: Settings
):
    for deed in ("insert", "update", "delete"):
        directly(owner, f"DROP TRIGGER entered_{deed} ON applicant")
    directly(owner, "DELETE FROM row_entry WHERE of = 'applicant'")
    assert (Wrong.NOT_ENTERED, f"applicant {appeal.applicant_id}") in found(olena.organisation_id)
    secret = seals.secret_of(make_url(settings.database_url.get_secret_value()).password)
    assert keep_trail(owner, seals.mark(secret)) == 1
    assert keep_trail(owner, seals.mark(secret)) == 0
    jobs.seal_waiting()
    assert {wrong for wrong, _of in found(olena.organisation_id)} == {Wrong.GAP}, "of the entries cut out above"


def test_the_audit_tells_what_the_nightly_comparison_came_to(
    olena: Person, appeal: Appeal, settings: Settings, client: Callable[[str], Client]
):
    page = client("admin.khm")
    jobs.verify(olena.organisation_id, SEALED)
    assert "як їх залишила програма" in page.get("/audit").text
    unheard(settings, "UPDATE appeal SET substance = 'інше'")
    jobs.verify(olena.organisation_id, SEALED)
    told = page.get("/audit").text
    assert f"appeal {appeal.id}: змінено поза програмою, без запису" in told
    assert (jobs.last(olena.organisation_id) or {})["found"] == 1


def test_the_program_itself_may_not_change_the_trail(olena: Person, appeal: Appeal):
    for statement in ("UPDATE row_entry SET number = 7", "DELETE FROM row_entry", "DELETE FROM row_form"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction(EVERY_ORGANISATION) as session:
            session.execute(text(statement))


def test_a_column_that_comes_later_changes_no_digest(olena: Person, appeal: Appeal, owner: Engine):
    directly(owner, "ALTER TABLE applicant ADD COLUMN eyes text DEFAULT 'blue'")
    try:
        assert found(olena.organisation_id) == []
    finally:
        directly(owner, "ALTER TABLE applicant DROP COLUMN eyes")
