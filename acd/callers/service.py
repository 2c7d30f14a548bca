"""What agents write down about a call and its caller."""

from uuid import UUID

from sqlalchemy.orm import Session

from acd.tables import CallerNote, CallNote
from staff.tables import Person


def write_note(session: Session, person: Person, call: UUID, text: str) -> None:
    """Keeps what the agent wrote down during the call."""
    session.add(CallNote(organisation_id=person.organisation_id, call=call, person_id=person.id, text=text.strip()))


def write_caller_note(session: Session, person: Person, number: str, text: str) -> None:
    """Keeps what colleagues should know about this number before they answer it."""
    note = CallerNote(organisation_id=person.organisation_id, number=number, text=text.strip(), person_id=person.id)
    session.add(note)
