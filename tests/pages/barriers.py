"""What a browser finds wrong with a page for those who see it badly, use no mouse or hold a telephone."""

from collections.abc import Iterator, Sequence
from typing import Literal

from playwright.sync_api import Page, expect

from run.host.release import SOURCE

AXE = SOURCE / "node_modules/axe-core/axe.min.js"
CHECK = """async (exclude) => {
  const minor = axe._audit.rules.filter((each) => ["minor", "moderate"].includes(each.impact));
  const rules = Object.fromEntries(minor.map((each) => [each.id, { enabled: false }]));
  return (await axe.run(exclude?.length ? { exclude } : document, { rules, resultTypes: ["violations"] })).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => each.id + ": " +
      each.nodes.map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | "));
}"""
SHELL = (".rail", ".top")  # the same on all pages of a person

WIDE, PHONE, NARROW = 1440, 390, 360
LOOKS: dict[str, tuple[Literal["light", "dark"], int] | None] = {
    "uk": ("light", WIDE),
    "uz": None,
    "ru": None,
    "en": ("dark", PHONE),
}

WIDEST = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.getBoundingClientRect().right > window.innerWidth)
  .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 30)}`).slice(-3).join(" | ")"""


def speaks(page: Page, language: str) -> None:
    """The page's person reads that language from now on."""
    page.goto("/me" if page.locator("body.shell").count() else "/")
    page.locator(f"button[name=language][value={language}]").first.evaluate("button => button.click()")
    page.wait_for_selector(f"html[lang={language}]")


def barriers_on(page: Page, name: str, language: str) -> Iterator[str]:
    """As `barriers_at_each_width`; the page is left at the width of the language."""
    yield from barriers_at_each_width(page, name, language)
    if (look := LOOKS[language]) is not None:
        page.set_viewport_size({"width": look[1], "height": 900})


def barriers_at_each_width(page: Page, name: str, language: str, *, but: Sequence[str] = ()) -> Iterator[str]:
    """What is wider than a narrow screen, and what is a serious barrier in the theme and at the width of the language.

    What is too wide is a matter of language, and looked at in all. Barriers are not: two languages share out both
    themes, with their colours, and both shapes of the shell. `but` are parts that have been looked at before. The page
    is left as wide as it was looked at last: so the next one is, and nothing is laid out once more than needed.
    """
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    theme, wide = LOOKS[language] or (None, NARROW)
    present = page.viewport_size["width"] if page.viewport_size else WIDE
    for width in sorted({NARROW, PHONE, wide}, reverse=present > NARROW):
        if width != present:
            page.set_viewport_size({"width": width, "height": 900})
        if width < WIDE and page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{name} {language}: wider than {width}, by {page.evaluate(WIDEST)}"
        if theme is not None and width == wide:
            yield from (f"{name} {language} {theme} {width}: {each}" for each in _serious(page, theme, but))


def _serious(page: Page, theme: Literal["light", "dark"], but: Sequence[str]) -> list[str]:
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => 0)")
    if not page.evaluate("Boolean(window.axe?._audit)"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(CHECK, list(but))
    return found
