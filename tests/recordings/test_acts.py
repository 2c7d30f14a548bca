"""Acts of deletion, without which nothing is ever deleted, carried out to the end whatever happens on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from minio.versioningconfig import ENABLED, SUSPENDED, VersioningConfig
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from calls.tables import CallRow
from db import EVERY_ORGANISATION, Conflict, store, transaction
from recordings.keeping import carrying_out, queries, service
from recordings.keeping import jobs as keeping
from recordings.keeping.model import ActState, Outcome
from recordings.keeping.tables import DeletionItem
from recordings.ledger import service as ledger
from recordings.ledger import verification
from recordings.ledger.model import EntryKind
from recordings.ledger.tables import Entry
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.tables import Person
from tests.recordings.acts import approve, is_there, listed, outcomes, place_hold, set_rule, the_act
from tests.recordings.conftest import NODE, Archive, Stored
from tests.recordings.faulty_store import FaultyStore


def test_an_act_is_proposed_once_and_numbered(manager: Person, stored: Stored) -> None:
    set_rule(manager, 10)
    old = stored(30)
    stored(5)
    assert keeping.propose() == {"proposed": 1}
    assert keeping.propose() == {"proposed": 0}
    act = the_act()
    assert (act.number, act.state, act.drafted_by) == (1, ActState.DRAFT, None)
    assert listed() == {old.id}


def test_what_an_approved_act_lists_is_gone_from_the_store_and_written_down(
    archive: Archive, manager: Person, stored: Stored
) -> None:
    set_rule(manager, 10)
    old, young = stored(30), stored(5)
    keeping.propose()
    approve(manager)
    assert keeping.ask_for_due(NODE) == {"asked_for": 1}
    keeping.carry_out(the_act().id, NODE)
    assert not is_there(old)
    assert is_there(young)
    gone = archive.recording(old.call)
    act = the_act()
    assert (gone.state, gone.act_id, gone.waves) == (RecordingState.DELETED, act.id, None)
    assert gone.deleted_at is not None
    with transaction(EVERY_ORGANISATION) as session:
        entry = session.scalars(select(Entry).where(Entry.kind == EntryKind.DELETED)).one()
        assert (entry.recording_id, entry.details["act"]) == (old.id, "1")
        assert session.scalars(select(CallRow.recorded).where(CallRow.id == old.call)).one() is False
        assert session.scalars(select(CallRow.recorded).where(CallRow.id == young.call)).one() is True
    assert act.state == ActState.DONE
    assert act.seal == entry.seal
    assert keeping.ask_for_due(NODE) == {"asked_for": 0}


@pytest.mark.parametrize("state", [ActState.DRAFT, ActState.AWAITS_SECOND, ActState.WITHDRAWN])
def test_without_an_approved_act_nothing_is_deleted(manager: Person, stored: Stored, state: ActState) -> None:
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    act = the_act()
    with transaction(manager.organisation_id) as session:
        service.set_policy(session, two_persons=True, by=manager)
        if state == ActState.AWAITS_SECOND:
            service.approve(session, queries.act(session, act.id), by=manager)
        if state == ActState.WITHDRAWN:
            service.withdraw(session, queries.act(session, act.id), why="not yet", by=manager)
    assert keeping.ask_for_due(NODE) == {"asked_for": 0}
    keeping.carry_out(act.id, NODE)
    with transaction(EVERY_ORGANISATION) as session:
        for item in session.scalars(select(DeletionItem.id)).all():
            carrying_out.delete(session, item)
    assert is_there(old)
    assert the_act().state == state


def test_the_database_knows_no_deletion_without_an_act(archive: Archive, stored: Stored) -> None:
    recording = stored(1)
    with pytest.raises(IntegrityError), transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.id == recording.id).values(state=RecordingState.DELETED))


def test_where_two_persons_are_wanted_one_is_not_enough(manager: Person, second: Person, stored: Stored) -> None:
    with transaction(manager.organisation_id) as session:
        service.set_policy(session, two_persons=True, by=manager)
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    approve(manager)
    with pytest.raises(service.SamePerson):
        approve(manager)
    assert the_act().state == ActState.AWAITS_SECOND
    approve(second)
    act = the_act()
    assert (act.state, act.approved_by, act.confirmed_by) == (ActState.APPROVED, manager.id, second.id)
    keeping.carry_out(act.id, NODE)
    assert not is_there(old)
    with pytest.raises(Conflict):
        approve(second)


def ends_whoever_waits() -> None:
    """PostgreSQL ends every transaction that is open and does nothing just now, as if its process had been killed."""
    idle = "pid <> pg_backend_pid() AND datname = current_database() AND state = 'idle in transaction'"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {idle}"))


def test_an_interrupted_act_goes_on_where_it_was(
    archive: Archive, manager: Person, stored: Stored, faulty_store: FaultyStore
) -> None:
    """The object is gone and the row does not say so: the next run finds out, and writes it down once."""
    set_rule(manager, 10)
    recordings = [stored(days) for days in (50, 40, 30)]
    keeping.propose()
    approve(manager)
    act = the_act()

    def kills(path: str) -> None:
        if (recordings[1].object_key or "") in path:
            ends_whoever_waits()

    faulty_store.after["DELETE"] = kills
    with pytest.raises(OperationalError):
        keeping.carry_out(act.id, NODE)
    faulty_store.after.clear()
    assert [is_there(recording) for recording in recordings] == [False, False, True]
    assert archive.recording(recordings[1].call).state == RecordingState.STORED
    place_hold(manager, recordings[1].call)  # too late for it, and it must not look as if it were kept
    keeping.carry_out(act.id, NODE)
    assert set(outcomes().values()) == {Outcome.DELETED}
    assert not any(is_there(recording) for recording in recordings)
    assert the_act().state == ActState.DONE
    with transaction(EVERY_ORGANISATION) as session:
        deleted = list(session.scalars(select(Entry.recording_id).where(Entry.kind == EntryKind.DELETED)))
    assert sorted(deleted) == [recording.id for recording in recordings]


def test_while_the_store_is_away_the_act_waits_and_says_so(archive: Archive, manager: Person, stored: Stored) -> None:
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    approve(manager)
    archive.servers.kill("s3")
    try:
        keeping.carry_out(the_act().id, NODE)
        with transaction(EVERY_ORGANISATION) as session:
            assert queries.progress(session, [the_act().id])[the_act().id].error
        assert the_act().state == ActState.APPROVED
    finally:
        archive.servers.start("s3")
    keeping.carry_out(the_act().id, NODE)
    assert not is_there(old)
    assert the_act().state == ActState.DONE


def test_what_the_store_still_has_is_not_noted_as_deleted(
    archive: Archive, manager: Person, stored: Stored, faulty_store: FaultyStore
) -> None:
    """A store that says yes and keeps the object is not believed."""
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    approve(manager)
    faulty_store.swallows = {"DELETE"}
    keeping.carry_out(the_act().id, NODE)
    assert is_there(old)
    assert archive.recording(old.call).state == RecordingState.STORED
    assert the_act().state == ActState.APPROVED


@pytest.mark.parametrize("at", ["the listing", "the reading"])
def test_what_an_act_deletes_during_a_verification_is_not_missed(
    manager: Person, stored: Stored, faulty_store: FaultyStore, at: str
) -> None:
    """The rows were read before: of two million recordings that is hours ago."""
    set_rule(manager, 10)
    old, _young = stored(30), stored(5)
    keeping.propose()
    approve(manager)
    asked_for = "list-type" if at == "the listing" else old.object_key or ""

    def deletes(path: str) -> None:
        if asked_for in path:
            faulty_store.before.clear()
            keeping.carry_out(the_act().id, NODE)

    faulty_store.before["GET"] = deletes
    with transaction(EVERY_ORGANISATION) as session:
        report = verification.verify(session, manager.organisation_id, checksums=True)
    assert not is_there(old)
    assert report.findings == []


@pytest.mark.parametrize("versions", [ENABLED, SUSPENDED])
def test_no_version_of_a_deleted_recording_is_left(
    archive: Archive, manager: Person, stored: Stored, versions: str
) -> None:
    """Where the bucket keeps versions, deleting the object alone would leave it to be brought back."""
    client = store._client()
    bucket = store._Connection.bucket
    client.set_bucket_versioning(bucket_name=bucket, config=VersioningConfig(versions))
    try:
        set_rule(manager, 10)
        old = stored(30)
        keeping.propose()
        approve(manager)
        keeping.carry_out(the_act().id, NODE)
        assert the_act().state == ActState.DONE
        left = client.list_objects(bucket_name=bucket, prefix=old.object_key, include_version=True)
        assert [each.version_id for each in left] == []
    finally:
        client.set_bucket_versioning(bucket_name=bucket, config=VersioningConfig(SUSPENDED))


def test_a_withdrawn_act_frees_its_list_and_is_not_proposed_again_at_once(manager: Person, stored: Stored) -> None:
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    with transaction(manager.organisation_id) as session:
        service.withdraw(session, queries.act(session, the_act().id), why="look first", by=manager)
    assert keeping.propose() == {"proposed": 0}
    with transaction(manager.organisation_id) as session:
        act = service.draft(session, old.call, reason="on request", by=manager)
        assert act.number == 2
    with pytest.raises(service.NothingToDelete), transaction(manager.organisation_id) as session:
        service.draft(session, old.call, reason="again", by=manager)


def test_two_persons_are_given_up_by_two_persons_only(manager: Person, second: Person) -> None:
    """Else who approves an act could first do away with whoever must confirm it."""

    def said(by: Person, two_persons: bool) -> bool:
        with transaction(by.organisation_id) as session:
            return service.set_policy(session, two_persons=two_persons, by=by)

    assert said(manager, True)
    assert said(manager, False), "it is only asked for"
    with pytest.raises(service.SamePerson):
        said(manager, False)
    assert said(second, True), "the other one does not want it"
    assert said(second, False), "asked for anew, by another one"
    assert not said(manager, False)
    assert said(manager, True), "to want two persons needs one"


def test_what_awaits_its_second_person_waits_for_it_whatever_is_decided_meanwhile(
    manager: Person, second: Person, stored: Stored
) -> None:
    with transaction(manager.organisation_id) as session:
        service.set_policy(session, two_persons=True, by=manager)
        service.draft(session, stored(1).call, reason="on request", by=manager)
    approve(manager)
    for by in (manager, second):
        with transaction(by.organisation_id) as session:
            service.set_policy(session, two_persons=False, by=by)
    with pytest.raises(service.SamePerson):
        approve(manager)
    assert the_act().state == ActState.AWAITS_SECOND


@contextmanager
def impatient() -> Iterator[Session]:
    """A transaction in which whoever has to wait for another one gives up."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("SET LOCAL lock_timeout = '300ms'"))
        yield session


