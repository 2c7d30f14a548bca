"""The town's people: each telephones from a number of their own. Every verb waits for its own evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import numpy as np

from tests.town import audio
from tests.town.exchange import Exchange
from tests.town.line import Line
from tests.town.waiting import wait_for

LedgerRow = dict[str, Any]


class Partner(Protocol):
    """Whoever a person talks with: says what their microphone brings, and keeps what they heard."""

    @property
    def voice(self) -> audio.Sound:
        """What their microphone says, over and over."""

    def mark(self) -> int:
        """A place in what they heard so far."""

    def heard_since(self, mark: int) -> audio.Sound:
        """What they heard since."""


class Person:
    """One caller. `ledger` finds the product's own row of their last call; `sounds` are the product's prompts."""

    def __init__(
        self, exchange: Exchange, number: str, *, sounds: Path, ledger: Callable[[str], LedgerRow | None]
    ) -> None:
        self.number = number
        self.line = Line()
        self.identity: UUID = uuid4()
        self._exchange, self._sounds, self._ledger = exchange, sounds, ledger
        self._place = 0  # samples of what was heard that the story has already spoken of

    def dials(self, number: str, *, seconds: float = 10) -> Person:
        """Dials, and is answered by the product."""
        self.identity, self._place = uuid4(), 0
        self.line = self._exchange.originate(number, self.number, self.identity)
        wait_for(f"an answer to {self.number} from {number}", self.line.open.is_set, seconds=seconds)
        return self

    def hears(self, prompt: str, language: str, *, seconds: float = 12) -> Person:
        """Hears a prompt after whatever the story has spoken of before."""
        expected = audio.read(self._sounds / language / f"{prompt}.alaw")
        needed = 0.75
        best = audio.Found(0, 0)
        deadline = time.monotonic() + seconds
        while best.alike < needed:
            best = audio.find_prompt(expected, self.line.heard(self._place))
            if best.alike < needed and time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.number} did not hear {language}/{prompt} within {seconds:g} s: "
                    f"the likest place is {best.alike:.2f} alike; {self._describe_heard()}"
                )
            self.line.closed.wait(0.1)
        self._place += best.at + audio.RATE // 4
        return self

    def does_not_hear(self, prompt: str, language: str) -> None:
        """Has not heard a prompt since what the story spoke of last."""
        expected = audio.read(self._sounds / language / f"{prompt}.alaw")
        found = audio.find_prompt(expected, self.line.heard(self._place))
        assert found.alike < 0.75, f"{self.number} heard {language}/{prompt}"

    def presses(self, *keys: str) -> Person:
        """Presses keys, one after another; what was heard before counts no more."""
        for key in keys:
            self._place = self.line.position
            self._exchange.press(self.identity, key)
        return self

    def waits_in(self, queue: str, *, seconds: float = 12) -> Person:
        """Is waiting in a queue, as the product's ledger has it."""
        wait_for(
            f"{self.number} to wait in {queue}",
            lambda: (row := self._ledger(self.number)) and row["state"] == "queued" and row["queue"] == queue,
            seconds=seconds,
        )
        return self

    def says(self, sound: audio.Sound) -> audio.Sound:
        """Says something to its end."""
        self.line.say(sound)
        wait_for(f"{self.number} to finish speaking", self.line.says_nothing, seconds=sound.size / audio.RATE + 5)
        return sound

    def talks_with(self, partner: Partner, speech: audio.Sound, *, seconds: float) -> audio.Sound:
        """Speaks for that long; each hears what the other says. What this person said."""
        ours, theirs = self.line.position, partner.mark()
        said = np.resize(speech, int(seconds * audio.RATE))
        self.says(said)
        heard_by_us, heard_by_them = self.line.heard(ours), partner.heard_since(theirs)
        there = audio.share_heard(said, heard_by_them)
        here = audio.share_heard(heard_by_us[audio.RATE // 2 :], np.tile(partner.voice, 2))
        assert there >= 0.7, f"the operator heard only {there:.0%} of what {self.number} said"
        assert here >= 0.7, f"only {here:.0%} of what {self.number} heard is the operator's voice"
        return said

    def hangs_up(self) -> None:
        """Hangs up."""
        self._exchange.hang_up(self.identity)
        wait_for(f"the line of {self.number} to be free", self.line.closed.is_set, seconds=5)

    def is_sent_away(self, *, seconds: float = 15) -> None:
        """The product ends the call."""
        wait_for(f"the product to end the call of {self.number}", self.line.closed.is_set, seconds=seconds)

    @property
    def call(self) -> LedgerRow:
        """The call as the product's ledger has it now."""
        return wait_for(f"a call of {self.number} in the ledger", lambda: self._ledger(self.number), seconds=5)

    def ends_as(self, fate: str, *, seconds: float = 8) -> LedgerRow:
        """The ledger's row of the call, once it has ended with this fate."""
        wait_for(f"the call of {self.number} to end", lambda: self.call["state"] == "ended", seconds=seconds)
        call = self.call
        assert call["fate"] == fate, f"the call of {self.number} ended as {call['fate']}, not {fate}"
        return call

    def timeline(self) -> list[str]:
        """What the town's exchange saw of the call."""
        kept = ("Timestamp", "Event", "ChannelStateDesc", "Digit", "Direction", "Cause-txt")
        return [" ".join(event.get(name, "") for name in kept) for event in self._exchange.happened(self.identity)]

    def _describe_heard(self) -> str:
        heard = self.line.heard(self._place)
        if audio.is_silent(heard):
            return f"{heard.size / audio.RATE:.1f} s of silence were heard"
        found = ((audio.find_prompt(audio.read(path), heard), path) for path in sorted(self._sounds.rglob("*.alaw")))
        alike = [(result.alike, f"{path.parent.name}/{path.stem}") for result, path in found if result.alike > 0.75]
        names = ", ".join(name for _, name in sorted(alike, reverse=True)[:3])
        return f"{heard.size / audio.RATE:.1f} s were heard: {names or 'no prompt of ours'}"
