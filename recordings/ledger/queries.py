"""What the ledger of recordings says, and where rows and listenings say something else."""

from collections.abc import Iterator, Sequence

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, cast, exists, or_, select, text
from sqlalchemy.orm import Session

from recordings.keeping.tables import DeletionItem
from recordings.ledger.model import EntryKind
from recordings.ledger.tables import Entry
from recordings.model import RecordingState
from recordings.tables import Listening, Recording

_LOCK = 0x4C45  # the ledger's advisory locks; the second key is the organisation
_AT_ONCE = 2000  # rows fetched at a time


def wait_for_turn(session: Session, organisation: int) -> None:
    """Until the end of this transaction nobody else writes to the organisation's ledger or drafts an act."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:space, :organisation)"),
        {"space": _LOCK, "organisation": organisation % 2**31},
    )


def last(session: Session, organisation: int) -> Entry | None:
    """The newest entry, or None."""
    return session.scalars(
        select(Entry).where(Entry.organisation_id == organisation).order_by(Entry.number.desc()).limit(1)
    ).first()


def chain(session: Session, organisation: int) -> Iterator[Entry]:
    """Every entry from the first on."""
    entries = select(Entry).where(Entry.organisation_id == organisation).order_by(Entry.number)
    for entry in session.scalars(entries.execution_options(yield_per=_AT_ONCE)):
        session.expunge(entry)
        yield entry


def latest(session: Session, *, at_most: int) -> Sequence[Entry]:
    """The newest entries, the last first."""
    return session.scalars(select(Entry).order_by(Entry.number.desc()).limit(at_most)).all()


def not_entered(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Stored or deleted recordings of which the ledger does not know that they were stored."""
    known = exists().where(Entry.recording_id == Recording.id, Entry.kind == EntryKind.STORED)
    return session.scalars(
        select(Recording.id)
        .where(Recording.organisation_id == organisation, _was_stored(), ~known)
        .order_by(Recording.id)
        .limit(at_most)
    ).all()


def differing(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Recordings whose row names another checksum, size or object than the ledger."""
    same = and_(
        Entry.details["sha256"].astext == Recording.sha256,
        Entry.details["key"].astext == Recording.object_key,
        Entry.details["size"].astext == cast(Recording.size, Text),
    )
    return session.scalars(
        _of_kind(organisation, EntryKind.STORED)
        .where(or_(same.is_(None), ~same, ~_was_stored()))
        .order_by(Recording.id)
        .limit(at_most)
    ).all()


def rows_gone(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Entries of recordings that have no row any more."""
    there = exists().where(Recording.id == Entry.recording_id)
    return session.scalars(
        select(Entry.number)
        .where(Entry.organisation_id == organisation, Entry.recording_id.is_not(None), ~there)
        .order_by(Entry.number)
        .limit(at_most)
    ).all()


def deleted_not_entered(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Recordings whose row says that they were deleted, and the ledger does not."""
    known = exists().where(Entry.recording_id == Recording.id, Entry.kind == EntryKind.DELETED)
    return session.scalars(
        select(Recording.id)
        .where(Recording.organisation_id == organisation, Recording.state == RecordingState.DELETED, ~known)
        .order_by(Recording.id)
        .limit(at_most)
    ).all()


def not_deleted(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Recordings that the ledger says were deleted, and whose row does not."""
    return session.scalars(
        _of_kind(organisation, EntryKind.DELETED)
        .where(Recording.state != RecordingState.DELETED)
        .order_by(Recording.id)
        .limit(at_most)
    ).all()


def listenings_not_entered(session: Session, organisation: int, *, at_most: int) -> Sequence[int]:
    """Lines of the listening log that the ledger does not know, and lines it knows that are gone."""
    listening = Entry.details["listening"].astext
    same = and_(listening == cast(Listening.id, Text), Entry.recording_id == Listening.recording_id)
    unknown = select(Listening.id).where(Listening.organisation_id == organisation, ~exists().where(same))
    heard = Entry.kind.in_((EntryKind.LISTENED, EntryKind.DOWNLOADED))
    gone = select(cast(listening, BigInteger)).where(
        Entry.organisation_id == organisation, heard, ~exists().where(same)
    )
    return session.scalars(unknown.union(gone).limit(at_most)).all()


def objects(session: Session, organisation: int) -> Iterator[Recording]:
    """Every recording that has or had an object, in the order of a store's listing."""
    rows = (
        select(Recording)
        .where(Recording.organisation_id == organisation, _was_stored())
        .order_by(Recording.object_key.collate("C"))
    )
    for recording in session.scalars(rows.execution_options(yield_per=_AT_ONCE)):
        session.expunge(recording)
        yield recording


def should_be_there(session: Session, recording: int) -> bool:
    """Whether the recording's object is to be in the store, as committed now: it is stored, and no act deletes it."""
    at_it = exists().where(
        DeletionItem.recording_id == Recording.id, DeletionItem.begun_at.is_not(None), DeletionItem.outcome.is_(None)
    )
    stored = Recording.id == recording, Recording.state == RecordingState.STORED
    return session.scalar(select(Recording.id).where(*stored, ~at_it)) is not None


def with_key(session: Session, key: str) -> Recording | None:
    """The recording whose object this is, as committed now."""
    found = select(Recording).where(Recording.object_key == key).execution_options(populate_existing=True)
    return session.scalars(found).first()


def newest_stored(session: Session, organisation: int) -> Recording | None:
    """The recording stored last, or None."""
    return session.scalars(
        select(Recording)
        .where(Recording.organisation_id == organisation, Recording.state == RecordingState.STORED)
        .order_by(Recording.stored_at.desc())
        .limit(1)
    ).first()


def _was_stored() -> ColumnElement[bool]:
    return Recording.state.in_((RecordingState.STORED, RecordingState.DELETED))


def _of_kind(organisation: int, kind: EntryKind) -> Select[int]:
    of = and_(Entry.recording_id == Recording.id, Entry.kind == kind)
    return select(Recording.id).join(Entry, of).where(Recording.organisation_id == organisation)
