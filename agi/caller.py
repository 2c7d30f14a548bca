"""The caller on the line: `ivr.walk.Caller` spoken in AGI.

A key must be answered at once, so a question costs one command for each prompt and one to wait; the dead man's switch
is only set again when it would strike before the next prompt has ended.
"""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any

from agi.session import Session
from calls.events import CallEvent
from calls.model import CallId, Language
from ivr.model import KEYS

AHEAD = timedelta(seconds=30)  # so far beyond what is about to be played the switch is set
SLACK = timedelta(seconds=10)  # must be left when something begins
MILLISECOND = timedelta(milliseconds=1)

PromptLength = Callable[[str, Language], timedelta]


class LineCaller:
    """Somebody whose channel Asterisk lent us."""

    def __init__(
        self, agi: Session, *, call: CallId, number: str, declared: bool, code: str, length: PromptLength
    ) -> None:
        self._agi, self._call, self._code, self._length = agi, call, code, length
        self._number, self._declared = number, declared
        self._language = Language.ENGLISH
        self._strikes_at = 0.0  # monotonic; the dialplan's own time is not known, so it is set at the first step

    @property
    def number(self) -> str:
        """As the dialplan cleaned it: digits, perhaps a plus."""
        return self._number

    @property
    def own_number(self) -> str:
        """The same as far as it is theirs; "" for one that they only say, which may be anybody's."""
        return "" if self._declared else self._number

    def speaks(self, language: Language) -> None:
        """Asterisk looks for the organisation's studio recording first, then for the spoken prompt."""
        self._language = language
        self._agi.set_variable("CHANNEL(language)", f"{language}_{self._code}")

    def hears(self, *prompts: str) -> None:
        """Plays them to the end."""
        for prompt in prompts:
            self._keeps_alive(self._length(prompt, self._language))
            self._agi.stream_file(prompt)

    def is_asked(self, *prompts: str, wait: timedelta, digits: int = 1) -> str:
        """Plays the prompts and waits; a key ends both."""
        if digits > 1:
            return self._keys_in(prompts, wait, digits)
        for prompt in prompts:
            self._keeps_alive(self._length(prompt, self._language) + wait)
            if key := self._agi.stream_file(prompt, KEYS):
                return str(key)
        return str(self._agi.wait_for_digit(wait // MILLISECOND))

    def _keys_in(self, prompts: tuple[str, ...], wait: timedelta, digits: int) -> str:
        """Several digits are read by one command: between two commands Asterisk throws a key away."""
        *before, question = prompts
        self.hears(*before)
        self._keeps_alive(self._length(question, self._language) + wait * digits)
        return str(self._agi.get_data(question, wait // MILLISECOND, digits)).rstrip("#")

    def notes(self, event: type[CallEvent], /, **facts: Any) -> None:
        """A UserEvent with the event's name; translate turns it into the event."""
        told = [f"{_camel(name)}: {_clean(value)}" for name, value in facts.items()]
        self._agi.exec_command("UserEvent", event.__name__, f"Call: {self._call}", *told)

    def sets(self, **variables: str) -> None:
        """Channel variables for the dialplan; names are written in lower case here."""
        for name, value in variables.items():
            self._agi.set_variable(name.upper(), value)

    def _keeps_alive(self, needed: timedelta) -> None:
        now = time.monotonic()
        if self._strikes_at < now + (needed + SLACK).total_seconds():
            ahead = (needed + AHEAD).total_seconds()
            self._agi.set_variable("TIMEOUT(absolute)", str(round(ahead)))
            self._strikes_at = now + ahead


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _clean(value: Any) -> str:
    """Nothing a caller gave can end the header or begin another."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.value if isinstance(value, Enum) else str(value)
    return re.sub(r"[^A-Za-z0-9 _+.:#*-]", "", text)[:100]
