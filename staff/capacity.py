"""How many calls an organisation carries at once."""

from sqlalchemy.orm import Session

from db import notify
from db.notices import ASTERISK_CONFIG
from staff.audit import audit
from staff.tables import Organisation, Person


def change_capacity(session: Session, organisation: Organisation, *, channels: int, warn_at: int, by: Person) -> None:
    """How many calls at once, and from which share of them an alarm is raised; counts from the next call."""
    changes = {
        field: f"{old} → {new}"
        for field, old, new in (
            ("channels", organisation.capacity, channels),
            ("warn_at", organisation.warn_at, warn_at),
        )
        if old != new
    }
    if changes:
        organisation.capacity, organisation.warn_at = channels, warn_at
        audit(session, by, "organisation.capacity", f"organisation:{organisation.id}", **changes)
        notify(session, ASTERISK_CONFIG)
