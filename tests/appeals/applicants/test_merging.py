"""Two made one and parted again: everything goes over, and everything finds its way back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from appeals.applicants import duplicates, merging, queries, service
from appeals.applicants.merging import CHOSEN
from appeals.applicants.model import ContactKind
from appeals.applicants.tables import (
    Applicant,
    ApplicantCategory,
    ApplicantContact,
    ApplicantMerge,
    ApplicantNote,
    ApplicantPair,
    ApplicantWord,
)
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.tables import Appeal
from db import table_of, transaction
from staff.tables import Person
from tests.appeals.applicants.people import names, registered, somebody
from tests.centre import Centre

FIRST = ("Коваленко Марія", "+380671234567", "maria@example.org", "вул. Прибузька, 4")
SECOND = ("Коваленко Марія Іванівна", "+380501112233", "", "вул. Шевченка, 12, кв. 4")


@pytest.fixture
def olena(centre: Centre) -> Person:
    """Who works with them."""
    return centre.people["olena"]


@pytest.fixture
def two(olena: Person, centre: Centre) -> tuple[int, int]:
    """Two applicants with appeals, contacts, a category and a note each."""
    ids = []
    for name, phone, email, address in (FIRST, SECOND):
        for substance in ("перше", "друге"):
            made = registered(olena, somebody(name, phone, email=email, address=address), substance).applicant_id
        ids.append(made)
    with transaction(olena.organisation_id) as session:
        entry = ClassifierEntry(
            organisation_id=olena.organisation_id, section=Section.CATEGORY, code="7.6", name={"uk": "Ветеран праці"},
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
        session.add(entry)
        session.flush()
        for each in ids:
            applicant = queries.get(session, each)
            service.add_note(session, applicant, f"нотатка {each}", by=olena)
            service.add_category(
                session, applicant, entry.id, since=date(2024, 1, 1), until=None, document="", by=olena
            )
            service.add_contact(session, applicant, ContactKind.PHONE, "+380630000000", by=olena)
    return ids[0], ids[1]


def snapshot(organisation: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that belongs to applicants, as it is."""
    left_out = {"compared", "id"}
    found = {}
    with transaction(organisation) as session:
        for mapped in (Applicant, ApplicantContact, ApplicantCategory, ApplicantNote, Appeal):
            table: Table = table_of(mapped)
            columns = [each for each in table.columns if each.name != "compared"]
            found[table.name] = sorted(map(tuple, session.execute(select(*columns))), key=lambda row: row[0])
        words = [each for each in table_of(ApplicantWord).columns if each.name not in left_out]
        found["words"] = sorted(map(tuple, session.execute(select(*words))), key=str)
    return found


def made_one(olena: Person, two: tuple[int, int], **choice: Any) -> int:
    """The merge of the two."""
    with transaction(olena.organisation_id) as session:
        kept, merged = (queries.get(session, each) for each in two)
        return merging.merge(session, kept, merged, choice, why="одна людина", by=olena).id


def undone(olena: Person, merge: int) -> list[str]:
    """The fields that stayed as they are."""
    with transaction(olena.organisation_id) as session:
        return merging.undo(session, queries.get_merge(session, merge), by=olena)


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"patronymic": "merged"},
        dict.fromkeys(CHOSEN, "merged"),
        {"phone": "merged", "address": "merged"},
        {"email": "merged", "surname": "merged"},
    ],
)
def test_a_merge_undone_leaves_everything_exactly_as_it_was(olena: Person, two: tuple[int, int], choice: Any):
    before = snapshot(olena.organisation_id)
    merge = made_one(olena, two, **choice)
    with transaction(olena.organisation_id) as session:
        kept, merged = (queries.get(session, each) for each in two)
        fields = {"patronymic": ("", "Іванівна"), "phone": (FIRST[1], SECOND[1]), "address": (FIRST[3], SECOND[3])}
        # the last contact added was the same for both
        fields["phone"] = ("+380630000000", "+380630000000")
        for name, (own, other) in fields.items():
            assert getattr(kept, name) == (other if choice.get(name) == "merged" else own), name
        assert merged.merged_into_id == kept.id
        assert len(queries.appeals_of(session, [kept.id])) == 4
        assert queries.appeals_of(session, [merged.id]) == []
        values = [each.value for each in queries.contacts(session, [kept.id])]
        assert sorted(values) == sorted([FIRST[1], SECOND[1], FIRST[2], FIRST[3], SECOND[3], "+380630000000"])
        assert len(queries.categories(session, [kept.id])) == 1
        assert len(queries.notes(session, kept.id)) == 2
        assert [each.id for each in queries.by_phone(session, SECOND[1])] == [kept.id]
    assert undone(olena, merge) == []
    assert snapshot(olena.organisation_id) == before


