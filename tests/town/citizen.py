"""What every citizen does, with a telephone or a browser: hears prompts, waits, ends. Each verb waits for evidence."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol, Self

from tests.town import audio
from tests.town.waiting import wait_for

LedgerRow = dict[str, Any]
ALIKE = 0.75  # a prompt heard over a telephone line is at least so like its file
OVERLAP = 3 * audio.RATE  # what was searched in vain is searched again: the prompt may have begun in it
UNDERSTOOD = 0.6  # share of the speech that must be found on the other side; of other people's speech 0.1 is found


class Partner(Protocol):
    """Whoever a citizen talks with: says what their microphone brings, and keeps what they heard."""

    @property
    def voice(self) -> audio.Sound:
        """What their microphone says, over and over."""

    def mark(self) -> int:
        """A place in what they heard so far."""

    def heard_since(self, mark: int) -> audio.Sound:
        """What they heard since."""


class Citizen(ABC):
    """Somebody who calls. `name` is for messages, `sounds` are the product's prompts."""

    alike = ALIKE

    def __init__(self, name: str, sounds: Path) -> None:
        self.name = name
        self._sounds = sounds
        self._place = 0  # samples of what was heard that the story has already spoken of

    @abstractmethod
    def heard(self) -> audio.Sound:
        """Everything heard in this call."""

    @abstractmethod
    def find_call(self) -> LedgerRow | None:
        """The product's own row of their last call."""

    @abstractmethod
    def timeline(self) -> list[str]:
        """What this side saw of the call."""

    def hears(self, prompt: str, language: str, *, seconds: float = 20, enough: float = 2.4) -> Self:
        """Hears `enough` seconds of a prompt's beginning after whatever the story has spoken of before."""
        expected = audio.read(self._sounds / language / f"{prompt}.alaw")
        best, searched = audio.Found(0, 0), self._place
        deadline = time.monotonic() + seconds
        while True:
            heard, begin = self.heard(), max(self._place, searched - OVERLAP)
            found = audio.find_prompt(expected, heard[begin:], seconds=enough)
            if found.alike > best.alike:
                best = audio.Found(found.alike, begin + found.at)
            if best.alike >= self.alike:
                break
            searched = heard.size
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.name} did not hear {language}/{prompt} within {seconds:g} s: "
                    f"the likest place is {best.alike:.2f} alike; {self._describe_heard()}"
                )
            time.sleep(0.2)
        self._place = best.at + audio.RATE // 4
        return self

    def does_not_hear(self, prompt: str, language: str, *, enough: float = 2.4) -> None:
        """Has not heard `enough` seconds of a prompt's beginning in all of this call; so much was heard at least."""
        expected, heard = audio.read(self._sounds / language / f"{prompt}.alaw"), self.heard()
        assert heard.size >= enough * audio.RATE, f"{self.name} has heard too little to tell"
        found = audio.find_prompt(expected, heard, seconds=enough)
        assert found.alike < self.alike, f"{self.name} heard {language}/{prompt}"

    def waits_in(self, queue: str, *, seconds: float = 15) -> Self:
        """Is waiting in a queue, as the product's ledger has it."""
        wait_for(
            f"{self.name} to wait in {queue}",
            lambda: (row := self.find_call()) and row["state"] == "queued" and row["queue"] == queue,
            seconds=seconds,
        )
        return self

    @property
    def call(self) -> LedgerRow:
        """The call as the product's ledger has it now."""
        return wait_for(f"a call of {self.name} in the ledger", self.find_call) or {}

    def ends_as(self, fate: str, *, seconds: float = 20) -> LedgerRow:
        """The ledger's row of the call, once it has ended with this fate."""
        wait_for(f"the call of {self.name} to end", lambda: self.call["state"] == "ended", seconds=seconds)
        call = self.call
        assert call["fate"] == fate, f"the call of {self.name} ended as {call['fate']}, not {fate}"
        return call

    def forgets_what_was_heard(self) -> None:
        """From now on only what comes later counts."""
        self._place = self.heard().size

    def _describe_heard(self) -> str:
        heard = self.heard()[self._place :]
        if audio.is_silent(heard):
            return f"{heard.size / audio.RATE:.1f} s of silence were heard"
        found = ((audio.find_prompt(audio.read(path), heard), path) for path in sorted(self._sounds.rglob("*.alaw")))
        alike = [(result.alike, f"{path.parent.name}/{path.stem}") for result, path in found if result.alike > 0.7]
        names = ", ".join(name for _, name in sorted(alike, reverse=True)[:3])
        return f"{heard.size / audio.RATE:.1f} s were heard: {names or 'no prompt of ours'}"
