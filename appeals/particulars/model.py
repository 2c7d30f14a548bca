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
LETTERS: Final = frozenset({"email", "site", "telegram"})
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
    """The entry that stands for this word of ours: "phone", "complaint", "explained".

    An e-mail and what came by the site or a chat are letters, where the list has nothing of its own for them.
    """
    listed = list(entries)
    for meant in (word, "letter") if word in LETTERS else (word,):
        found = next((entry for entry in listed if meant in entry.meaning.split()), None)
        if found is not None:
            return found
    return None
