"""What a menu is: keys and what each does, opening hours, announcements. Values only; `ivr.walk` walks them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from calls.model import Language
from staff.hours import Span as Span

KEYS = "0123456789*#"


class CallerGone(Exception):
    """The caller hung up. Walks and scripts do not test for it."""


@dataclass(frozen=True, slots=True)
class ToQueue:
    """To the people who answer for this topic."""

    queue: str  # the organisation's own code of the queue, "water"
    topic: str | None = None
    kind: Literal["queue"] = "queue"


@dataclass(frozen=True, slots=True)
class ToMenu:
    menu: str
    kind: Literal["menu"] = "menu"


@dataclass(frozen=True, slots=True)
class ToScript:
    """To a self-service, by the name it has in `agi.scripts`."""

    script: str
    kind: Literal["script"] = "script"


@dataclass(frozen=True, slots=True)
class Say:
    """Information; afterwards the menu again, or a goodbye."""

    prompts: tuple[str, ...]
    topic: str | None = None
    then: Literal["menu", "hang_up"] = "menu"
    kind: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Speak:
    """From now on in this language, remembered for the caller's number."""

    language: Language
    menu: str
    kind: Literal["language"] = "language"


@dataclass(frozen=True, slots=True)
class Repeat:
    kind: Literal["repeat"] = "repeat"


@dataclass(frozen=True, slots=True)
class Operator:
    """To the general queue."""

    kind: Literal["operator"] = "operator"


@dataclass(frozen=True, slots=True)
class AskCallback:
    """Offers to be called back; out of hours this is kinder than a goodbye."""

    kind: Literal["callback"] = "callback"


@dataclass(frozen=True, slots=True)
class HangUp:
    kind: Literal["hang_up"] = "hang_up"


@dataclass(frozen=True, slots=True)
class ToDuty:
    """To whoever is on duty at this moment, by the roster of that name; opening hours do not matter."""

    roster: str
    topic: str | None = None
    kind: Literal["duty"] = "duty"


Action = ToQueue | ToMenu | ToScript | Say | Speak | Repeat | Operator | AskCallback | HangUp | ToDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A question with its keys. `*` repeats and `0` calls an operator unless the menu says otherwise."""

    name: str
    greeting: tuple[str, ...] = ()  # said once, on entering
    question: tuple[str, ...]
    choices: dict[str, Action]
    otherwise: Action = Operator()  # after too many wrong keys and silences
    attempts: int = 3
    waits: timedelta = timedelta(seconds=5)  # for a key, after the question
    staffed: bool = True  # leads to people: out of hours it is not entered
    titles: dict[Language, str] = field(default_factory=dict)  # what people call it on pages; the name is its code

    def action(self, key: str) -> Action | None:
        """What the key does; None for a key without a meaning here."""
        implied: dict[str, Action] = {"*": Repeat(), "0": Operator()}
        return self.choices.get(key) or implied.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When people answer, in the organisation's zone. `weekly` begins with Monday and has seven days."""

    weekly: tuple[tuple[Span, ...], ...]
    public_holidays: bool = True  # those of the organisation's country are closed
    closed: dict[date, str] = field(default_factory=dict)  # further closed days, with the reason
    special: dict[date, tuple[Span, ...]] = field(default_factory=dict)  # moved working days, short days; these win


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A queue that answers at certain times, local. `during` may pass midnight: it belongs to the day it begins."""

    queue: str
    first_day: date | None = None
    last_day: date | None = None
    weekdays: tuple[int, ...] = ()  # 0 is Monday; none: every day
    during: Span | None = None  # None: the whole day


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is on duty when: the first duty that fits the moment is taken. Nights are routed by one of these."""

    name: str
    duties: tuple[Duty, ...]
    otherwise: AskCallback | HangUp | Operator = AskCallback()  # when nobody is on duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a caller meets out of hours."""

    prompts: tuple[str, ...] = ("closed",)
    says_opening: bool = True  # "we open on Monday at eight"
    then: Action = HangUp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Useful information on the way to the queue: for a topic or for all, by date and by time of day."""

    prompts: tuple[str, ...]
    topic: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    during: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """Everything an organisation's callers may meet before a person answers: one published document."""

    menus: tuple[Menu, ...]
    hours: OpeningHours
    closed: Closed = Closed()
    general_queue: str = "general"
    notice: str = "recording-notice"  # always before the queue
    announcements: tuple[Announcement, ...] = ()
    rosters: tuple[Roster, ...] = ()

    def menu(self, name: str) -> Menu:
        """The menu of that name. KeyError when there is none; `ivr.document` lets no such name through."""
        for menu in self.menus:
            if menu.name == name:
                return menu
        raise KeyError(name)

    def roster(self, name: str) -> Roster:
        """The roster of that name. KeyError as with `menu`."""
        for roster in self.rosters:
            if roster.name == name:
                return roster
        raise KeyError(name)
