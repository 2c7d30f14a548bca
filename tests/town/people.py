"""The town's people: each telephones from a number of their own, over the town's exchange."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from uuid import UUID, uuid4

import numpy as np

from tests.town import audio
from tests.town.citizen import ALIKE, UNDERSTOOD, Citizen, LedgerRow, Partner
from tests.town.exchange import Exchange
from tests.town.line import Line
from tests.town.waiting import wait_for

FINGER = 0.25  # seconds that a finger needs from one key to the next
UNDER_WAY = audio.RATE  # samples: what somebody said comes to another telephone within a second
NUMBERS = {"khm": ("1580", "uk"), "dtm": ("1414", "uz")}  # each organisation's, and the language of its welcome
TOPICS = {
    "khm-heating": "2",
    "khm-roads": "3",
    "khm-general": "4",
    "dtm-certificates": "2",
    "dtm-appeals": "3",
}  # the key that leads to a queue


def digits(number: str) -> str:
    """A number without what people write between its digits."""
    return "".join(sign for sign in number if sign.isdigit())


class Person(Citizen):
    """One caller with a telephone."""

    def __init__(
        self, exchange: Exchange, number: str, *, sounds: Path, ledger: Callable[[str], LedgerRow | None]
    ) -> None:
        super().__init__(number, sounds)
        self.number = number
        self.line = Line()
        self.identity: UUID = uuid4()
        self._exchange, self._ledger = exchange, ledger

    def dials(self, number: str, *, seconds: float = 20) -> Self:
        """Dials, and is answered by the product."""
        self.identity, self._place = uuid4(), 0
        self.line = self._exchange.originate(number, self.number, self.identity)
        wait_for(f"an answer to {self.number} from {number}", self.line.open.is_set, seconds=seconds)
        return self

    def hears_the_topics_of(self, organisation: str) -> Self:
        """Dials and goes on in the language of the number, to the second menu."""
        number, language = NUMBERS[organisation]
        self.dials(number).hears(f"{organisation}-welcome", language).presses("1")
        return self.hears(f"{organisation}-topics", language)

    def is_called(self, *, seconds: float = 15) -> Self:
        """The telephone rings: the product calls this number."""
        self.identity, self._place = uuid4(), 0
        wait_for(f"a call to {self.number}", lambda: self._exchange.rings(self.number, self.identity), seconds=seconds)
        return self

    def answers(self) -> Self:
        """Takes up the telephone that rings."""
        self.line = self._exchange.answer(self.identity)
        wait_for(f"the line of {self.number} to open", self.line.open.is_set)
        return self

    def rejects(self) -> None:
        """Presses the call away."""
        self._exchange.reject(self.identity)

    def asks_for(self, queue: str) -> Self:
        """Dials and presses the keys that lead to a queue."""
        return self.hears_the_topics_of(queue.partition("-")[0]).presses(TOPICS[queue])

    def heard(self) -> audio.Sound:
        """Everything the telephone brought."""
        return self.line.heard()

    def find_call(self) -> LedgerRow | None:
        """The last call of this number."""
        return self._ledger(self.number)

    def heard_the_end_of(self, prompt: str, language: str) -> datetime:
        """When the last sound of a prompt came out of this telephone, by the town's clock."""
        expected = audio.read(self._sounds / language / f"{prompt}.alaw")
        begun = audio.find_prompt(expected, self.line.heard()).at
        last = begun + audio.trimmed(expected).size
        wait_for(f"the end of {prompt} at {self.number}", lambda: self.line.position > last)
        return datetime.now(UTC) - timedelta(seconds=self.line.clock() - self.line.arrived(last))

    @property
    def dialled_at(self) -> datetime:
        """When the telephone began to call, by the town's exchange."""
        return self._exchange.time_of(self.identity, "Newchannel")

    @property
    def answered_at(self) -> datetime:
        """When the product answered the telephone."""
        return self._exchange.time_of(self.identity, "Newstate", ChannelStateDesc="Up")

    @property
    def went_at(self) -> datetime:
        """When the telephone's call was over."""
        return self._exchange.time_of(self.identity, "Hangup")

    def presses(self, *keys: str) -> Self:
        """Presses keys, one after another; what was heard before counts no more."""
        for key in keys:
            self.forgets_what_was_heard()
            self._exchange.press(self.identity, key)
            time.sleep(FINGER)
        return self

    def says(self, sound: audio.Sound) -> audio.Sound:
        """Says something to its end."""
        self.line.say(sound)
        wait_for(f"{self.number} to finish speaking", self.line.says_nothing, seconds=sound.size / audio.RATE + 5)
        return sound

    def talks_with(self, partner: Partner, speech: audio.Sound, *, seconds: float) -> audio.Sound:
        """Speaks for that long; each hears what the other says. What this person said."""
        ours, theirs = self.line.position, partner.mark()
        said = self.says(np.resize(speech, int(seconds * audio.RATE)))
        heard_by_us, heard_by_them = self.line.heard(ours), partner.heard_since(theirs)
        there = audio.share_heard(said, heard_by_them)
        here = audio.share_heard(heard_by_us[audio.RATE // 2 :], audio.repeated(partner.voice))
        assert there >= UNDERSTOOD, f"the operator heard only {there:.0%} of what {self.number} said"
        assert here >= UNDERSTOOD, f"only {here:.0%} of what {self.number} heard is the operator's voice"
        return said

    def is_understood_by(self, other: Person, speech: audio.Sound, *, seconds: float) -> None:
        """Speaks for that long, and once more where it was not understood: another telephone of the town brings it."""
        shares: list[float] = []  # of what was said, one for each time

        def speaks() -> bool:
            place = other.line.position
            said = self.says(np.resize(speech, int(seconds * audio.RATE)))
            end = other.line.position + UNDER_WAY
            wait_for(f"the sound to come to {other.number}", lambda: other.line.position > end)
            shares.append(audio.share_heard(said, other.line.heard(place)))
            return shares[-1] >= UNDERSTOOD

        try:
            wait_for(f"{other.number} to hear {self.number}", speaks, seconds=5 * seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; heard of what was said: {shares}") from None

    def hears_nothing(self, *, seconds: float = 2) -> None:
        """So long there is silence on the line; what was on its way may still be heard before."""
        wait_for(f"silence on the line of {self.number}", lambda: audio.is_silent(self._last(seconds)))

    def hears_voice(self, voice: audio.Sound, *, seconds: float = 3) -> None:
        """So long somebody's voice is heard, and little else."""
        wait_for(
            f"{self.number} to hear the voice",
            lambda: (
                (heard := self._last(seconds)).size
                and not audio.is_silent(heard)
                and audio.share_heard(heard, audio.repeated(voice)) >= UNDERSTOOD
            ),
            every=0.5,
        )

    def hears_music(self, music: audio.Sound, *, seconds: float = 2) -> None:
        """So long music is heard and nothing else."""
        wait_for(
            f"music on the line of {self.number}",
            lambda: (heard := self._last(seconds)).size and audio.find(heard, music).alike >= ALIKE,
            every=0.3,
        )

    def gets_key(self, key: str) -> None:
        """The other side presses a key of their telephone, which this telephone understands (RFC 4733)."""
        wait_for(f"the key {key} at {self.number}", lambda: key in self._exchange.keys_heard(self.identity))

    def _last(self, seconds: float) -> audio.Sound:
        """What was heard lately; nothing before so much has come since the story last spoke of a sound."""
        wanted = int(seconds * audio.RATE)
        heard = self.line.heard(self._place)
        return heard[-wanted:] if heard.size >= wanted else heard[:0]

    def hangs_up(self) -> None:
        """Hangs up."""
        self._exchange.hang_up(self.identity)
        wait_for(f"the line of {self.number} to be free", self.line.closed.is_set)

    def is_sent_away(self, *, seconds: float = 15) -> None:
        """The product ends the call."""
        wait_for(f"the product to end the call of {self.number}", self.line.closed.is_set, seconds=seconds)

    def timeline(self) -> list[str]:
        """What the town's exchange saw of the call."""
        kept = ("Timestamp", "Event", "ChannelStateDesc", "Digit", "Direction", "Cause-txt")
        return [" ".join(event.get(name, "") for name in kept) for event in self._exchange.happened(self.identity)]
