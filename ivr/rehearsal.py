"""What would a caller hear? A caller made of a list of keys, for the page of menus and for tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from calls.events import CallEvent
from calls.model import Language
from ivr import spoken
from ivr.model import CallerGone
from ivr.walk import Caller, End, Line, Script, Settled, walk

SILENCE = "-"  # in place of a key: the caller waits


@dataclass(frozen=True, slots=True)
class Heard:
    """One prompt in one language, to its end or until a key."""

    prompt: str
    language: Language
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the caller did at a question: a key, several, or nothing."""

    keys: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What the journal would hold."""

    event: type[CallEvent]
    facts: Mapping[str, Any]


class Rehearsed:
    """Presses the keys in their order at each question, then is silent, or hangs up when told to."""

    def __init__(self, keys: Sequence[str], *, number: str = "+380501112233", hangs_up: bool = False) -> None:
        self.number = number
        self.story: list[Heard | Pressed | Noted] = []
        self._keys, self._hangs_up = list(keys), hangs_up
        self._language = Language.ENGLISH

    def speaks(self, language: Language) -> None:
        """Later prompts are heard in this language."""
        self._language = language

    def hears(self, *prompts: str) -> None:
        """All of them."""
        self.story += [Heard(prompt, self._language) for prompt in prompts]

    def is_asked(self, *prompts: str, wait: timedelta, digits: int = 1) -> str:
        """The next keys of the list. A pause that is no question (under a second) costs none of them."""
        self.story += [Heard(prompt, self._language) for prompt in prompts]
        if wait < timedelta(seconds=1):
            return ""
        if not self._keys and self._hangs_up:
            raise CallerGone
        pressed = self._keys.pop(0) if self._keys else SILENCE
        answer = "" if pressed == SILENCE else pressed[:digits]
        self.story.append(Pressed(answer))
        return answer

    def notes(self, event: type[CallEvent], /, **facts: Any) -> None:
        """Kept for the story."""
        self.story.append(Noted(event, facts))

    @property
    def heard(self) -> list[str]:
        """The names of the prompts, in order."""
        return [step.prompt for step in self.story if isinstance(step, Heard)]

    @property
    def noted(self) -> list[tuple[str, dict[str, Any]]]:
        """What the journal would hold, by the events' names."""
        return [(step.event.__name__, dict(step.facts)) for step in self.story if isinstance(step, Noted)]


def rehearse(
    line: Line,
    keys: Sequence[str],
    *,
    at: datetime,
    scripts: Mapping[str, Script],
    remembered: Language | None = None,
) -> tuple[Rehearsed, End | None]:
    """The story of such a call and where it ends; None when the caller hung up."""
    caller = Rehearsed(keys)
    now: Callable[[], datetime] = lambda: at  # noqa: E731 -- a clock that stands still
    try:
        return caller, walk(caller, line, now=now, remembered=remembered, scripts=scripts)
    except CallerGone:
        return caller, None


def _pretends(caller: Caller, _language: Language) -> Settled:
    """Asks as the self-service would; whatever is keyed in is found."""
    number = caller.is_asked("enter-appeal-number", wait=timedelta(seconds=6), digits=8)
    if not number:
        return "not_settled"
    caller.hears("appeal-number", *spoken.digits(number), "appeal-state-in-work")
    return "settled"


def _pretends_no_works(caller: Caller, _language: Language) -> Settled:
    """Says that there are none, and offers the operator."""
    caller.hears("works-none")
    return "operator" if caller.is_asked("works-operator", wait=timedelta(seconds=4)) == "0" else "settled"


PRETENDED: dict[str, Script] = {
    "appeal-status": _pretends,
    "current-works": _pretends_no_works,
}  # self-services without a database
