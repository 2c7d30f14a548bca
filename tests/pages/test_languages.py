"""Every page of lived-in organisations speaks the chosen language, and no other (U-37)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Text, select

from db import EVERY_ORGANISATION, transaction
from ivr.prompts import all_prompts
from run.development.pictures import SCREENS, Screen, show, signed_in
from run.schema import METADATA
from tests.centre import PASSWORD
from tests.pages.test_browser import speaks
from web.languages import LANGUAGES

CYRILLIC = re.compile("[а-яёіїєґ]+", re.IGNORECASE)
FOREIGN = {
    "en": CYRILLIC,
    "uz": CYRILLIC,
    "uk": re.compile(r"\w*[ыэёъ]\w*", re.IGNORECASE),
    "ru": re.compile(r"\w*[іїєґ]\w*", re.IGNORECASE),
}
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


@pytest.mark.parametrize("language", FOREIGN)
def test_no_page_holds_a_word_of_another_language(browser: Browser, url: str, lived_in: str, language: str) -> None:
    """Names, what people wrote, and prompts that are always heard in a language of their own stay as they are."""
    own = {prompt.words for prompt in all_prompts() if prompt.heard_by is not prompt.language}
    data = sorted(_stored() | own | set(LANGUAGES.values()), key=len, reverse=True)
    found: list[str] = []
    for login in sorted({screen.login for screen in SCREENS}):
        with signed_in(browser, url, login, PASSWORD) as page:
            speaks(page, language)
            for screen in (each for each in SCREENS if each.login == login):
                found += _foreign(page, screen, language, data)
    assert not found, "\n".join(found)


def _stored() -> set[str]:
    """Every text in the database that is the same in all languages."""
    with transaction(EVERY_ORGANISATION) as session:
        columns = [
            column for table in METADATA.sorted_tables for column in table.columns if isinstance(column.type, Text)
        ]
        return {text for column in columns for text in session.scalars(select(column).distinct()) if text}


def _foreign(page: Page, screen: Screen, language: str, data: list[str]) -> Iterator[str]:
    show(page, screen)
    for text in page.evaluate(SEEN):
        own = text
        for known in data:
            own = own.replace(known, "")
        if words := FOREIGN[language].findall(own):
            yield f"{screen.name} {language}: {' '.join(words)} in {text.strip()!r}"
