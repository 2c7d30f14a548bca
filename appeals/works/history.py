"""The history of a work: what was done, by whom, why, and how the work stood afterwards."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from appeals.works.model import Change
from appeals.works.tables import Work, WorkChange
from staff.tables import Person


def note(
    session: Session,
    work: Work,
    change: Change,
    *,
    by: Person,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """One line of the history."""
    session.add(
        WorkChange(
            organisation_id=work.organisation_id,
            work_id=work.id,
            person_id=by.id,
            change=change,
            state=work.state,
            planned_until=work.planned_until,
            reason=reason.strip(),
            details=dict(details or {}),
        )
    )
    session.flush()
