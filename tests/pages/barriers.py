"""What a browser finds wrong with a page for those who see it badly, use no mouse or hold a telephone."""

from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Page, expect

from run.host.release import SOURCE

AXE = SOURCE / "node_modules/axe-core/axe.min.js"
CHECK = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => each.id + ": " +
    each.nodes.map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | "))"""

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
    """What is wider than a narrow screen, and what is a serious barrier in the theme and at the width of the language.

    What is too wide is a matter of language, and looked at in all. Barriers are not: two languages share out both
    themes, with their colours, and both shapes of the shell.
    """
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    for width in (PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{name} {language}: wider than {width}, by {page.evaluate(WIDEST)}"
    if (look := LOOKS[language]) is None:
        return
    theme, width = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => 0)")
    page.evaluate(AXE.read_text("utf-8"))
    yield from (f"{name} {language} {theme} {width}: {each}" for each in page.evaluate(CHECK))
