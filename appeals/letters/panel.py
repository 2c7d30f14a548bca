"""What the appeal's page shows of the letters to its author."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from appeals.letters import queries
from appeals.letters.words import NAMES
from appeals.tables import Appeal
from staff.channels import words
from staff.rights import has
from staff.tables import Person


def of_appeal(session: Session, appeal: Appeal, person: Person, sees: Callable[[str], bool]) -> dict[str, Any]:
    """The letters, what they are called, whether this person sends them again and sees to where they went."""
    return {
        "letters": queries.of_appeal(session, appeal),
        "letter_names": NAMES,
        "letter_words": words,
        "may_send_again": has(person, "appeals.act"),
        "sees_contacts": sees("applicant.contacts"),
    }
