"""The particulars of a control card, and which coded value is meant where nobody chose one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from appeals.classifier.model import AnyEntry, Section

CHOSEN: Final = (
    Section.FORM, Section.SIGN, Section.SUBJECT, Section.TYPE, Section.SEX, Section.SOCIAL, Section.CATEGORY,
    Section.QUESTION,
)  # fmt: skip
USUAL: Final = (
    Section.FORM,
    Section.SIGN,
    Section.SUBJECT,
    Section.TYPE,
)  # of these there is a usual one by the channel
ANY_TOPIC: Final = "any-topic"  # the word of the entry for topics that no entry stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What somebody filled in: ids of classifier entries by section, and the paper's own dates and numbers."""

    codes: Mapping[Section, Sequence[int]] = field(default_factory=dict)
    signatories: int = 1
    signed_on: date | None = None
    sent_by: str = ""
    covering_number: str = ""
    covering_on: date | None = None
    more_questions: str = ""


def usual(entries: Iterable[AnyEntry], word: str) -> AnyEntry | None:
    """The entry that stands for this word of ours: "phone", "complaint", "explained"; an e-mail is a letter."""
    meant = "letter" if word == "email" else word
    return next((entry for entry in entries if meant in entry.meaning.split()), None)