def test_while_the_store_deletes_only_a_hold_on_the_same_call_waits(
    archive: Archive, manager: Person, stored: Stored, faulty_store: FaultyStore
) -> None:
    """A slow store must stop neither listening nor storing; a hold must not come between the look and the deletion."""
    set_rule(manager, 10)
    old, other = stored(30, caller="+380672"), stored(2, caller="+380673")
    keeping.propose()
    approve(manager)
    done: list[str] = []

    def meanwhile(path: str) -> None:
        faulty_store.before.clear()
        for call in (old.call, other.call):
            for whole_number in (False, True):
                try:
                    with impatient() as session:
                        service.place_hold(
                            session,
                            session.get_one(CallRow, call),
                            whole_number=whole_number,
                            why="case 757",
                            until=None,
                            by=manager,
                        )
                    done.append(f"hold on {'old' if call == old.call else 'other'}")
                except OperationalError:
                    done.append("waits")
        with impatient() as session:
            ledger.enter(session, manager.organisation_id, EntryKind.LISTENED, details={}, recording=other)
        done.append("listened")

    faulty_store.before["DELETE"] = meanwhile
    keeping.carry_out(the_act().id, NODE)
    assert done == ["waits", "waits", "hold on other", "hold on other", "listened"]
    assert not is_there(old)
