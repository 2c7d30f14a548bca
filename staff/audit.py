"""The audit trail: who did what to what."""

from sqlalchemy import BigInteger, cast, func, insert
from sqlalchemy.orm import Session

from db.rls import SETTING
from staff.tables import Audit, Person


def audit(session: Session, person: Person | None, deed: str, subject: str, **details: str) -> None:
    """Writes down who did what to what. `person` None: the system did it for the session's organisation."""
    of_session = cast(func.current_setting(SETTING), BigInteger)
    session.execute(
        insert(Audit).values(
            organisation_id=person.organisation_id if person is not None else of_session,
            person_id=person.id if person is not None else None,
            deed=deed,
            subject=subject,
            details=details,
        )
    )
