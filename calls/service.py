"""What other domains tell the ledger of a call, so that one table filters the list of calls."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from calls.tables import CallRow


def note_result(session: Session, call: UUID, result: str) -> None:
    """What the talk came to, as the operator said in the wrap-up; the last one counts."""
    session.execute(update(CallRow).where(CallRow.id == call).values(result=result))


def note_recorded(session: Session, call: UUID, *, recorded: bool = True) -> None:
    """Something of the call can be played, or no longer."""
    changes = CallRow.recorded.is_not(recorded)
    session.execute(update(CallRow).where(CallRow.id == call, changes).values(recorded=recorded))
