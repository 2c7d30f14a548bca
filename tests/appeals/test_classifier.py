"""The classifier: versioned values, the national ones as shipped, files that change it or are refused whole."""

import io
import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from appeals.classifier import queries, service, sheet
from appeals.classifier.model import SEVERAL, RowFault, Section, order_of, tree
from db import Conflict
from staff.model import Role
from staff.tables import Organisation, Person
from tests.centre import person as somebody

TODAY = date(2028, 2, 29)
DAY = timedelta(days=1)
NAME = {"uk": "Телефоном"}


@pytest.fixture(autouse=True)
def topics() -> None:
    """None are needed, and nothing is committed."""


@pytest.fixture
def keeper(session: Session, khm: Organisation) -> Person:
    """The administrator of the Ukrainian city, in the test's own transaction."""
    return somebody(session, khm, "keeper", Role.ADMINISTRATOR)


def now(session: Session, section: Section, on: date = TODAY) -> dict[str, str]:
    """Codes and Ukrainian names that are offered."""
    return {entry.code: entry.name["uk"] for entry in queries.in_force(session, section, on)}


@pytest.mark.parametrize(
    ("codes", "ordered"),
    [
        (["1.10", "1.2", "1.1¹", "1.1"], ["1.1", "1.1¹", "1.2", "1.10"]),
        (["7.22", "7.3", "10", "9.1"], ["7.3", "7.22", "9.1", "10"]),
        (["240", "010", "100"], ["010", "100", "240"]),
        (["p1.10", "p1.2", "p1"], ["p1", "p1.2", "p1.10"]),
    ],
)
def test_codes_stand_as_people_count(codes: list[str], ordered: list[str]) -> None:
    assert sorted(codes, key=order_of) == ordered


def test_the_ukrainian_classifier_has_what_the_appendix_has(session: Session, khm: Organisation) -> None:
    """A.2, with its marks: what is to be verified is shipped marked so."""
    assert service.load_national(session, khm, today=TODAY) == 125
    offered = queries.offered(session, TODAY)
    assert [entry.code for entry in offered[Section.FORM]] == ["1.1", "1.1¹", "1.2", "1.3", "1.4", "1.5", "1.6"]
    sizes = {section.value: len(entries) for section, entries in offered.items()}
    assert sizes == {
        "form": 7, "sign": 5, "kind": 3, "sex": 2, "subject": 3, "type": 5, "category": 22, "social": 12, "result": 6,
        "question": 24, "cause": 8, "problem": 20, "attachment": 8,
    }  # fmt: skip
    assert [entry.code for entry in offered[Section.CATEGORY]][-4:] == ["7.19", "7.20", "7.21", "7.22"]
    doubtful = {entry.code for entries in offered.values() for entry in entries if not entry.verified}
    assert {"6.4", "6.5", "7.18", "8.1", "9.4", "9.5", "9.6", "010", "240", "p1.19"} <= doubtful
    assert doubtful.isdisjoint({"1.1¹", "2.5", "3.3", "4.2", "5.3", "6.3", "7.17", "9.3"})
    assert all(entry.source for entries in offered.values() for entry in entries)
    assert {entry.name["uz"] for entry in offered[Section.KIND]} == {
        "Taklif (mulohaza)",
        "Ariza (iltimosnoma)",
        "Shikoyat",
    }
    assert service.load_national(session, khm, today=TODAY + DAY) == 0


def test_the_uzbek_classifier_has_the_kinds_of_its_law(session: Session, dtm: Organisation) -> None:
    service.load_national(session, dtm, today=TODAY)
    offered = queries.offered(session, TODAY)
    kinds = {entry.code: entry.meaning for entry in offered[Section.KIND]}
    assert kinds == {"ariza": "application", "shikoyat": "complaint", "taklif": "suggestion"}
    assert all(offered.values()), "a section is empty"
    assert {len(entry.name) for entries in offered.values() for entry in entries} == {4}
    assert {entry.name["uk"] for entry in offered[Section.KIND]} == {"Заява", "Пропозиція", "Скарга"}


@pytest.mark.parametrize("country", ["UA", "UZ"])
def test_every_entry_has_a_name_in_each_language_in_its_own_letters(country: str) -> None:
    entries = sheet.of_country(country)
    assert [each.code for each in entries if set(each.name) != {"uk", "uz", "ru", "en"}] == []
    for each in entries:
        assert not re.search("[а-яёіїєґʼ']|[oOgG][’‘`]", each.name["uz"], re.I), each.name["uz"]
        assert not re.search("[ыэёъ]", each.name["uk"], re.I), each.name["uk"]
        assert not re.search("[іїєґ]", each.name["ru"], re.I), each.name["ru"]
        assert not re.search("[а-яёіїєґ]", each.name["en"], re.I), each.name["en"]


