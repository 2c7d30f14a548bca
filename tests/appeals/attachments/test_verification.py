"""Rows and store compared (U-43): each seeded fault is found, written down, shown, and gone once it is mended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from appeals.attachments import jobs, storing, verification
from appeals.attachments.model import Fault
from appeals.attachments.tables import Attachment, AttachmentFault
from db import EVERY_ORGANISATION, store, transaction
from run.settings import Settings
from tests.appeals.attachments import samples
from tests.appeals.attachments.conftest import Matter
from tests.client import Client
from web import facts

LONG_AGO = datetime.now(UTC) - timedelta(days=60)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object is no longer "only just being stored" the moment it is there."""
    monkeypatch.setattr(verification, "FRESH", timedelta(seconds=-5))


def verified(matter: Matter, *, everything: bool = True) -> verification.Report:
    with transaction(matter.by.organisation_id) as session:
        return verification.verify(session, matter.by.organisation_id, everything=everything)


def faults() -> dict[str, str]:
    with transaction(EVERY_ORGANISATION) as session:
        return {each.object_key: each.fault for each in session.scalars(select(AttachmentFault))}


def put(key: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "object"
    file.write_bytes(content)
    store.put(key, file, kind="application/pdf")


def test_nothing_is_wrong_with_what_is_as_it_was_stored(matter: Matter):
    matter.attached()
    matter.attached(samples.paper(), "акт.pdf", kind="a3")
    report = verified(matter)
    assert (report.files, report.read, report.found) == (2, 2, {})
    assert faults() == {}


def test_each_seeded_fault_is_found_and_shown(matter: Matter, tmp_path: Path, client: Callable[[str], Client]):
    lost, changed, longer, well = (
        matter.attached(samples.paper(str(each)), f"{each}.pdf", kind="a3") for each in range(4)
    )
    store.delete(lost.object_key)
    put(changed.object_key, samples.paper("X"), tmp_path)
    put(longer.object_key, samples.paper("much longer"), tmp_path)
    orphan = f"{storing.prefix(matter.by.organisation_id)}aa/bb/orphan.pdf"
    put(orphan, samples.paper(), tmp_path)
    expected = {
        lost.object_key: Fault.MISSING,
        changed.object_key: Fault.CHANGED,
        longer.object_key: Fault.CHANGED,
        orphan: Fault.ORPHAN,
    }
    report = verified(matter)
    assert {key: fault for key, (fault, *_more) in report.found.items()} == expected
    assert faults() == expected
    page = client("admin.khm").get("/attachments").text
    for name in (lost.file_name, changed.file_name, longer.file_name, orphan):
        assert name in page
    assert well.file_name not in page
    shown = client("olena").get(matter.at).text
    assert shown.count("badge-bad") == 3, "each unsound file is marked on the appeal's page"


def test_what_was_mended_is_no_fault_any_more(matter: Matter, tmp_path: Path):
    row = matter.attached(samples.paper("act"), "акт.pdf", kind="a3")
    put(row.object_key, samples.paper("ACT"), tmp_path)
    verified(matter)
    assert faults() == {row.object_key: Fault.CHANGED}
    verified(matter, everything=False)
    assert faults() == {row.object_key: Fault.CHANGED}, "it is still known, though it was not due to be read"
    put(row.object_key, samples.paper("act"), tmp_path)
    verified(matter, everything=False)
    assert faults() == {}


def test_a_checksum_is_looked_at_in_turn(matter: Matter, tmp_path: Path):
    row = matter.attached(samples.paper("act"), "акт.pdf", kind="a3")
    put(row.object_key, samples.paper("ACT"), tmp_path)
    assert verified(matter, everything=False).read == 0
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Attachment).values(checked_at=LONG_AGO))
    assert verified(matter, everything=False).read == 1
    assert faults() == {row.object_key: Fault.CHANGED}


def test_no_more_is_read_at_once_than_allowed(matter: Matter):
    for _ in range(3):
        matter.attached()
    with transaction(matter.by.organisation_id) as session:
        report = verification.verify(session, matter.by.organisation_id, everything=True, read_at_most=1)
    assert (report.files, report.read) == (3, 1)


def test_an_object_that_is_only_just_there_is_no_orphan(
    matter: Matter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(verification, "FRESH", timedelta(hours=1))
    put(f"{storing.prefix(matter.by.organisation_id)}aa/bb/new.pdf", samples.paper(), tmp_path)
    assert verified(matter).found == {}


def test_an_orphan_stays_for_a_month_and_goes_then(matter: Matter, tmp_path: Path):
    """A database brought back from a backup may be older than its objects: nothing is deleted at once."""
    orphan = f"{storing.prefix(matter.by.organisation_id)}aa/bb/orphan.pdf"
    put(orphan, samples.paper(), tmp_path)
    verified(matter)
    assert verified(matter).deleted == 0
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(AttachmentFault).values(found_at=LONG_AGO))
    assert verified(matter).deleted == 1
    assert store.find(orphan) is None
    assert faults() == {}


def test_what_was_taken_back_is_looked_after_as_well(matter: Matter):
    row = matter.attached()
    matter.browser("olena").post(f"{matter.at}/{row.id}/take-back", data={"why": "не той будинок"})
    store.delete(row.object_key)
    verified(matter)
    assert faults() == {row.object_key: Fault.MISSING}


def test_a_small_picture_is_missed_by_nobody(matter: Matter):
    row = matter.attached()
    store.delete(row.small_key or "")
    assert verified(matter).found == {}


def test_the_nightly_job_looks_at_every_organisation(
    matter: Matter, client: Callable[[str], Client], settings: Settings
):
    row = matter.attached()
    store.delete(row.object_key)
    facts.connect(settings.redis_url.get_secret_value())
    jobs.verify()
    assert faults() == {row.object_key: Fault.MISSING}
    assert jobs.last(matter.by.organisation_id) is not None
    assert row.file_name in client("iryna").get("/attachments").text


def test_a_store_that_is_away_changes_no_finding(matter: Matter, settings: Settings):
    row = matter.attached()
    store.delete(row.object_key)
    verified(matter)
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    jobs.verify_one(matter.by.organisation_id)
    assert faults() == {row.object_key: Fault.MISSING}


def test_everything_is_read_when_somebody_asks_for_it(client: Callable[[str], Client], matter: Matter):
    assert client("iryna").post("/attachments/verify").status_code == 403
    assert client("admin.khm").post("/attachments/verify").status_code == 303
