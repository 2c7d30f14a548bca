"""Every page of lived-in organisations in every language: no serious barrier, no word of another language (U-37)."""

from itertools import groupby
from operator import attrgetter

import pytest
from playwright.sync_api import Browser

from run.development.pictures import SCREENS, show, signed_in
from tests.centre import PASSWORD
from tests.pages.barriers import LOOKS, WIDE, barriers_on, speaks
from tests.pages.foreign_words import foreign_on, foreign_words

LOGIN = attrgetter("login")


@pytest.mark.timeout(900)  # a hundred and twenty pages, each at three widths
@pytest.mark.parametrize("language", LOOKS)
def test_every_page(browser: Browser, url: str, lived_in: str, language: str) -> None:
    foreign, wrong = foreign_words(language), list[str]()
    for login, screens in groupby(sorted(SCREENS, key=LOGIN), key=LOGIN):
        with signed_in(browser, url, login, PASSWORD) as page:
            speaks(page, language)
            for screen in screens:
                page.set_viewport_size({"width": WIDE, "height": 900})
                show(page, screen)
                wrong += (f"{screen.name} {language}: {each}" for each in foreign_on(page, foreign))
                wrong += barriers_on(page, screen.name, language)
    assert not wrong, "\n".join(wrong)
