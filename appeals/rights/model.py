"""Whose appeals somebody sees; classes of fields, each declared here and nowhere else, with the permission of each.

U-40, U-41.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class FieldClass(StrEnum):
    """What a field tells about somebody."""

    PUBLIC = "public"  # anybody may know, as a citizen does who has the number
    SERVICE = "service"  # the matter and the work on it
    PERSONAL = "personal"  # who somebody is, where they live, how they are reached
    SPECIAL = "special"  # health, benefits, social status


FIELDS: Final[Mapping[str, FieldClass]] = {
    "appeal.number": FieldClass.PUBLIC,
    "appeal.state": FieldClass.PUBLIC,
    "appeal.term": FieldClass.PUBLIC,
    "appeal.topic": FieldClass.PUBLIC,
    "appeal.files_of_answer": FieldClass.PUBLIC,
    "appeal.files": FieldClass.SERVICE,
    "appeal.substance": FieldClass.SERVICE,
    "appeal.answer": FieldClass.SERVICE,
    "appeal.source": FieldClass.SERVICE,
    "appeal.codes": FieldClass.SERVICE,
    "appeal.paper": FieldClass.SERVICE,
    "appeal.work": FieldClass.SERVICE,
    "appeal.district": FieldClass.SERVICE,
    "appeal.address": FieldClass.PERSONAL,
    "applicant.name": FieldClass.PERSONAL,
    "applicant.contacts": FieldClass.PERSONAL,
    "applicant.notes": FieldClass.PERSONAL,
    "applicant.history": FieldClass.PERSONAL,
    "code.sex": FieldClass.PERSONAL,
    "code.category": FieldClass.SPECIAL,
    "code.social": FieldClass.SPECIAL,
    "applicant.categories": FieldClass.SPECIAL,
}
REASONS: Final = frozenset({"work", "search", "call", "applicant"})  # for which an appeal is opened
PERMISSIONS: Final[Mapping[FieldClass, str]] = {
    FieldClass.SERVICE: "appeals.find",
    FieldClass.PERSONAL: "data.personal",
    FieldClass.SPECIAL: "data.special",
}
EVERY: Final = "appeals.find_all"  # who has it finds everybody's appeals
OPENING: Final = "data.open"  # who has it may open what is masked, and says what for
OPEN_FOR: Final = timedelta(minutes=15)
LONGEST_NOTE: Final = 300


class Purpose(StrEnum):
    """What masked data are opened for."""

    REQUEST = "request"  # whose data they are has asked about them
    FAULT = "fault"  # something is wrong with the data
    INSPECTION = "inspection"  # a body that may has asked
    SECURITY = "security"  # an incident is looked into
    OTHER = "other"  # told in own words


def needs_words(purpose: Purpose, note: str) -> bool:
    """Whether the purpose alone does not say what for."""
    return purpose is Purpose.OTHER and len(note.strip()) < 5


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose appeals somebody sees: those given to these executors; None is everybody's."""

    executors: frozenset[int] | None = frozenset()


def of_code(section: str) -> str:
    """The field that a section of the classifier is on a card: those that tell of the author stand by themselves."""
    return f"code.{section}" if f"code.{section}" in FIELDS else "appeal.codes"


def sees(may: Callable[[str], bool], field: str) -> bool:
    """Whether somebody with these permissions sees the field. KeyError for one that nobody declared."""
    permission = PERMISSIONS.get(FIELDS[field])
    return permission is None or may(permission)


def masked(text: str | None) -> str:
    """A name, an address or an e-mail by the first letters of its words; however long they were, nobody is told."""
    letters = [next((letter for letter in word if letter.isalpha()), "") for word in (text or "").split()[:4]]
    return " ".join(f"{letter}•••" for letter in letters if letter) or "•••"


def masked_phone(number: str | None) -> str:
    """The last two digits, so that two numbers can be told apart."""
    return f"•••{number[-2:]}" if number else "–"
