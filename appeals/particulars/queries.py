"""Every SELECT of an appeal's particulars."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.classifier.tables import ClassifierEntry
from appeals.particulars.tables import AppealCode, AppealParticulars


def codes(session: Session, appeal: int) -> Sequence[tuple[AppealCode, ClassifierEntry]]:
    """The coded values with the versions they point to."""
    return codes_of(session, [appeal])


def codes_of(session: Session, appeals: Sequence[int]) -> Sequence[tuple[AppealCode, ClassifierEntry]]:
    """The coded values of these appeals with the versions they point to."""
    rows = session.execute(
        select(AppealCode, ClassifierEntry)
        .join(ClassifierEntry, ClassifierEntry.id == AppealCode.entry_id)
        .where(AppealCode.appeal_id.in_(appeals))
        .order_by(AppealCode.appeal_id, AppealCode.section, AppealCode.position, ClassifierEntry.position)
    )
    return [(row[0], row[1]) for row in rows]


def papers_of(session: Session, appeals: Sequence[int]) -> dict[int, AppealParticulars]:
    """What the papers of these appeals say, of those that have any."""
    asked = select(AppealParticulars).where(AppealParticulars.appeal_id.in_(appeals))
    return {each.appeal_id: each for each in session.scalars(asked)}


def find(session: Session, appeal: int) -> AppealParticulars | None:
    """What the paper says, if it says anything."""
    return session.get(AppealParticulars, appeal)
