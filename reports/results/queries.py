"""How many calls ended with which result."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.model import Fate
from calls.tables import CallRow


def results(session: Session, organisation: int, since: datetime, until: datetime) -> dict[str, int]:
    """Calls that arrived in this time and were answered, by their result; "": none yet."""
    mine = (CallRow.organisation_id == organisation, CallRow.fate == Fate.ANSWERED)
    wanted = select(CallRow.result, func.count()).where(*mine, CallRow.arrived_at >= since, CallRow.arrived_at < until)
    return {row[0] or "": row[1] for row in session.execute(wanted.group_by(CallRow.result))}
