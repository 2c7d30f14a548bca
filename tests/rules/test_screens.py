"""Every page is among those that are photographed and looked at by axe: none is forgotten."""

import re

from run.development.pictures import SCREENS
from web.pages import TEMPLATES

EXTENDS = re.compile(r"{%-?\s*extends\b")
FRAMES = {"base.html", "public.html", "appeals/_import.html"}  # they extend the layout and are no pages


def _pages() -> set[str]:
    return {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if EXTENDS.search(path.read_text("utf-8"))
    } - FRAMES


def test_every_page_has_a_screen():
    seen = {screen.template for screen in SCREENS}
    assert _pages() - seen == set(), "add a Screen in run/development/pictures.py"
    assert seen - _pages() == set(), "no such page"


def test_no_picture_is_taken_twice():
    names = [screen.name for screen in SCREENS]
    assert len(names) == len(set(names))