def test_whoever_is_made_one_is_found_by_both_names(olena: Person, centre: Centre):
    one = registered(olena, somebody("Бондар Галина", "+380671234567")).applicant_id
    other = registered(olena, somebody("Кравчук Галина", "+380671234567")).applicant_id  # before her marriage
    merge = made_one(olena, (one, other))
    khm = centre.organisations["khm"]
    with transaction(khm.id) as session:
        assert names(session, khm, "кравчук") == names(session, khm, "бондар") == ["Бондар Галина"]
    undone(olena, merge)
    with transaction(khm.id) as session:
        assert names(session, khm, "кравчук") == ["Кравчук Галина"]


def test_an_appeal_of_a_duplicate_comes_to_the_one_that_stays(olena: Person, two: tuple[int, int]):
    made_one(olena, two)
    later = registered(olena, somebody(SECOND[0], SECOND[1]), chosen=two[1])
    assert later.applicant_id == two[0]


def test_what_came_since_stays_where_it_is(olena: Person, two: tuple[int, int]):
    merge = made_one(olena, two, patronymic="merged", email="kept")
    since = registered(olena, somebody(SECOND[0], FIRST[1]), "третє", chosen=two[0])
    with transaction(olena.organisation_id) as session:
        kept = queries.get(session, two[0])
        seen = queries.last_change(session, kept.id)
        service.correct(session, kept, {"patronymic": "Петрівна"}, seen=seen, why="паспорт", by=olena)
    assert undone(olena, merge) == ["patronymic"]
    with transaction(olena.organisation_id) as session:
        assert queries.get(session, two[0]).patronymic == "Петрівна"
        assert since.id in {each.id for each in queries.appeals_of(session, [two[0]])}
        assert len(queries.appeals_of(session, [two[1]])) == 2


def test_merges_are_undone_from_the_last_one_on_within_their_time_and_once(olena: Person, two: tuple[int, int]):
    third = registered(olena, somebody("Коваленко Марічка", "+380670000009")).applicant_id
    first = made_one(olena, two)
    second = made_one(olena, (third, two[0]))
    with transaction(olena.organisation_id) as session:
        assert queries.kept_of(session, queries.get(session, two[1])).id == third
        assert len(queries.appeals_of(session, [third])) == 5
    with pytest.raises(merging.BuiltUpon):
        undone(olena, first)
    undone(olena, second)
    with transaction(olena.organisation_id) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(ApplicantMerge).where(ApplicantMerge.id == first).values(undo_until=past))
    with pytest.raises(merging.TooLate):
        undone(olena, first)
    with pytest.raises(service.Merged):
        undone(olena, second)


def test_a_duplicate_is_not_changed_and_not_made_one_again(olena: Person, two: tuple[int, int]):
    made_one(olena, two)
    with pytest.raises(service.Merged):
        made_one(olena, two)
    with transaction(olena.organisation_id) as session:
        merged = queries.get(session, two[1])
        for deed in (
            lambda: service.correct(session, merged, {"surname": "Інша"}, seen=0, why="", by=olena),
            lambda: service.add_contact(session, merged, ContactKind.EMAIL, "a@b.c", by=olena),
            lambda: service.end_contact(
                session, merged, queries.contacts(session, [two[0]])[0], on=date(2026, 1, 1), by=olena
            ),
        ):
            with pytest.raises(service.Merged):
                deed()


def test_a_person_and_an_organisation_are_not_one(olena: Person, two: tuple[int, int]):
    school = registered(olena, somebody("", kind="organisation", title="Школа № 5")).applicant_id
    with pytest.raises(merging.OtherKind):
        made_one(olena, (two[0], school))


def looked_at(organisation: int) -> list[tuple[str, str, list[str]]]:
    """The pairs that wait, after everybody was compared."""
    with transaction(organisation) as session:
        duplicates.look_anew(session, at_most=1000)
        return [(pair.one.name, pair.other.name, list(pair.likenesses)) for pair in queries.pairs(session)]


def test_likely_pairs_are_found_with_their_reason_and_once(olena: Person, two: tuple[int, int]):
    registered(olena, somebody("Ковалнко Мария", FIRST[1]))
    pairs = looked_at(olena.organisation_id)
    assert (FIRST[0], SECOND[0], ["name_and_phone"]) in pairs, "both have one more telephone"
    assert (FIRST[0], "Ковалнко Мария", ["near_name_and_phone"]) in pairs
    assert looked_at(olena.organisation_id) == pairs
    with transaction(olena.organisation_id) as session:
        duplicates.part(session, *(queries.get(session, each) for each in two), by=olena)
    assert (FIRST[0], SECOND[0]) not in [pair[:2] for pair in looked_at(olena.organisation_id)]


def test_a_pair_that_is_made_one_and_parted_waits_again(olena: Person, two: tuple[int, int]):
    looked_at(olena.organisation_id)
    merge = made_one(olena, two)
    assert looked_at(olena.organisation_id) == []
    undone(olena, merge)
    assert [pair[:2] for pair in looked_at(olena.organisation_id)] == [(FIRST[0], SECOND[0])]
    with transaction(olena.organisation_id) as session:
        assert len(session.scalars(select(ApplicantPair)).all()) == 1
