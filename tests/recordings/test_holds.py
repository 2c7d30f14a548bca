"""What is under a legal hold is not deleted, whoever has approved it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db import EVERY_ORGANISATION, transaction
from recordings.keeping import jobs as keeping
from recordings.keeping import queries, service
from recordings.keeping.model import ActState, Outcome
from recordings.ledger.model import EntryKind
from recordings.ledger.tables import Entry
from recordings.model import RecordingState
from staff.tables import Person
from tests.recordings.acts import DAY, approve, is_there, listed, outcomes, place_hold, set_rule, the_act
from tests.recordings.conftest import NODE, Archive, Stored


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
