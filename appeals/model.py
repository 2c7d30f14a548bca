"""The words of an appeal (classifier of CMU 858; requirements, appendix A.2 and A.3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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


class State(StrEnum):
    """Where the appeal stands (appendix A.3)."""

    REGISTERED = "registered"
    IN_WORK = "in_work"
    TO_BE_VERIFIED = "to_be_verified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """How it was closed (classifier, section 9)."""

    SATISFIED = "satisfied"  # 9.1
    REFUSED = "refused"  # 9.2
    EXPLAINED = "explained"  # 9.3


NAMES = ("surname", "given_name", "patronymic")
CONTACTS = ("email", "address")
WORDS = ("substance", "explanation")
OPEN = frozenset({State.REGISTERED, State.IN_WORK, State.TO_BE_VERIFIED})

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


class Known(Protocol):
    """Somebody who turned to us before; has each of `NAMES` and `CONTACTS`."""

    @property
    def id(self) -> int:
        """Which of them."""


def filled_in(
    typed: Mapping[str, str], known: Sequence[Known], *, before: Known | None = None, chosen: int | None = None
) -> dict[str, str]:
    """Who and where, as the card says it with one of `known`: the `chosen`, else the first; `before` has gone from it.

    A name that was typed may be somebody new's, so only a choice puts another in its place; a contact that was typed
    is newer than the known one.
    """
    card = {name: typed.get(name, "") for name in (*NAMES, *CONTACTS)}
    if before is not None:
        card = {name: "" if text == getattr(before, name) else text for name, text in card.items()}
    named = any(card[name].strip() for name in NAMES)
    first = None if named else next(iter(known), None)
    found = next((each for each in known if each.id == chosen), first)
    if found is None:
        return card | {"filled": ""}
    names = {name: getattr(found, name) for name in NAMES}
    contacts = {name: card[name] or getattr(found, name) for name in CONTACTS}
    return names | contacts | {"filled": str(found.id)}
