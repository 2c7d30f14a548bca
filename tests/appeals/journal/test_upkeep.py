"""PostgreSQL keeps the lines of the journal: whatever changes an appeal, whichever way, its line follows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from appeals.addresses import service as addresses
from appeals.addresses.tables import AppealAddress
from appeals.classifier import service as classifier
from appeals.classifier.model import Section
from appeals.journal import jobs, spelled
from appeals.journal.model import NEVER
from appeals.journal.tables import Line, Word
from appeals.particulars.tables import AppealCode
from appeals.tables import Appeal, Applicant
from db import EVERY_ORGANISATION, transaction
from staff.tables import Organisation, Person
from tests.appeals.addresses.towns import KHM, built, house_at, street_called
from tests.appeals.journal.appeals import NOON, appeal_of, written
from tests.centre import Centre


@pytest.fixture
def olena(centre: Centre) -> Person:
    """Her city has one appeal."""
    person = centre.people["olena"]
    with transaction(person.organisation_id) as session:
        written(session, person, [1])
        built(session, centre.people["admin.khm"], KHM)
    return person


def line(session: Session) -> Line:
    """The only line, as it is now."""
    session.flush()
    return session.scalars(select(Line).execution_options(populate_existing=True)).one()


def test_a_line_has_what_the_appeal_has(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        [appeal], now = session.scalars(select(Appeal)).all(), line(session)
        same = ("number", "registered_at", "received_at", "state", "kind", "source", "topic", "registered_by")
        assert all(getattr(now, name) == getattr(appeal, name) for name in same)
        assert (now.name, now.phone, now.street) == ("Ярема Олена", "+380670000001", "вул. Нова, 1")
        assert (now.result, now.closed_at, now.sign, now.district_id) == ("", NEVER, "", 0)
        session.execute(
            update(Appeal).values(state="closed", result="refused", closed_at=NOON, due_at=None, long_control=True)
        )
        now = line(session)
        assert (now.state, now.result, now.closed_at, now.due_at) == ("closed", "refused", NOON, NEVER)
        assert now.long_control


def test_another_name_of_the_applicant_is_in_every_line_and_found(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        session.execute(update(Applicant).values(surname="Бондар", phone="+380501112233"))
        now = line(session)
        assert (now.name, now.phone, now.unspelled) == ("Бондар Олена", "+380501112233", True)
        assert spelled.write_waiting(session) == 1
        words = set(session.scalars(select(Word.word).where(Word.part == "n")))
        assert words == {"bondar", "olena"}
        assert not line(session).unspelled


def test_the_line_follows_its_address_its_street_and_its_district(olena: Person, centre: Centre) -> None:
    admin = centre.people["admin.khm"]
    with transaction(olena.organisation_id) as session:
        [appeal] = session.scalars(select(Appeal)).all()
        addresses.note(session, appeal, [("вул. Прибузька, 12", None), ("десь за мостом", None)])
        now = line(session)
        assert (now.street, now.house_number, now.unspelled) == ("Прибузька", 12, True)
        spelled.write_waiting(session)
        assert "mostom" in set(session.scalars(select(Word.word).where(Word.part == "a")))
        today = datetime.now(UTC).date()
        street = street_called(session, "Прибузька")
        addresses.rename(session, street, street.kind, "Набережна", on=today, today=today, by=admin)
        assert line(session).street == "Набережна"
        house = house_at(session, "Набережна", "12")
        district = addresses.add_district(session, street.settlement, "Заріччя")
        house.district_id = district.id
        assert line(session).district_id == district.id
        session.execute(text("DELETE FROM appeal_address WHERE position = 0"))
        assert line(session).street == "вул. Нова, 1"
        assert session.scalars(select(AppealAddress)).one()


def test_repeated_is_in_the_line(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        khm = session.get_one(Organisation, olena.organisation_id)
        classifier.load_national(session, khm, today=datetime.now(UTC).date() - timedelta(days=1))
        [appeal] = session.scalars(select(Appeal)).all()
        entry = session.execute(
            text("SELECT id FROM classifier_entry WHERE section = 'sign' AND code = '2.2'")
        ).scalar_one()
        session.add(
            AppealCode(
                organisation_id=appeal.organisation_id, appeal_id=appeal.id, entry_id=entry, section=Section.SIGN
            )
        )
        assert line(session).sign == "2.2"


def test_many_in_one_statement_have_a_line_each(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        session.add_all([appeal_of(olena, number) for number in range(2, 60)])
        session.flush()
        assert len(session.scalars(select(Line)).all()) == 59
        session.execute(update(Appeal).values(topic="roads"))
        assert {each.topic for each in session.scalars(select(Line).execution_options(populate_existing=True))} == {
            "roads"
        }


def test_words_of_what_was_written_without_them_are_written_soon(olena: Person) -> None:
    with transaction(olena.organisation_id) as session:
        session.execute(update(Appeal).values(substance="Прорвало трубу"))
    assert jobs.look_after()["appeals_spelled"] == 1
    with transaction(EVERY_ORGANISATION) as session:
        assert set(session.scalars(select(Word.word).where(Word.part == "s"))) == {"prorvalo", "trubu"}
    assert jobs.look_after()["appeals_spelled"] == 0
