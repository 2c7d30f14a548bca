"""What may be attached, how a file is called once it is ours, and why one is refused."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar
from urllib.parse import urlsplit


class Purpose(StrEnum):
    """What a kind of attachment is for where the product itself must know; a word in the directory's `meaning`."""

    BEFORE = "before"  # a photo of how it was
    AFTER = "after"  # a photo of how it is now


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    EXECUTABLE = "executable"
    ARCHIVE = "archive"
    NOT_ALLOWED = "not_allowed"
    BROKEN = "broken"  # it says what it is and cannot be read as that
    TOO_MANY_POINTS = "too_many_points"  # of a picture: small files may unpack to anything
    MOVING = "moving"  # a picture of several pictures: only one of them would be kept
    UNPACKS = "unpacks"  # a document that unpacks to too much
    MACROS = "macros"
    TOO_MANY = "too_many"  # attachments of one appeal
    STORE_AWAY = "store_away"


class Refused(ValueError):
    """A file that is not taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Fault(StrEnum):
    """What the store and the rows disagree in."""

    MISSING = "missing"  # the row names an object that is not there
    CHANGED = "changed"  # the object is not what was stored
    ORPHAN = "orphan"  # an object that no row names


@dataclass(frozen=True, slots=True)
class Sort:
    """One type of files: what their names end in, and whether they are pictures."""

    ending: str
    is_picture: bool = False


JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"

SORTS: Final[Mapping[str, Sort]] = {
    JPEG: Sort("jpg", is_picture=True),
    PNG: Sort("png", is_picture=True),
    WEBP: Sort("webp", is_picture=True),
    PDF: Sort("pdf"),
    DOCX: Sort("docx"),
    XLSX: Sort("xlsx"),
    ODT: Sort("odt"),
    ODS: Sort("ods"),
}
ACCEPTED: Final = ",".join([*SORTS, *(f".{sort.ending}" for sort in SORTS.values()), ".jpeg"])

MOST: Final = 200  # attachments of one appeal
LONGEST_NAME: Final = 120
LONGEST_NOTE: Final = 500
LONGEST_LINK: Final = 2000
FRESH: Final = timedelta(hours=1)  # an object is in the store before a row names it
ORPHANS_KEPT: Final = timedelta(days=30)  # a database that was restored may be older than its objects
CHECKED_EVERY: Final = timedelta(days=30)  # each object is read whole so often

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_RESERVED = re.compile(r'[\\/:*?"<>|]+')


def shown_name(sent: str, ending: str) -> str:
    """The name a file is known by: the last part of what was sent, with the ending of what it is.

    Letters that nobody sees, or that turn the direction of writing round, are left out: they hide what a name ends in.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", sent))[-1]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    stem = _RESERVED.sub("_", _ENDING.sub("", seen.strip()).removesuffix(f".{ending}")).strip(" .")
    return f"{stem[:LONGEST_NAME] or 'file'}.{ending}"


def is_link(written: str) -> bool:
    """Whether an address leads to something on the Web, and nowhere else: no script, no file, no password in it."""
    if len(written) > LONGEST_LINK or re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", written):
        return False
    try:
        parts = urlsplit(written)
        has_host = bool(parts.hostname) and "." in (parts.hostname or "")
        return parts.scheme in ("http", "https") and has_host and not parts.username and parts.port != 0
    except ValueError:
        return False


class Pictured(Protocol):
    """An attachment as far as a gallery looks at it."""

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at."""


Shown = TypeVar("Shown", bound=Pictured)


@dataclass(frozen=True, slots=True)
class Gallery(Generic[Shown]):
    """Attachments as a page shows them."""

    before: list[Shown]
    after: list[Shown]
    pictures: list[Shown]
    documents: list[Shown]


def gallery(attachments: Iterable[tuple[Shown, str]]) -> "Gallery[Shown]":
    """Photos before and after, other pictures, and what is downloaded; each comes with the meaning of its kind."""
    found: Gallery[Shown] = Gallery([], [], [], [])
    for each, meaning in attachments:
        words = meaning.split()
        if not each.is_picture:
            found.documents.append(each)
        elif Purpose.BEFORE in words:
            found.before.append(each)
        elif Purpose.AFTER in words:
            found.after.append(each)
        else:
            found.pictures.append(each)
    return found
