"""The steps of a citizen's talk with a bot, what is heard and said in it, and what is taken. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """What the bot waits for."""

    LANGUAGE = "language"
    MATTER = "matter"
    NAME = "name"
    PLACE = "place"
    PHONE = "phone"
    CHECK = "check"
    SENT = "sent"


LONGEST: Final = 9_000  # characters of a matter: a card takes 10 000
LONGEST_LINE: Final = 300
LONGEST_NAME: Final = 120  # as a field of a card
SHORTEST: Final = 10  # characters of a matter
LETTERS_A_DAY: Final = 5  # of one chat
TOLD_AGAIN: Final = timedelta(days=2)  # Telegram keeps its news for a day; after a quiet week it counts anew
FORGOTTEN_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message of a private chat."""

    update: int  # Telegram's number of the news
    chat: int
    text: str = ""
    phone: str = ""  # of a contact that was shared
    is_own: bool = False  # whether Telegram says that the contact is the sender's
    place: tuple[float, float] | None = None  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot says, with keys under the place where one writes; none takes away those of before."""

    text: str
    keys: tuple[str, ...] = ()
    contact: str = ""  # the key that shares one's telephone


def plain(text: str) -> str:
    """Words without what cannot be stored or seen."""
    return "".join(each for each in text if each.isprintable() or each == "\n").strip()


def line(text: str) -> str:
    """The same in one line."""
    return " ".join(plain(text).split())


def is_name(text: str) -> bool:
    """Whether these are a surname and a given name at least, in letters."""
    words = [each for each in text.split() if sum(map(str.isalpha, each)) > 1]
    return len(words) > 1 and not any(map(str.isdigit, text))


def is_place(text: str) -> bool:
    """Whether this may be where somebody lives."""
    return sum(map(str.isalpha, text)) > 3


def is_matter(text: str) -> bool:
    """Whether somebody can make something of it."""
    return sum(map(str.isalpha, text)) >= SHORTEST


def telephone(shared: str) -> str:
    """A shared number as E.164: Telegram leaves the plus out or not."""
    digits = "".join(each for each in shared if each in "0123456789")
    return f"+{digits}" if 8 <= len(digits) <= 15 else ""


def names(name: str) -> dict[str, str]:
    """Surname, given name and patronymic as a card has them: written in this order here."""
    parts = [*name.split(maxsplit=2), "", "", ""]
    return dict(zip(("surname", "given_name", "patronymic"), parts, strict=False))
