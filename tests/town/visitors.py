"""Citizens who call from the browser: the public page, its key pad, real WebRTC."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Playwright, expect

from tests.town import audio, browser
from tests.town.citizen import UNDERSTOOD, Citizen, LedgerRow, Partner
from tests.town.waiting import wait_for


class Visitor(Citizen):
    """Somebody with a browser. Their microphone says `voice` over and over."""

    alike = 0.6  # Opus at a browser's rate keeps the sound, not the samples

    def __init__(
        self, playwright: Playwright, voice: Path, *, url: str, sounds: Path, ledger: Callable[[], LedgerRow | None]
    ) -> None:
        super().__init__("the visitor", sounds)
        self.voice: audio.Sound = audio.read(voice)
        microphone = voice.with_suffix(".48k.wav")
        subprocess.run(["sox", str(voice), "-r", "48000", str(microphone)], check=True, capture_output=True)
        self._ledger = ledger
        self._browser = browser.launch(playwright, microphone)
        self.page = browser.context(self._browser, url).new_page()

    def calls(self, organisation: str, *, gives: str = "") -> Self:
        """Opens the organisation's page, perhaps gives a number to be called back at, presses Call, and is answered."""
        self.page.goto(f"/call/{organisation}")
        self.part("own-number").fill(gives)
        self.part("call").click()
        expect(self.page.locator("[data-visitor]")).to_have_attribute("data-stage", "talking", timeout=15_000)
        self._place = 0
        return self

    def heard(self) -> audio.Sound:
        """Everything the page's WebRTC brought."""
        return browser.heard_since(self.page, 0)

    def find_call(self) -> LedgerRow | None:
        """The last call from any browser: a visitor has no number."""
        return self._ledger()

    def presses(self, *keys: str) -> Self:
        """Presses keys of the page's key pad."""
        for key in keys:
            self.forgets_what_was_heard()
            self.part("keypad").locator(f'[data-key="{key}"]').click()
        return self

    def is_told(self, stage: str, words: str = "") -> Self:
        """The page says where the call stands."""
        expect(self.page.locator("[data-visitor]")).to_have_attribute("data-call", stage, timeout=10_000)
        expect(self.page.locator(".visitor-screen")).to_contain_text(words)
        return self

    def is_told_the_end(self, words: str) -> None:
        """The call is over, and the page says why."""
        expect(self.page.locator("[data-visitor]")).to_have_attribute("data-stage", "ended")
        expect(self.part("words")).to_have_text(words)

    def talks_with(self, partner: Partner, *, seconds: float) -> None:
        """Both speak for that long; each hears what the other says."""
        ours, theirs = self.heard().size, partner.mark()
        wait_for("the talk", lambda: self.heard().size >= ours + seconds * audio.RATE, seconds=seconds + 10, every=0.5)
        here = audio.share_heard(self.heard()[ours + audio.RATE // 2 :], audio.repeated(partner.voice))
        there = audio.share_heard(partner.heard_since(theirs)[audio.RATE // 2 :], audio.repeated(self.voice))
        assert there >= UNDERSTOOD, f"only {there:.0%} of what the operator heard is the visitor's voice"
        assert here >= UNDERSTOOD, f"only {here:.0%} of what the visitor heard is the operator's voice"

    def hangs_up(self) -> None:
        """Presses Hang up."""
        self.part("hang-up").click()
        expect(self.page.locator("[data-visitor]")).not_to_have_attribute("data-stage", "talking")

    def leaves(self) -> None:
        """Closes the browser."""
        self._browser.close()

    def part(self, name: str) -> Locator:
        """A part of the page."""
        return browser.part(self.page, name)

    def timeline(self) -> list[str]:
        """What the page says."""
        return [self.page.locator("[data-visitor]").inner_text()]
