"""Opening what is masked: said what for, written down before it is shown."""

from sqlalchemy.orm import Session

from appeals import queries as appeals
from appeals.rights.model import Purpose
from appeals.tables import Appeal
from staff.audit import audit
from staff.tables import Person


def open_data(session: Session, number: str, purpose: Purpose, note: str, *, by: Person) -> Appeal:
    """The appeal's personal data are open to this person for a while (U-41). NotFound."""
    appeal = appeals.get(session, number)
    told = {"note": note.strip()} if note.strip() else {}
    audit(session, by, "appeal.data_opened", f"appeal:{appeal.number}", purpose=purpose.value, **told)
    return appeal
