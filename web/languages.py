"""For whom a page is written: language, time zone and country; the catalogues and CLDR formats that follow from them.

The source language is English. Catalogues are plain PO files, `web/locale/<language>/<subject>.po`, one per subject so
that each domain keeps its own words; they are merged once, beforehand (`web.compiling`) or when the process starts.
"""

import gettext as standard
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import babel
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web import compiled

LOCALES = Path(__file__).parent / "locale"
Code = Literal["uk", "uz", "ru", "en"]
LANGUAGES = {"uk": "Українська", "uz": "Oʻzbekcha", "ru": "Русский", "en": "English"}
FALLBACK = "uk"  # when neither the cookie nor the browser names a language we speak
COOKIE = "holos_language"


@dataclass(slots=True)
class Audience:
    """Who reads the answer. Set at the start of a request, corrected when the person is recognised."""

    language: str = FALLBACK
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - immutable
    country: str = "UA"  # ISO 3166: the country whose numbers are written without a country code


_audience: ContextVar[Audience] = ContextVar("audience")


def audience() -> Audience:
    """For whom this thread or task is writing."""
    try:
        return _audience.get()
    except LookupError:
        return Audience()


@contextmanager
def speaking_to(someone: Audience) -> Iterator[Audience]:
    """Everything written inside the block is for this audience."""
    token = _audience.set(someone)
    try:
        yield someone
    finally:
        _audience.reset(token)


def locale() -> Locale:
    """The audience's CLDR locale."""
    return _locale(audience().language)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def catalogue(language: str) -> standard.NullTranslations:
    """All subjects' words in one language, as one catalogue. English, the source, has an empty one."""
    try:
        whole = place_of(language).read_bytes()
    except FileNotFoundError:
        whole = compiled_catalogue(language)
    return standard.GNUTranslations(io.BytesIO(whole)) if whole else standard.NullTranslations()


def place_of(language: str) -> Path:
    """Where the catalogue compiled by this very code lies, if it was made beforehand."""
    return compiled.named(f"{language}-{babel.__version__}", [Path(__file__), *_subjects(language)])


def compiled_catalogue(language: str) -> bytes:
    """The catalogue as GNU gettext's; nothing of a language that has none."""
    subjects = [_subject(path, language) for path in _subjects(language)]
    if not subjects:
        return b""
    whole = subjects[0]
    for message in (message for subject in subjects[1:] for message in subject if message.id):
        if whole.get(message.id, message.context) is None:
            whole[message.id] = message
    written = io.BytesIO()
    write_mo(written, whole)
    return written.getvalue()


def _subjects(language: str) -> list[Path]:
    return sorted((LOCALES / language).glob("*.po"))


def _subject(path: Path, language: str) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def gettext(message: str) -> str:
    """The message in the audience's language; the message itself where the catalogue lacks it."""
    return catalogue(audience().language).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The right form for a count: languages here have two or three."""
    return catalogue(audience().language).ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """As `gettext`, where one English word means two things."""
    return catalogue(audience().language).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, count: int) -> str:
    """As `ngettext`, with a context."""
    return catalogue(audience().language).npgettext(context, singular, plural, count)


def later(message: str) -> str:
    """Marks a message of a table or an enum for the catalogue; it is translated where it is shown."""
    return message


def chosen(cookie: str | None, accepted: str | None) -> str:
    """The language of somebody not signed in: cookie, browser's list (RFC 9110, 12.5.4), fallback."""
    if cookie in LANGUAGES:
        return cookie
    ranked: list[tuple[float, str]] = []
    for item in (accepted or "").split(","):
        tag, _, weight = item.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, tag in sorted(ranked, key=lambda pair: pair[0]) if tag in LANGUAGES), FALLBACK)
