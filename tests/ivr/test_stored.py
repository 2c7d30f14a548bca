"""Published menus, remembered languages, and the snapshot that outlives PostgreSQL."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.events import CallArrived, LanguageChosen
from calls.model import CallId, Language, Source
from db import EVERY_ORGANISATION, transaction
from ivr import document, queries, reader, service, snapshot
from ivr.demonstration import KHM
from ivr.document import BadDocument
from ivr.model import Menu, ToMenu
from ivr.service import NumberTaken
from ivr.snapshot import Snapshot
from ivr.tables import DialledNumber
from staff.tables import Organisation
from tests.centre import Centre
from tests.journal import arrived, written

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_documents_are_versioned_and_the_newest_is_spoken(session: Session, khm: Organisation) -> None:
    service.publish(session, khm.id, KHM)
    second = service.publish(session, khm.id, replace(KHM, notice="static-greeting"))
    service.assign_number(session, khm.id, "1580", language=Language.UKRAINIAN, menu="language")
    assert second.version == 2
    loaded, _ = snapshot.load(session)
    assert loaded.lines["1580"].menus.notice == "static-greeting"
    assert loaded.lines["1580"].zone == "Europe/Kyiv"


def test_a_number_of_another_organisation_is_not_taken_over(centre: Centre) -> None:
    """Neither in the taker's own transaction nor in one that serves all."""
    owner, taker = (centre.organisations[code].id for code in ("khm", "dtm"))
    with transaction(owner) as session:
        service.assign_number(session, owner, "1590", language=Language.UKRAINIAN, menu="language")
    for whom in (EVERY_ORGANISATION, taker):
        with pytest.raises(NumberTaken), transaction(whom) as session:
            service.assign_number(session, taker, "1590", language=Language.ENGLISH, menu="topics")
    with transaction(owner) as session:
        service.assign_number(session, owner, "1590", language=Language.UKRAINIAN, menu="topics")
        row = session.scalars(select(DialledNumber)).one()
        assert (row.language, row.menu) == ("uk", "topics"), "ours is not renewed"


def test_a_document_that_cannot_be_spoken_is_not_published(session: Session, khm: Organisation) -> None:
    lost = Menu(name="lost", question=("goodbye",), choices={"1": ToMenu("nowhere")})
    keyed = replace(lost, choices={"55": ToMenu("lost")})
    for menus, words in (
        ((lost, keyed), "two menus are called lost"), ((keyed,), "55 is no key"), ((lost,), "there is no menu nowhere")
    ):  # fmt: skip
        with pytest.raises(BadDocument) as refusal:
            service.publish(session, khm.id, replace(KHM, menus=menus))
        assert words in str(refusal.value)
    assert queries.find_document(session) is None


@pytest.mark.parametrize(
    "nonsense", [{}, {"menus": 5}, {"menus": [], "hours": None}, {"menus": [{"name": 1}]}, {"menus": [{}], "hours": {}}]
)
def test_nonsense_is_no_document(nonsense: dict[str, object]) -> None:
    with pytest.raises(BadDocument):
        document.read(nonsense)


def test_the_snapshot_comes_back_from_disk(session: Session, khm: Organisation, tmp_path: Path) -> None:
    service.publish(session, khm.id, KHM)
    service.assign_number(session, khm.id, "1580", language=Language.UKRAINIAN, menu="language")
    loaded, entries = snapshot.load(session)
    snapshot.save(tmp_path / "menus.json", entries)
    assert snapshot.read(tmp_path / "menus.json") == loaded


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe"])
def test_a_damaged_snapshot_is_an_empty_one(tmp_path: Path, content: bytes | None) -> None:
    kept = tmp_path / "menus.json"
    if content is not None:
        kept.write_bytes(content)
    assert snapshot.read(kept) == Snapshot()


def test_one_faulty_document_does_not_silence_the_others(
    session: Session, khm: Organisation, dtm: Organisation
) -> None:
    for organisation, number in ((khm, "1580"), (dtm, "1414")):
        service.publish(session, organisation.id, KHM)
        service.assign_number(session, organisation.id, number, language=Language.RUSSIAN, menu="language")
    _, entries = snapshot.load(session)
    entries[0]["document"] = {"menus": "gone"}
    assert list(snapshot.build(entries).lines) == [entries[1]["number"]]


def _arrival(call: CallId, caller: str, source: Source = Source.TRUNK) -> CallArrived:
    return arrived(1, call, NOW, caller=caller, source=source)


def _chosen(call: CallId, language: Language, at: datetime, *, remembered: bool = False) -> LanguageChosen:
    return LanguageChosen(call=call, at=at, language=language, remembered=remembered)


def test_a_chosen_language_is_remembered_for_the_number(session: Session, khm: Organisation) -> None:
    call = CallId(uuid.uuid4())
    first = written(session, khm.id, [_arrival(call, "+380501112233")])
    later = written(session, khm.id, [_chosen(call, Language.RUSSIAN, NOW)])
    reader.read(session, first)
    reader.read(session, later)  # another batch: the caller is found in the journal
    assert queries.find_language(session, khm.id, "+380501112233") is Language.RUSSIAN
    assert queries.find_language(session, khm.id, "+380501112244") is None


def test_reading_again_never_brings_an_older_choice_back(session: Session, khm: Organisation) -> None:
    call = CallId(uuid.uuid4())
    told = [
        _arrival(call, "+380501112233"),
        _chosen(call, Language.RUSSIAN, NOW),
        _chosen(call, Language.ENGLISH, NOW + timedelta(seconds=9)),
        _chosen(call, Language.UKRAINIAN, NOW + timedelta(days=1), remembered=True),
    ]
    batch = written(session, khm.id, told)
    reader.read(session, batch)
    reader.read(session, batch[:2])
    assert queries.find_language(session, khm.id, "+380501112233") is Language.ENGLISH


def test_a_withheld_number_is_not_remembered(session: Session, khm: Organisation) -> None:
    call = CallId(uuid.uuid4())
    told = [_arrival(call, ""), _chosen(call, Language.RUSSIAN, NOW)]
    reader.read(session, written(session, khm.id, told))
    assert queries.find_language(session, khm.id, "") is None


def test_a_choice_in_the_browser_changes_nothing_for_the_number_given_there(
    session: Session, khm: Organisation
) -> None:
    owner, stranger = CallId(uuid.uuid4()), CallId(uuid.uuid4())
    number, later = "+380501112233", NOW + timedelta(hours=1)
    told = [
        _arrival(owner, number),
        _chosen(owner, Language.RUSSIAN, NOW),
        _arrival(stranger, number, Source.BROWSER),
        _chosen(stranger, Language.ENGLISH, later),
    ]
    batch = written(session, khm.id, told)
    reader.read(session, batch)
    assert queries.find_language(session, khm.id, number) is Language.RUSSIAN
