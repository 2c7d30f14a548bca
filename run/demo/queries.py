"""What the demonstration asks for."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.tables import CallRow


def fates(session: Session, callers: Collection[str]) -> dict[str, int]:
    """How many calls of these numbers there are in each state, of those that ended with each fate."""
    state = func.coalesce(CallRow.fate, CallRow.state)
    rows = session.execute(select(state, func.count()).where(CallRow.caller.in_(callers)).group_by(state))
    return {str(name): count for name, count in rows}
