"""The page of a call, as supervisors and managers read it: what happened in words, and the recordings to listen to."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from calls import words
from tests.town import audio
from tests.town.waiting import wait_for
from web.languages import catalogue


class CallPage:
    """One call in somebody's browser, in the language this person reads; sounds are kept in `here`."""

    def __init__(self, page: Page, here: Path) -> None:
        self.page, self._here = page, here
        self._language = self.page.locator("html").get_attribute("lang") or ""

    def words(self, message: str) -> str:
        """A message of the product in the language of the page."""
        return catalogue(self._language).gettext(message)

    @property
    def sentence(self) -> str:
        """The call in one sentence."""
        return self.page.locator("h1").inner_text()

    @property
    def events(self) -> list[str]:
        """Everything that happened, in words."""
        return self.page.locator(".events li span:last-child").all_inner_texts()

    def tells(self, message: str, **values: object) -> CallPage:
        """This happened in the call, told in words that begin so."""
        told = self.words(message) % values
        assert any(event.startswith(told) for event in self.events), f"{told!r} is not among {self.events}"
        return self

    def ends_as(self, fate: str) -> CallPage:
        """The fate is told beside the call, and the sentence ends with it."""
        expect(self.page.locator(".facts .badge").first).to_have_text(self.words(words.FATES[fate]))
        if fate in words.ENDINGS:
            assert self.words(words.ENDINGS[fate]) in self.sentence, self.sentence
        return self

    @property
    def text(self) -> str:
        """Everything on the page."""
        return self.page.locator("main").inner_text()

    @property
    def recordings(self) -> Locator:
        """The panel of the recordings."""
        return self.page.locator("#recordings")

    def says_that_there_is_none(self) -> None:
        """Instead of a recording, the reason why there is none."""
        expect(self.recordings).to_contain_text(self.words("No recording: the caller reached no operator."))
        assert not self.page.locator("[data-sound], form.why").count(), "there is something to listen to"

    def ears(self, segment: int = 1) -> tuple[str, str]:
        """Who is named for the left ear, and who for the right."""
        names = self._segment(segment).locator(".player-names span")
        expect(names).to_have_count(2)
        caller, operator = (name.strip().splitlines()[0] for name in names.all_inner_texts())
        return caller, operator

    def listens(self, segment: int = 1, *, why: str = "quality", by: float | None = None) -> audio.Channels:
        """Says why as soon as there is something to hear; the caller's and the operator's sound, once it plays.

        `by` is the moment by which it must play, as `time.monotonic` tells it; else within ten seconds.
        """
        deadline = by or time.monotonic() + 10
        here = self._segment(segment)
        here.locator(f"input[name=why][value={why}]").check(force=True, timeout=(deadline - time.monotonic()) * 1000)
        here.locator("form.why button[hx-post]").click()
        sound = here.locator("audio[data-sound]")
        expect(sound).to_have_count(1)
        wait_for(
            f"part {segment} of the recording to play in time",
            lambda: float(sound.evaluate("sound => sound.paused ? 0 : sound.currentTime")),
            seconds=deadline - time.monotonic(),
        )
        return self._heard(sound, segment)

    @property
    def listeners(self) -> list[str]:
        """The log of who listened: each line as it is read."""
        return self.page.locator("#listenings li").all_inner_texts()

    def _segment(self, number: int) -> Locator:
        return self.page.locator("section.recording").nth(number - 1)

    def _heard(self, sound: Locator, segment: int) -> audio.Channels:
        answer = self.page.request.get(sound.get_attribute("src") or "")
        assert answer.status == 200, f"{answer.url}: {answer.status}"
        file = self._here / f"{self.page.url.rpartition('/')[2]}.{segment}.webm"
        file.write_bytes(answer.body())
        caller, operator = audio.read_channels(file)
        return audio.Channels(caller, operator)
