"""The words of an appeal (classifier of CMU 858; requirements, appendix A.2 and A.3)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Classifier of appeals, section 3 (CMU 858): пропозиція, заява, скарга; in Uzbekistan taklif, ariza, shikoyat."""

    APPLICATION = "application"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"


class Source(StrEnum):
    """The channel an appeal came through (classifier, section 1)."""

    PHONE = "phone"
    RECEPTION = "reception"
    LETTER = "letter"
    EMAIL = "email"
    SITE = "site"  # by the citizens' cabinet
    TELEGRAM = "telegram"  # by a chat with the organisation's bot


class State(StrEnum):
    """Where the appeal stands (appendix A.3); while it is open, what its assignments make of it (`workflow`)."""

    REGISTERED = "registered"
    REOPENED = "reopened"  # registered anew, because an earlier one did not settle the matter
    WITH_EDITOR = "with_editor"  # on its way to a chancellery, where the organisation has one
    AT_CHANCELLERY = "at_chancellery"
    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    NOT_IN_COMPETENCE = "not_in_competence"  # back with the dispatcher
    RETURNED = "returned"  # for rework
    TO_BE_VERIFIED = "to_be_verified"
    CLOSED = "closed"
    RETURNED_TO_AUTHOR = "returned_to_author"
    FORWARDED = "forwarded"
    NOT_SUBJECT = "not_subject"  # to consideration
    CANCELLED = "cancelled"  # entered by mistake


class Result(StrEnum):
    """How it was closed (classifier, section 9)."""

    SATISFIED = "satisfied"  # 9.1
    REFUSED = "refused"  # 9.2
    EXPLAINED = "explained"  # 9.3
    RETURNED_TO_AUTHOR = "returned_to_author"  # 9.4
    FORWARDED = "forwarded"  # 9.5
    NOT_SUBJECT = "not_subject"  # 9.6


WORDS = ("substance", "explanation")
WITH_RESULT = frozenset({State.CLOSED, State.RETURNED_TO_AUTHOR, State.FORWARDED, State.NOT_SUBJECT})
OPEN = frozenset(State) - WITH_RESULT - {State.CANCELLED}
TOLD = {  # what a citizen is told instead: who works on it, and how often, is ours
    State.REOPENED: State.REGISTERED,
    State.WITH_EDITOR: State.REGISTERED,
    State.AT_CHANCELLERY: State.REGISTERED,
    State.ASSIGNED: State.IN_WORK,
    State.NOT_IN_COMPETENCE: State.IN_WORK,
    State.RETURNED: State.IN_WORK,
    State.RETURNED_TO_AUTHOR: State.CLOSED,
    State.FORWARDED: State.CLOSED,
    State.NOT_SUBJECT: State.CLOSED,
}

_NUMBER = re.compile(r"^(\d{2})-?(\d{6})$")


@dataclass(frozen=True, slots=True, order=True)
class AppealNumber:
    """Year and running number, `26-000123`; its eight digits can be keyed in on a phone."""

    year: int  # of the century: 26
    running: int  # from 1, never reused within an organisation and year

    @classmethod
    def parse(cls, text: str) -> "AppealNumber | None":
        """The number meant by `26-000123` or `26000123`; None for anything else."""
        match = _NUMBER.match(text.strip())
        return cls(int(match[1]), int(match[2])) if match else None

    @property
    def digits(self) -> str:
        """As keyed in on a phone."""
        return f"{self.year:02}{self.running:06}"

    def __str__(self) -> str:
        return f"{self.year:02}-{self.running:06}"
