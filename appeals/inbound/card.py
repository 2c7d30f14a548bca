"""A letter as the card of an appeal begins with it."""

from uuid import UUID

from sqlalchemy.orm import Session

from appeals import queries as appeals
from appeals.inbound import queries
from appeals.inbound.model import State
from appeals.model import Source
from staff import queries as staff
from web.forms import row_id


def begun(session: Session, written: str) -> dict[str, str]:
    """What the card of a letter has in its fields; nothing for one that is none, or does not wait."""
    letter_id = row_id(written)
    if letter_id is None:
        return {}
    letter = queries.letter(session, letter_id)
    if letter.state != State.WAITING:
        return {}
    zone = staff.organisation(session, letter.organisation_id).zone
    return {
        "letter": str(letter.id),
        "source": Source.EMAIL,
        "email": letter.reply_to,
        "substance": "\n\n".join(part for part in (letter.subject, letter.text) if part)[:10_000],
        "received_on": f"{letter.received_at.astimezone(zone):%Y-%m-%d}",
    }


def may_become(session: Session, written: str, submission: UUID) -> bool:
    """Whether the letter of a card, if it is of one, is still to be completed, or was by this very form."""
    letter_id = row_id(written)
    if letter_id is None:
        return True
    letter = queries.letter(session, letter_id)
    already = appeals.find_submission(session, submission)
    return letter.state == State.WAITING or (already is not None and already.id == letter.appeal_id)
