"""What a page says in words of another language than the chosen one.

Another language is known by its letters, and English by our own messages of more than `SHORT` letters: what is shorter
may be a word of any language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page
from sqlalchemy import Text, select

from db import EVERY_ORGANISATION, transaction
from ivr.prompts import all_prompts
from run.development.messages import catalogues
from run.schema import METADATA
from web.languages import LANGUAGES

CYRILLIC = re.compile("[а-яёіїєґ]+", re.IGNORECASE)
FOREIGN = {
    "en": CYRILLIC,
    "uz": CYRILLIC,
    "uk": re.compile(r"\w*[ыэёъ]\w*", re.IGNORECASE),
    "ru": re.compile(r"\w*[іїєґ]\w*", re.IGNORECASE),
}
PUT_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")
SHORT = 8
SEEN = """() => {
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll("script, style, svg, noscript").forEach((each) => each.remove());
  page.querySelectorAll("[lang]").forEach((each) => each.remove());
  const attributes = ["title", "aria-label", "placeholder", "alt", "data-ask"];
  const told = [...page.querySelectorAll("*")].flatMap((each) => attributes.map((name) => each.getAttribute(name)));
  const texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) told.push(texts.currentNode.data);
  return told.filter((text) => text?.trim());
}"""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Words, each with the texts to look past while looking for them; and what is known to have none."""

    words: dict[re.Pattern[str], list[str]]
    clean: set[str] = field(default_factory=set)


def foreign_words(language: str) -> Foreign:
    """What must not be read in that language.

    Names, what people wrote, and prompts that are always heard in a language of their own stay as they are.
    """
    own = {prompt.words for prompt in all_prompts() if prompt.heard_by is not prompt.language}
    stored = {re.sub(r"\s+", " ", text) for text in _stored()}
    data = sorted(stored | own | set(LANGUAGES.values()), key=len, reverse=True)
    words = {FOREIGN[language]: data}
    if language != "en":
        words[_english(language)] = [text for text in data if len(text) > SHORT]
    return Foreign(words)


def _stored() -> set[str]:
    """Every text in the database that is the same in all languages."""
    with transaction(EVERY_ORGANISATION) as session:
        columns = [
            column for table in METADATA.sorted_tables for column in table.columns if isinstance(column.type, Text)
        ]
        return {text for column in columns for text in session.scalars(select(column).distinct()) if text}


def _english(language: str) -> re.Pattern[str]:
    """What is said in English and not in this language: messages, or the parts of them between what is put in."""
    parts: set[str] = set()
    for entry in (entry for entries in catalogues(language).values() for entry in entries):
        for form in entry.id if isinstance(entry.id, tuple) else (entry.id,):
            parts |= {part.strip() for part in PUT_IN.split(form) if part.strip() not in str(entry.string)}
    long = sorted((part for part in parts if len(part) > SHORT), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, long))})(?![\w-])")  # "state-cancelled" is a code


def foreign_on(page: Page, foreign: Foreign) -> Iterator[str]:
    """What the page says in words that are foreign."""
    for text in dict.fromkeys(page.evaluate(SEEN)):
        if text in foreign.clean:  # on a page before
            continue
        found = [word for words, data in foreign.words.items() for word in _found(words, data, text)]
        if found:
            yield f"{' '.join(found)} in {text.strip()!r}"
        else:
            foreign.clean.add(text)


def _found(words: re.Pattern[str], data: list[str], text: str) -> list[str]:
    if not words.search(text):
        return []
    own = re.sub(r"\s+", " ", text)
    for known in data:
        own = own.replace(known, "")
    return words.findall(own)
