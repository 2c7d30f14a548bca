"""Adding to the ledger: in the transaction of the deed, so that neither is there without the other."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.chain import BEGINNING
from recordings.ledger import queries
from recordings.ledger.model import EntryKind, Written, seal
from recordings.ledger.tables import Entry
from recordings.tables import Recording


def enter(
    session: Session,
    organisation: int,
    kind: EntryKind,
    *,
    details: Mapping[str, str],
    recording: Recording | None = None,
    call: UUID | None = None,
) -> Entry:
    """Chains an entry to the organisation's last one. Until the commit nobody else adds to this ledger: do it last."""
    session.flush()
    queries.wait_for_turn(session, organisation)
    before = queries.last(session, organisation)
    previous = BEGINNING if before is None else before.seal
    written = Written(
        organisation=organisation,
        number=1 if before is None else before.number + 1,
        at=datetime.now(UTC),
        kind=kind,
        call=recording.call if recording is not None else call,
        recording=None if recording is None else recording.id,
        details=details,
    )
    entry = Entry(
        organisation_id=organisation,
        number=written.number,
        at=written.at,
        kind=kind,
        call=written.call,
        recording_id=written.recording,
        details=dict(details),
        previous=previous,
        seal=seal(previous, written),
    )
    session.add(entry)
    session.flush()
    return entry


def content(entry: Entry) -> Written:
    """What the entry's seal must cover."""
    return Written(
        organisation=entry.organisation_id,
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        call=entry.call,
        recording=entry.recording_id,
        details=entry.details,
    )
