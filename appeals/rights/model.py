"""Classes of fields, each declared here and nowhere else; a permission a class says who sees them (U-41)."""

from collections.abc import Callable, Mapping
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
    FieldClass.SERVICE: "appeals.read",
    FieldClass.PERSONAL: "data.personal",
    FieldClass.SPECIAL: "data.special",
}


def of_code(section: str) -> str:
    """The field that a section of the classifier is on a card: those that tell of the author stand by themselves."""
    return f"code.{section}" if f"code.{section}" in FIELDS else "appeal.codes"


def sees(may: Callable[[str], bool], field: str) -> bool:
    """Whether somebody with these permissions sees the field. KeyError for one that nobody declared."""
    permission = PERMISSIONS.get(FIELDS[field])
    return permission is None or may(permission)
