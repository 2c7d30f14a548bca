"""What staff see on the page of an appeal that came by the cabinet."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from appeals.cabinet import queries, words
from appeals.tables import Appeal


@dataclass(frozen=True, slots=True)
class OfAppeal:
    """Whose account sent it, how the answer is wanted, as a message of the catalogue, and what was typed only."""

    email: str  # "" where none is proven
    telephone: str  # the same
    reply: str
    phone: str  # "" where none was typed; proven by nothing
    code: str  # of a legal entity; the same


def of_appeal(session: Session, appeal: Appeal) -> OfAppeal | None:
    """None for an appeal that came otherwise."""
    found = queries.sent_by(session, appeal.id)
    if found is None:
        return None
    sent, account = found
    return OfAppeal(account.email or "", account.telephone or "", words.REPLIES[sent.reply], sent.phone, sent.code)