def test_names_that_are_shipped_later_come_to_entries_that_are_called_as_before(
    session: Session, khm: Organisation
) -> None:
    service.load_national(session, khm, today=TODAY)
    first, second, *_others = queries.in_force(session, Section.FORM, TODAY)
    shipped = dict(first.name)
    first.name = {language: name for language, name in shipped.items() if language != "uz"}
    second.name = {"uk": "По-своєму"}
    session.flush()
    assert service.load_national(session, khm, today=TODAY + DAY) == 1
    assert (first.name, second.name) == (shipped, {"uk": "По-своєму"})
    assert len(queries.versions(session, Section.FORM)) == 7, "a name where none was makes no version"


def test_a_country_without_a_classifier_gets_none(session: Session, khm: Organisation) -> None:
    khm.country = "PL"
    assert service.load_national(session, khm, today=TODAY) == 0


def test_each_organisation_gets_its_own(session: Session, khm: Organisation, dtm: Organisation) -> None:
    """Loaded in one transaction of all organisations, as the demonstration is."""
    for organisation in (khm, dtm):
        service.load_national(session, organisation, today=TODAY)
    codes = {entry.code for entry in queries.all_versions(session, dtm.id)}
    assert "ariza" in codes
    assert "3.1" not in codes


def test_a_renamed_value_keeps_its_name_for_the_days_before(session: Session, keeper: Person) -> None:
    """D-6, U-89."""
    old = service.add(session, Section.CATEGORY, "7.3", name={"uk": "Інвалід війни"}, today=TODAY, by=keeper)
    new = service.change(
        session, old, name={"uk": "Особа з інвалідністю"}, source="", verified=True, today=TODAY + DAY, by=keeper
    )
    assert new.id != old.id
    assert now(session, Section.CATEGORY) == {"7.3": "Інвалід війни"}
    assert now(session, Section.CATEGORY, TODAY + DAY) == {"7.3": "Особа з інвалідністю"}
    with pytest.raises(Conflict):
        service.change(session, old, name=NAME, source="", verified=True, today=TODAY + DAY, by=keeper)


def test_a_mark_alone_and_a_correction_of_the_same_day_make_no_version(session: Session, keeper: Person) -> None:
    first = service.add(session, Section.FORM, "1.1¹", name={"uk": "Телефнном"}, today=TODAY, by=keeper)
    same = service.change(session, first, name=NAME, source="858", verified=False, today=TODAY, by=keeper)
    marked = service.change(session, same, name=NAME, source="858", verified=True, today=TODAY + DAY, by=keeper)
    assert first.id == same.id == marked.id
    assert (marked.verified, marked.valid_from) == (True, TODAY)


def test_a_value_out_of_use_is_not_offered_and_may_come_back(session: Session, keeper: Person) -> None:
    entry = service.add(session, Section.TYPE, "6.1", name={"uk": "Телеграма"}, today=TODAY, by=keeper)
    service.retire(session, entry, last_day=TODAY, by=keeper)
    assert now(session, Section.TYPE) == {"6.1": "Телеграма"}, "the last day counts"
    assert now(session, Section.TYPE, TODAY + DAY) == {}
    service.add(session, Section.TYPE, "6.1", name=NAME, today=TODAY + DAY, by=keeper)
    assert now(session, Section.TYPE, TODAY + DAY) == {"6.1": "Телефоном"}


def test_a_code_is_taken_once_and_stands_under_what_is_there(session: Session, keeper: Person) -> None:
    parent = service.add(session, Section.PROBLEM, "p1", name=NAME, today=TODAY, by=keeper)
    service.add(session, Section.PROBLEM, "p1.1", name=NAME, parent="p1", today=TODAY, by=keeper)
    with pytest.raises(service.Taken):
        service.add(session, Section.PROBLEM, "p1", name=NAME, today=TODAY, by=keeper)
    with pytest.raises(service.NoParent):
        service.add(session, Section.PROBLEM, "p2", name=NAME, parent="p9", today=TODAY, by=keeper)
    with pytest.raises(service.InUse):
        service.retire(session, parent, last_day=TODAY, by=keeper)
    branches = tree(queries.in_force(session, Section.PROBLEM, TODAY))
    assert [(entry.code, depth) for entry, depth in branches] == [("p1", 0), ("p1.1", 1)]


