"""How long recordings are kept: rules, holds, and acts without which nothing is ever deleted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from minio.versioningconfig import ENABLED, SUSPENDED, VersioningConfig
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from calls.model import Fate
from calls.tables import CallRow
from db import EVERY_ORGANISATION, Conflict, transaction
from recordings import jobs, store
from recordings.keeping import carrying_out, queries, service
from recordings.keeping import jobs as keeping
from recordings.keeping.model import ActState, Outcome, due_on, rule_for
from recordings.keeping.tables import DeletionAct, DeletionItem, RetentionRule
from recordings.ledger.model import EntryKind
from recordings.ledger.tables import Entry
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.tables import Person
from tests.centre import Centre
from tests.pages.a_call import answered_call
from tests.recordings.conftest import NODE, Archive

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def rule(days: int, topic: str = "", fate: str = "", **valid: date) -> RetentionRule:
    return RetentionRule(keeps=timedelta(days=days), topic=topic, fate=fate, **{"valid_from": date.min, **valid})


def test_the_most_specific_rule_wins() -> None:
    rules = [rule(10), rule(20, fate="lost"), rule(30, topic="water"), rule(40, topic="water", fate="lost")]
    kept = {
        (topic, fate): found.keeps.days
        for topic, fate in product(("water", "roads", None), ("lost", "answered"))
        if (found := rule_for(rules, topic=topic, fate=fate, on=TODAY))
    }
    assert kept == {
        ("water", "lost"): 40,
        ("water", "answered"): 30,
        ("roads", "lost"): 20,
        ("roads", "answered"): 10,
        (None, "lost"): 20,
        (None, "answered"): 10,
    }


def test_a_rule_counts_on_its_days_only_and_of_two_alike_the_longer_counts() -> None:
    rules = [rule(10, valid_until=TODAY - DAY), rule(20, valid_from=TODAY), rule(15, valid_from=TODAY)]
    assert rule_for(rules, topic=None, fate=None, on=TODAY) == rules[1]
    assert rule_for(rules, topic=None, fate=None, on=TODAY - DAY) == rules[0]
    assert rule_for([rule(5, topic="water")], topic="roads", fate=None, on=TODAY) is None, "kept for ever"


def test_the_last_day_of_the_term_is_still_kept() -> None:
    assert due_on(date(2026, 1, 1), rule(1)) == date(2026, 1, 3)


@pytest.fixture
def manager(centre: Centre) -> Person:
    return centre.people["mykola"]


@pytest.fixture
def second(centre: Centre) -> Person:
    return centre.people["admin.khm"]


Stored = Callable[..., Recording]


@pytest.fixture
def stored(archive: Archive) -> Stored:
    """A call that the ledger knows, so many days ago, with its recording in the store."""

    def made(days: int, *, topic: str | None = "water", fate: str = "answered", caller: str = "+380671") -> Recording:
        at = datetime.now(UTC) - timedelta(days=days, hours=1)
        call = answered_call(archive.operator, caller=caller, at=at)
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(CallRow).where(CallRow.id == call).values(topic=topic, fate=fate))
        archive.lay_legs(call)
        jobs.store_recording(archive.recording(call).id)
        recording = archive.recording(call)
        assert recording.state == RecordingState.STORED
        return recording

    return made


def set_rule(by: Person, days: int, topic: str = "", fate: str = "", valid_from: date | None = None) -> int:
    with transaction(by.organisation_id) as session:
        kept, begins = timedelta(days=days), valid_from or datetime.now(UTC).date() - DAY
        made = service.set_rule(session, topic=topic, fate=fate, keeps=kept, basis="order 17", valid_from=begins, by=by)
        return made.id


def the_act() -> DeletionAct:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(DeletionAct).order_by(DeletionAct.id.desc())).first()
        assert found is not None
        session.expunge(found)
        return found


def listed() -> set[int]:
    with transaction(EVERY_ORGANISATION) as session:
        return set(session.scalars(select(DeletionItem.recording_id)))


def outcomes() -> dict[int, str | None]:
    with transaction(EVERY_ORGANISATION) as session:
        rows = session.execute(select(DeletionItem.recording_id, DeletionItem.outcome))
        return {row.recording_id: row.outcome for row in rows}


def approve(by: Person) -> None:
    act = the_act()
    with transaction(by.organisation_id) as session:
        service.approve(session, queries.act(session, act.id, locked=True), by=by)


def is_there(recording: Recording) -> bool:
    return store.find(recording.object_key or "") is not None


def test_what_is_due_is_what_the_rules_say(archive: Archive, manager: Person) -> None:
    """PostgreSQL chooses as the pure function does, for every topic and end."""
    kinds = list(product(("water", "roads", None), (Fate.ANSWERED, Fate.LOST), (5, 15, 25, 35, 45)))
    recordings = {stored_row(archive, days, topic, fate): (topic, fate, days) for topic, fate, days in kinds}
    rules = [rule(10), rule(20, fate="lost"), rule(30, topic="water"), rule(40, topic="water", fate="lost")]
    for each in rules:
        set_rule(manager, each.keeps.days, each.topic, each.fate)
    assert keeping.propose() == {"proposed": len(listed())}
    due = {
        recording
        for recording, (topic, fate, days) in recordings.items()
        if (found := rule_for(rules, topic=topic, fate=fate, on=TODAY)) and found.keeps.days < days
    }
    assert listed() == due
    assert 0 < len(due) < len(kinds)


def stored_row(archive: Archive, days: int, topic: str | None, fate: str) -> int:
    """A stored recording without its sound."""
    at = datetime.now(UTC) - timedelta(days=days, hours=1)
    call = answered_call(archive.operator, at=at)
    known = {"sha256": "0" * 64, "object_key": f"nothing/{call}", "size": 1, "duration": DAY, "waves": {}}
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CallRow).where(CallRow.id == call).values(topic=topic, fate=fate))
        changed = update(Recording).where(Recording.call == call)
        session.execute(changed.values(state=RecordingState.STORED, ended_at=at, **known))
    return archive.recording(call).id


def test_without_a_rule_nothing_is_proposed(manager: Person, stored: Stored) -> None:
    stored(4000)
    assert keeping.propose() == {"proposed": 0}
    set_rule(manager, 10, topic="roads")
    assert keeping.propose() == {"proposed": 0}


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


@pytest.mark.parametrize("whole_number", [False, True], ids=["a call", "a number"])
def test_what_is_under_a_hold_is_not_even_proposed(manager: Person, stored: Stored, whole_number: bool) -> None:
    set_rule(manager, 10)
    held, other = stored(30, caller="+380672"), stored(30, caller="+380673")
    hold = place_hold(manager, held.call, whole_number=whole_number)
    keeping.propose()
    assert listed() == {other.id}
    with transaction(manager.organisation_id) as session:
        service.withdraw(session, queries.act(session, the_act().id), why="wait", by=manager)
        service.release_hold(session, queries.hold(session, hold), why="the case is closed", by=manager)
    keeping.propose()
    assert listed() == {other.id, held.id}
    with transaction(EVERY_ORGANISATION) as session:
        kinds = list(session.scalars(select(Entry.kind).order_by(Entry.number)))
    assert kinds[-2:] == [EntryKind.HELD, EntryKind.RELEASED]


def place_hold(by: Person, call: UUID, *, whole_number: bool = False, until: date | None = None) -> int:
    with transaction(by.organisation_id) as session:
        known = session.get(CallRow, call)
        assert known is not None
        hold = service.place_hold(session, known, whole_number=whole_number, why="case 757", until=until, by=by)
        return hold.id


def test_a_hold_placed_after_the_approval_still_protects(archive: Archive, manager: Person, stored: Stored) -> None:
    set_rule(manager, 10)
    held, other = stored(30), stored(30)
    keeping.propose()
    approve(manager)
    place_hold(manager, held.call)
    keeping.carry_out(the_act().id, NODE)
    assert outcomes() == {held.id: Outcome.HELD, other.id: Outcome.DELETED}
    assert is_there(held)
    assert archive.recording(held.call).state == RecordingState.STORED
    assert the_act().state == ActState.DONE


def test_a_hold_whose_last_day_is_over_protects_no_longer(manager: Person, stored: Stored) -> None:
    set_rule(manager, 10)
    once_held = stored(30)
    place_hold(manager, once_held.call, until=datetime.now(UTC).date() - 2 * DAY)
    assert keeping.propose() == {"proposed": 1}
    assert listed() == {once_held.id}


class Killed(BaseException):
    """As kill -9 in the middle of it."""


def test_an_interrupted_act_goes_on_where_it_was(
    archive: Archive, manager: Person, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The object is gone and the row does not say so: the next run finds out, and writes it down once."""
    set_rule(manager, 10)
    recordings = [stored(days) for days in (50, 40, 30)]
    keeping.propose()
    approve(manager)
    act = the_act()

    def killed(session: Session, item: DeletionItem, recording: Recording) -> None:
        if recording.id == recordings[1].id:
            raise Killed
        honest(session, item, recording)

    honest = carrying_out._note
    monkeypatch.setattr(carrying_out, "_note", killed)
    with pytest.raises(Killed):
        keeping.carry_out(act.id, NODE)
    monkeypatch.undo()
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
    archive: Archive, manager: Person, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that says yes and keeps the object is not believed."""
    set_rule(manager, 10)
    old = stored(30)
    keeping.propose()
    approve(manager)
    with monkeypatch.context() as deaf:
        deaf.setattr(type(store._client()), "remove_object", lambda *_, **__: None)
        keeping.carry_out(the_act().id, NODE)
    assert is_there(old)
    assert archive.recording(old.call).state == RecordingState.STORED
    assert the_act().state == ActState.APPROVED


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
        act = service.draft(session, queries.stored_of(session, old.call), reason="on request", by=manager)
        assert act.number == 2
    with pytest.raises(service.NothingToDelete), transaction(manager.organisation_id) as session:
        service.draft(session, queries.stored_of(session, old.call), reason="again", by=manager)


def test_a_rule_ends_where_the_next_one_begins(manager: Person) -> None:
    first = set_rule(manager, 10, valid_from=TODAY)
    third = set_rule(manager, 30, valid_from=TODAY + 20 * DAY)
    second = set_rule(manager, 20, valid_from=TODAY + 10 * DAY)
    with pytest.raises(service.BeginsThen):
        set_rule(manager, 40, valid_from=TODAY + 10 * DAY)
    with transaction(manager.organisation_id) as session:
        ends = {each.id: each.valid_until for each in queries.rules(session)}
    assert ends == {first: TODAY + 9 * DAY, second: TODAY + 19 * DAY, third: None}
