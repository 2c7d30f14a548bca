"""A letter as the card of an appeal begins with it."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from appeals import queries as appeals
from appeals.inbound import queries
from appeals.inbound.model import State
from appeals.inbound.tables import InboundLetter
from appeals.model import Source
from staff import queries as staff
from web.forms import row_id

OF_CARD: Final = ("surname", "given_name", "patronymic", "address", "phone")  # that a bot asks


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
        **_author(letter),
        "substance": "\n\n".join(part for part in (letter.subject, letter.text) if part)[:10_000],
        "received_on": f"{letter.received_at.astimezone(zone):%Y-%m-%d}",
    }


def _author(letter: InboundLetter) -> dict[str, str]:
    if letter.channel_id is None:
        return {"source": Source.EMAIL, "email": letter.reply_to}
    fields = {name: letter.told.get(name, "") for name in OF_CARD}
    return fields | {"source": Source.TELEGRAM, "reply_language": letter.told.get("language", "")}


def has_chat(session: Session, written: str) -> bool:
    """Whether the author of a card's letter is written to in a chat: that is a way to reply."""
    letter_id = row_id(written)
    return letter_id is not None and queries.letter(session, letter_id).channel_id is not None


def may_become(session: Session, written: str, submission: UUID) -> bool:
    """Whether the letter of a card, if it is of one, is still to be completed, or was by this very form."""
    letter_id = row_id(written)
    if letter_id is None:
        return True
    letter = queries.letter(session, letter_id)
    already = appeals.find_submission(session, submission)
    return letter.state == State.WAITING or (already is not None and already.id == letter.appeal_id)