def file(*rows: str) -> bytes:
    """A file of the classifier."""
    return "\n".join(["section;code;parent;uk;verified;source;until", *rows]).encode()


def changed(session: Session, organisation: Organisation, content: bytes, *, whole: bool = False) -> Sequence[int]:
    """The file is carried out a day later; how much is added, changed and retired by it."""
    wanted, faults = sheet.wanted(content)
    assert not faults
    plan = service.planned(session, organisation.id, wanted, whole=whole, today=TODAY + DAY)
    counts = [len(plan.added), len(plan.changed), len(plan.retired)]
    assert service.carry_out(session, organisation.id, plan, today=TODAY + DAY, by=None) == sum(counts)
    return counts


def test_a_file_adds_renames_and_retires_and_changes_nothing_the_second_time(
    session: Session, khm: Organisation, keeper: Person
) -> None:
    """U-90."""
    for code in ("6.1", "6.2", "6.3"):
        service.add(session, Section.TYPE, code, name={"uk": code, "en": "kept"}, today=TODAY, by=keeper)
    content = file("type;6.1;;6.1;;;", "type;6.2;;Лист;так;858;", "type;6.10;;Десята;;;", "type;6.4;6.2;Четверта;;;")
    assert changed(session, khm, content, whole=True) == [2, 1, 1]
    assert changed(session, khm, content, whole=True) == [0, 0, 0]
    assert list(now(session, Section.TYPE, TODAY + 2 * DAY)) == ["6.1", "6.2", "6.4", "6.10"]
    letter = queries.find(session, Section.TYPE, "6.2", TODAY + DAY)
    assert letter is not None
    assert (letter.name, letter.verified, letter.source) == ({"uk": "Лист", "en": "kept"}, True, "858")
    assert now(session, Section.TYPE, TODAY)["6.2"] == "6.2"


def test_without_being_whole_a_file_retires_only_what_it_says(
    session: Session, khm: Organisation, keeper: Person
) -> None:
    for code in ("6.1", "6.2"):
        service.add(session, Section.TYPE, code, name={"uk": code}, today=TODAY, by=keeper)
    last = TODAY + 9 * DAY
    assert changed(session, khm, file(f"type;6.2;;Лист;;;{last}")) == [0, 1, 1]
    assert now(session, Section.TYPE, last) == {"6.1": "6.1", "6.2": "Лист"}
    assert now(session, Section.TYPE, last + DAY) == {"6.1": "6.1"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("moon;1;;x;;;", RowFault.SECTION),
        ("type;;;x;;;", RowFault.CODE),
        ("type;a b;;x;;;", RowFault.CODE),
        ("type;6.1;;;;;", RowFault.NAME),
        (f"type;6.1;;{'x' * 301};;;", RowFault.NAME),
        ("type;6.1;;x;;;2028-02-30", RowFault.DATE),
        ("type;6.1;6.9;x;;;", RowFault.PARENT),
        ("type;6.1;6.1;x;;;", RowFault.PARENT),
        ("type;6.7;;x;;;", RowFault.TWICE),
    ],
)
def test_a_faulty_row_is_told_by_its_number(session: Session, khm: Organisation, row: str, fault: RowFault) -> None:
    wanted, faults = sheet.wanted(file("type;6.7;;Сьома;;;", "", row))
    plan = service.planned(session, khm.id, wanted, whole=False, today=TODAY)
    assert [*faults, *plan.faults] == [(4, fault)]
    if plan.faults:
        with pytest.raises(Conflict):
            service.carry_out(session, khm.id, plan, today=TODAY, by=None)


def test_what_is_downloaded_changes_nothing_when_it_is_sent_back(session: Session, khm: Organisation) -> None:
    service.load_national(session, khm, today=TODAY)
    written = io.BytesIO()
    assert sheet.write(written, queries.all_versions(session, khm.id)) == 125
    assert CalamineWorkbook.from_filelike(io.BytesIO(written.getvalue())).get_sheet_by_index(0).height == 126
    assert changed(session, khm, written.getvalue(), whole=True) == [0, 0, 0]


def test_sections_of_which_an_appeal_has_several_are_those_of_the_card() -> None:
    assert {Section.CATEGORY, Section.QUESTION} == SEVERAL
