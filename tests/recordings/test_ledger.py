"""The ledger of recordings: chained, append-only, and a command that says in words what is wrong."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import ProgrammingError

from db import EVERY_ORGANISATION, store, transaction
from db.chain import BEGINNING
from db.rls import SETTING
from recordings import jobs, listening, storing
from recordings.ledger import jobs as ledger_jobs
from recordings.ledger import queries
from recordings.ledger.model import EntryKind, seal
from recordings.ledger.service import content
from recordings.ledger.tables import Entry
from recordings.model import ListeningKind, Why
from recordings.tables import Recording
from run import verify_recordings
from run.storage import connect_store
from tests.recordings.conftest import Archive
from web import facts

Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Verify:
    """The command; its exit code and what it printed. What earlier tests left in the store is gone."""
    for listed in list(store.listing("")):
        store.delete(listed.key)

    def ran(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = verify_recordings.main(list(arguments), archive.servers.settings)
        said = capsys.readouterr()
        return code, said.out + said.err

    return ran


def stored(archive: Archive, number: int = 1) -> list[UUID]:
    calls = [archive.call() for _ in range(number)]
    for call in calls:
        jobs.store_recording(archive.recording(call).id)
    return calls


def entries() -> list[Entry]:
    with transaction(EVERY_ORGANISATION) as session:
        found = list(session.scalars(select(Entry).order_by(Entry.organisation_id, Entry.number)))
        session.expunge_all()
        return found


def tampered(owner: Engine, statement: str) -> None:
    """Done by the owner of the tables, as somebody with the database in their hands would."""
    with owner.begin() as connection:
        connection.execute(text(f"SELECT set_config('{SETTING}', '{EVERY_ORGANISATION}', true)"))
        connection.execute(text(statement))


def test_each_deed_is_chained_to_the_one_before(archive: Archive) -> None:
    first, _ = stored(archive, 2)
    with transaction(EVERY_ORGANISATION) as session:
        recording = session.merge(archive.recording(first))
        listening.note_listening(
            session,
            recording,
            person_id=archive.operator.id,
            kind=ListeningKind.LISTENED,
            why=Why.QUALITY,
            note="",
            address="127.0.0.1",
        )
    chain = entries()
    assert [entry.kind for entry in chain] == [EntryKind.STORED, EntryKind.STORED, EntryKind.LISTENED]
    assert [entry.number for entry in chain] == [1, 2, 3]
    assert [entry.previous for entry in chain] == [BEGINNING, chain[0].seal, chain[1].seal]
    assert all(seal(entry.previous, content(entry)) == entry.seal for entry in chain)
    known = archive.recording(first)
    assert chain[0].details == {"sha256": known.sha256, "size": str(known.size), "key": known.object_key}


def test_an_entry_is_written_with_its_deed_or_not_at_all(archive: Archive) -> None:
    call = archive.call()
    with suppress(ConnectionError), transaction(EVERY_ORGANISATION) as session:
        storing.bring_in(session, archive.recording(call).id, archive.spool)
        raise ConnectionError("PostgreSQL goes away before the commit")
    assert entries() == []
    jobs.store_recording(archive.recording(call).id)
    assert [entry.kind for entry in entries()] == [EntryKind.STORED]


@pytest.mark.parametrize("change", ["UPDATE recording_entry SET seal = seal", "DELETE FROM recording_entry"])
def test_the_database_lets_nobody_change_an_entry(archive: Archive, change: str) -> None:
    stored(archive)
    with pytest.raises(ProgrammingError) as refused, transaction(EVERY_ORGANISATION) as session:
        session.execute(text(change))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_what_agrees_is_said_to_agree(archive: Archive, verify: Verify) -> None:
    stored(archive, 2)
    code, said = verify("--checksums")
    assert code == 0, said
    assert "khm: 2 entries, 2 objects" in said
    assert "agrees" in said


SHA = "'" + "0" * 64 + "'"
CHANGES = {
    "an entry's content": (
        """UPDATE recording_entry SET details = details || '{"size": "7"}' WHERE number = 1""",
        "Entry 1 was changed after it was written.",
    ),
    "an entry in the middle": ("DELETE FROM recording_entry WHERE number = 2", "An entry before number 3 is gone."),
    "a checksum in the row": (f"UPDATE recording SET sha256 = {SHA}", "checksum, size or state is not that"),
    "a row marked as never needed": (
        "UPDATE recording SET state = 'not_needed', reason = 'not_answered' WHERE id = (SELECT min(id) FROM recording)",
        "checksum, size or state is not that of the ledger.",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_in_the_database_is_told(archive: Archive, owner: Engine, verify: Verify, what: str) -> None:
    statement, words = CHANGES[what]
    stored(archive, 3)
    assert verify()[0] == 0
    tampered(owner, statement)
    code, said = verify()
    assert code == 1
    assert words in said


def test_a_ledger_cut_or_written_anew_is_told_by_the_stores_witness(
    archive: Archive, owner: Engine, verify: Verify
) -> None:
    stored(archive, 3)
    assert verify()[0] == 0
    witness = json.loads(b"".join(store.read(f"ledger/{archive.organisation}.json")))
    assert witness == {"number": 3, "seal": entries()[-1].seal}
    last = "SELECT max(recording_id) FROM recording_entry"
    tampered(owner, f"UPDATE recording SET state = 'missing', reason = 'no_files' WHERE id = ({last})")
    tampered(owner, "DELETE FROM recording_entry WHERE number = 3")
    code, said = verify()
    assert code == 1
    assert "The ledger was cut: entry 3" in said
    store.put_text(f"ledger/{archive.organisation}.json", json.dumps({"number": 2, "seal": BEGINNING}))
    assert "The ledger was written anew: entry 2" in verify()[1]


def test_what_is_not_as_it_was_in_the_store_is_told(archive: Archive, verify: Verify, tmp_path: Path) -> None:
    lost, garbled, same_length = (archive.recording(call).object_key or "" for call in stored(archive, 3))
    assert verify("--checksums")[0] == 0
    other = tmp_path / "other"
    other.write_bytes(b"another sound")
    store.delete(lost)
    store.put(garbled, other)
    other.write_bytes(b"\0" * (archive_size(archive, same_length)))
    store.put(same_length, other)
    code, said = verify()
    assert code == 1
    assert f"{lost} is not in the store." in said
    assert f"{garbled} in the store is not what was stored." in said
    assert same_length not in said, "sizes are compared, contents only when asked for"
    assert f"{same_length} in the store is not what was stored." in verify("--checksums")[1]


def archive_size(archive: Archive, key: str) -> int:
    found = store.find(key)
    assert found is not None
    return found.size


def test_an_object_that_nobody_knows_is_told_once_it_is_old(
    archive: Archive, verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(archive)
    file = tmp_path / "stranger"
    file.write_bytes(b"?")
    stranger = f"{archive.organisation}/2026/01/01/stranger.webm"
    store.put(stranger, file)
    assert verify()[0] == 0, "it may be a recording that is only just being stored"
    monkeypatch.setattr("recordings.ledger.verification._ON_ITS_WAY", timedelta(minutes=-1))
    assert f"{stranger} is in the store, and nobody knows it." in verify()[1]


def test_recordings_that_are_not_encrypted_are_told(archive: Archive, verify: Verify) -> None:
    assert store.encrypts()
    connect_store(archive.servers.settings.model_copy(update={"s3_encrypted": False}))
    stored(archive)
    assert "is not encrypted in the store, though it should be." in verify()[1]


def test_the_newest_recording_is_the_one_stored_last(archive: Archive) -> None:
    """Whether the store encrypts is asked of it: a call that ended later may have been stored before."""
    first, last = stored(archive, 2)
    with transaction(EVERY_ORGANISATION) as session:
        later = datetime.now(UTC) + timedelta(hours=1)
        session.execute(update(Recording).where(Recording.call == first).values(ended_at=later))
        newest = queries.newest_stored(session, archive.organisation)
    assert newest is not None
    assert newest.call == last


def test_without_the_store_nothing_is_said_to_agree(archive: Archive, verify: Verify) -> None:
    stored(archive)
    archive.servers.kill("s3")
    try:
        code, said = verify()
    finally:
        archive.servers.start("s3")
    assert code == 2
    assert "not verified" in said


def test_what_the_daily_verification_found_is_kept_for_the_page(
    archive: Archive, owner: Engine, verify: Verify
) -> None:
    facts.connect(archive.servers.settings.redis_url.get_secret_value())
    stored(archive)
    ledger_jobs.verify()
    told = ledger_jobs.last_verification(archive.organisation)
    assert told is not None
    assert (told["entries"], told["objects"], told["found"]) == (1, 1, 0)
    tampered(owner, CHANGES["an entry's content"][0])
    ledger_jobs.verify()
    told = ledger_jobs.last_verification(archive.organisation)
    assert told is not None
    assert ["entry_changed", "1"] in told["findings"]
