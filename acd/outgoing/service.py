"""Changes of the rules of calling out."""

from sqlalchemy.orm import Session

from acd.outgoing import queries
from acd.outgoing.model import Rules
from acd.tables import OutgoingLine
from db import notify
from db.notices import ASTERISK_CONFIG
from staff.audit import audit
from staff.tables import Person


def arrange(session: Session, person: Person, rules: Rules) -> None:
    """Other rules for the person's organisation; Asterisk has them with its next configuration, a moment later."""
    before = queries.rules(session, person.organisation_id)
    line = queries.row(session, person.organisation_id)
    if line is None:
        line = OutgoingLine(organisation_id=person.organisation_id)
        session.add(line)
    line.shown, line.prefixes, line.forbidden = rules.shown, list(rules.allowed), list(rules.forbidden)
    line.longest = rules.longest
    line.most_an_hour, line.most_of_person = rules.most_an_hour, rules.most_of_person
    session.flush()
    audit(session, person, "outgoing.arranged", "outgoing:line", before=_told(before), after=_told(rules))
    notify(session, ASTERISK_CONFIG, f"outgoing{person.organisation_id}")


def _told(rules: Rules) -> str:
    parts = {
        "shown": rules.shown or "",
        "allowed": " ".join(rules.allowed),
        "forbidden": " ".join(rules.forbidden),
        "longest": str(rules.longest or ""),
        "most_an_hour": str(rules.most_an_hour or ""),
        "most_of_person": str(rules.most_of_person or ""),
    }
    return "; ".join(f"{name}: {value}" for name, value in parts.items() if value)
