"""Acts of deletion as tests see them: rules set, acts approved, what they list and what became of it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from calls.tables import CallRow
from db import EVERY_ORGANISATION, store, transaction
from recordings.keeping import queries, service
from recordings.keeping.tables import DeletionAct, DeletionItem
from recordings.tables import Recording
from staff.tables import Person

DAY = timedelta(days=1)


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


def place_hold(by: Person, call: UUID, *, whole_number: bool = False, until: date | None = None) -> int:
    with transaction(by.organisation_id) as session:
        known = session.get(CallRow, call)
        assert known is not None
        hold = service.place_hold(session, known, whole_number=whole_number, why="case 757", until=until, by=by)
        return hold.id
