"""Carrying an approved act out, one recording after the other; killed anywhere, it goes on where it was.

A hold and a deletion of the same call wait for each other (`queries.wait_for_holds`), so a recording is never deleted
under a hold; the ledger's turn is taken last, so nobody else waits for the store. An item is marked as begun before its
object is touched: if a hold comes between the deletion and the row that says so, the object that is gone was deleted
before the hold, and one that is there stays.
"""

from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session

from calls import queries as call_queries
from calls import service as calls
from db import store
from recordings import queries as recordings
from recordings.keeping import queries
from recordings.keeping.model import ActState, Outcome
from recordings.keeping.tables import DeletionItem
from recordings.ledger import queries as ledger_queries
from recordings.ledger import service as ledger
from recordings.ledger.model import EntryKind
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.queries import organisation as get_organisation

log = structlog.get_logger()


def begin(session: Session, act_id: int, *, at_most: int) -> list[int]:
    """The next items of an approved act, marked as begun; none of any other act."""
    items = queries.waiting_items(session, act_id, at_most=at_most)
    for item in items:
        item.begun_at = item.begun_at or datetime.now(UTC)
    return [item.id for item in items]


def delete(session: Session, item_id: int) -> None:
    """One recording: its object is gone for certain, then row and ledger say so. NotGone; StoreAway."""
    item = queries.take_item(session, item_id)
    if item is None:
        return
    recording = recordings.get(session, item.recording_id)
    known = call_queries.find(session, recording.call)
    queries.wait_for_holds(session, recording.call, None if known is None else known.caller)
    session.refresh(recording, with_for_update=True)
    if recording.state != RecordingState.STORED:
        _settle(item, Outcome.NOT_STORED)
        return
    key = recording.object_key or ""
    if _is_held(session, recording) and store.find(key) is not None:
        _settle(item, Outcome.HELD)
        return
    store.delete(key)
    _note(session, item, recording)


def note_refusal(session: Session, item_id: int, error: Exception) -> None:
    """The store did not delete it: said on the act, tried again later."""
    item = queries.take_item(session, item_id)
    if item is not None:
        item.last_error = str(error)[:500]
    log.warning("recording_not_deleted", item=item_id, error=str(error)[:200])


def finish(session: Session, act_id: int) -> int:
    """How many are left; with none left the act is done, and names the ledger's last entry as its witness."""
    act = queries.act(session, act_id, locked=True)
    left = queries.open_items(session, act_id)
    if left == 0 and act.state == ActState.APPROVED:
        ledger_queries.wait_for_turn(session, act.organisation_id)
        head = ledger_queries.last(session, act.organisation_id)
        act.state, act.done_at, act.seal = ActState.DONE, datetime.now(UTC), None if head is None else head.seal
        log.info("deletion_act_done", act=act_id)
    return left


def _is_held(session: Session, recording: Recording) -> bool:
    zone = get_organisation(session, recording.organisation_id).zone
    today = datetime.now(zone).date()
    return bool(queries.holds_of(session, recording.organisation_id, recording.call, today=today))


def _note(session: Session, item: DeletionItem, recording: Recording) -> None:
    act = queries.act(session, item.act_id)
    recording.state, recording.act_id, recording.deleted_at = RecordingState.DELETED, act.id, datetime.now(UTC)
    recording.waves = recording.levels = None
    _settle(item, Outcome.DELETED)
    session.flush()
    if not queries.is_heard(session, recording.call):
        calls.note_recorded(session, recording.call, recorded=False)
    told = {"act": str(act.number), "sha256": recording.sha256 or "", "key": recording.object_key or ""}
    ledger.enter(session, recording.organisation_id, EntryKind.DELETED, details=told, recording=recording)


def _settle(item: DeletionItem, outcome: Outcome) -> None:
    item.outcome, item.settled_at, item.last_error = outcome, datetime.now(UTC), None
