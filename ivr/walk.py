"""Walks one caller through the menus. Pure: needs only a `Caller`, so tests press the keys themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, Protocol

from calls.events import (
    CallbackAsked,
    CallerSilent,
    CallEvent,
    FoundClosed,
    KeyPressed,
    LanguageChosen,
    MenuEntered,
    PromptHeard,
    SelfServiceUsed,
    TopicChosen,
)
from calls.model import Language
from ivr import spoken
from ivr.hours import on_duty, shut
from ivr.model import (
    Action,
    AskCallback,
    HangUp,
    Menu,
    Menus,
    Operator,
    Repeat,
    Say,
    Speak,
    ToDuty,
    ToMenu,
    ToQueue,
    ToScript,
)
from staff.hours import within

LONGEST_WALK = 60  # menus entered and questions asked; then a person, whatever is pressed
INFORMATION_PAUSE = timedelta(milliseconds=300)  # after a piece of information, before the next
OFFER_WAITS = timedelta(seconds=4)
NUMBER_DIGITS = range(5, 16)  # of a number to call back: from a short city number to E.164


class Caller(Protocol):
    """Somebody on the line. Every method raises `CallerGone` when they hang up."""

    @property
    def number(self) -> str:
        """As the network gave it; "" when withheld."""
        ...

    def speaks(self, language: Language) -> None:
        """From now on the prompts are in this language."""

    def hears(self, *prompts: str) -> None:
        """Hears all of them; keys change nothing."""

    def is_asked(self, *prompts: str, wait: timedelta, digits: int = 1) -> str:
        """Hears the prompts, the last one being a question; a key ends them at once. "" after `wait` of silence.

        With more `digits` the answer ends at that many, at `#`, or after `wait` without a further one.
        """
        ...

    def notes(self, event: type[CallEvent], /, **facts: Any) -> None:
        """For the journal."""


Settled = Literal["settled", "not_settled", "operator"]
Script = Callable[[Caller, Language], Settled]


@dataclass(frozen=True, slots=True)
class Urgent:
    """An emergency announcement: every caller hears it first, as soon as the language is known, until its end.

    One for some queues is heard by who comes to one of them, before they wait.
    """

    prompt: str
    since: datetime
    until: datetime
    offers_callback: bool = False  # before the queue, at once
    queues: frozenset[str] = frozenset()  # the organisation's own codes; none: everybody's

    def is_on(self, now: datetime) -> bool:
        """Whether callers of this moment hear it."""
        return self.since <= now < self.until

    def is_for(self, queue: str | None) -> bool:
        """Whether who comes to this queue hears it; None is somebody whose queue is not known yet."""
        return not self.queues or queue in self.queues


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The number dialled and whose it is: all that a walk needs to know of an organisation."""

    organisation: int
    code: str
    zone: str  # IANA
    country: str
    language: Language  # in which a call to this number begins
    menu: str  # with which it begins
    menus: Menus
    urgent: Urgent | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Where the walk ended. `queue` is the organisation's own code and only set for `queue`."""

    next: Literal["queue", "hangup"]
    language: Language
    queue: str | None = None
    topic: str | None = None


class _Done(Exception):
    """Leaves the walk from any depth."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


def walk(
    caller: Caller,
    line: Line,
    *,
    now: Callable[[], datetime],
    remembered: Language | None = None,
    scripts: Mapping[str, Script],
) -> End:
    """The caller's way to a queue, a self-service or a goodbye. `remembered` is their language of last time."""
    try:
        _Walk(caller, line, now, remembered, scripts).begins()
    except _Done as done:
        return done.end
    raise AssertionError("a walk ends by saying where")


class _Walk:
    """One walk: the language, what was already settled, and how long it has lasted."""

    def __init__(
        self,
        caller: Caller,
        line: Line,
        now: Callable[[], datetime],
        remembered: Language | None,
        scripts: Mapping[str, Script],
    ) -> None:
        self.caller, self.line, self.menus, self.now, self.scripts = caller, line, line.menus, now, scripts
        self.language = line.language
        self.remembered = remembered
        self.served = False  # heard an information or used a self-service: silence is now a goodbye
        self.pressed = ""  # while an information was spoken: the answer to the question before it is asked again
        self.found_closed = False
        self.warned = False
        self.steps = 0

    def begins(self) -> None:
        """The first menu; a remembered language stands for the key that chooses it."""
        self.caller.speaks(self.language)
        menu = self.menus.menu(self.line.menu)
        for action in menu.choices.values():
            if isinstance(action, Speak) and action.language == self.remembered:
                self._speaks(action.language, remembered=True)
                self.enters(self.menus.menu(action.menu), greeting=menu.greeting)
        self.enters(menu)

    def enters(self, menu: Menu, greeting: tuple[str, ...] = ()) -> None:
        """Asks the menu's question until an action leads away."""
        if not any(isinstance(action, Speak) for action in menu.choices.values()):
            greeting = self._warns(greeting)
        if menu.staffed:
            self._checks_hours(greeting)
        self.caller.notes(MenuEntered, menu=menu.name)
        said, misses = (*greeting, *menu.greeting), 0
        while misses < menu.attempts:
            self._tires()
            early, self.pressed = self.pressed, ""
            key = early if menu.action(early) else self.caller.is_asked(*said, *menu.question, wait=menu.waits)
            said = ()
            action = self._understands(menu, key)
            if action is None:
                if self.served and not key:
                    self._says_goodbye()
                misses += 1
                said = ("wrong-key",) if key else ("nothing-pressed",)
            elif isinstance(action, HangUp):
                self._lets_go()
            elif not isinstance(action, Repeat):
                self.does(action, menu)
                misses = 0
        self.does(menu.otherwise, menu)
        self._ends_at_queue(self.menus.general_queue, None)  # a document's `otherwise` may be information only

    def does(self, action: Action, menu: Menu) -> None:
        """What a key leads to. Returns only to ask the menu's question again."""
        match action:
            case ToQueue(queue=queue, topic=topic):
                self._to_people(queue, topic)
            case Operator():
                self._to_people(self.menus.general_queue, None, first=("to-operator",))
            case ToMenu(menu=name):
                self.enters(self.menus.menu(name))
            case Speak(language=language, menu=name):
                self._speaks(language, remembered=False)
                self.enters(self.menus.menu(name))
            case Say():
                self._informs(action)
            case ToScript(script=name):
                self._serves(name)
            case ToDuty():
                self._to_duty(action, menu)
            case AskCallback():
                self._asks_callback()
            case HangUp():
                self._says_goodbye()
            case Repeat():
                pass

    def _understands(self, menu: Menu, key: str) -> Action | None:
        if not key:
            self.caller.notes(CallerSilent, menu=menu.name)
            return None
        action = menu.action(key)
        self.caller.notes(KeyPressed, menu=menu.name, key=key, accepted=action is not None)
        return action

    def _speaks(self, language: Language, *, remembered: bool) -> None:
        self.language = language
        self.caller.speaks(language)
        self.caller.notes(LanguageChosen, language=language, remembered=remembered)

    def _tires(self) -> None:
        self.steps += 1
        if self.steps > LONGEST_WALK:
            self._to_people(self.menus.general_queue, None, first=("to-operator",))

    def _checks_hours(self, greeting: tuple[str, ...] = ()) -> None:
        """Out of hours: says so once, in the organisation's name, and does what the document says for the night."""
        closed = self.menus.closed
        at = self.now()
        found = shut(self.menus.hours, at, self.line.zone, self.line.country)
        if found is None:
            return
        if self.found_closed:  # the night's own menu led to people again
            self._says_goodbye()
        self.found_closed = True
        self.caller.notes(FoundClosed, reason=found.reason)
        opens = found.opens_at
        when = ("opens-at", *spoken.moment(opens, self.language)) if closed.says_opening and opens else ()
        self.caller.hears(*greeting, *closed.prompts, *when)
        if isinstance(closed.then, ToQueue):  # somebody is on duty at night
            self._ends_at_queue(closed.then.queue, closed.then.topic)
        if isinstance(closed.then, Operator):
            self._ends_at_queue(self.menus.general_queue, None)
        self.does(closed.then, self.menus.menu(self.line.menu))
        self._says_goodbye()

    def _to_duty(self, action: ToDuty, menu: Menu) -> None:
        """To whoever is on duty, at any hour; else what the roster says."""
        roster = self.menus.roster(action.roster)
        duty = on_duty(roster, self.now(), self.line.zone)
        if duty is not None:
            self._ends_at_queue(duty.queue, action.topic)
        self.does(roster.otherwise, menu)

    def _warns(self, greeting: tuple[str, ...], queue: str | None = None) -> tuple[str, ...]:
        """An emergency is told once, after the greeting; what of the greeting is still to be said."""
        urgent = self.line.urgent
        if urgent is None or self.warned or not urgent.is_on(self.now()) or not urgent.is_for(queue):
            return greeting
        self.warned = True
        self.caller.hears(*greeting, urgent.prompt)
        self.caller.notes(PromptHeard, prompt=urgent.prompt)
        return ()

    def _to_people(self, queue: str, topic: str | None, first: tuple[str, ...] = ()) -> None:
        self._checks_hours()
        self._ends_at_queue(queue, topic, first)

    def _ends_at_queue(self, queue: str, topic: str | None, first: tuple[str, ...] = ()) -> None:
        """The notice of recording, to its end, then useful information, then the queue."""
        if topic is not None:
            self.caller.notes(TopicChosen, topic=topic)
        self._warns((), queue)
        first = self._offers_callback(queue, first)
        self.caller.hears(*first, self.menus.notice)
        self.caller.notes(PromptHeard, prompt=self.menus.notice)
        for prompt in self._announcements(topic):
            if self.caller.is_asked(prompt, wait=INFORMATION_PAUSE):
                break  # any key skips what is only useful
            self.caller.notes(PromptHeard, prompt=prompt)
        raise _Done(End("queue", self.language, queue, topic))

    def _offers_callback(self, queue: str, first: tuple[str, ...]) -> tuple[str, ...]:
        """In a surge: who presses 1 is called back and waits no more; what is still to be said to who does not."""
        urgent = self.line.urgent
        if urgent is None or not urgent.offers_callback or not urgent.is_on(self.now()) or not urgent.is_for(queue):
            return first
        if not self.caller.number:
            return first
        if self.caller.is_asked(*first, "callback-at-once", wait=OFFER_WAITS) == "1":
            self.caller.notes(CallbackAsked, number=self.caller.number, queue=f"{self.line.code}-{queue}")
            self._lets_go_with("callback-accepted")
        return ()

    def _announcements(self, topic: str | None) -> list[str]:
        local = spoken.local(self.now(), self.line.zone)
        return [
            prompt
            for said in self.menus.announcements
            if said.topic in (None, topic)
            and (said.first_day is None or said.first_day <= local.date())
            and (said.last_day is None or local.date() <= said.last_day)
            and (said.during is None or within(said.during, local.time()))
            for prompt in said.prompts
        ]

    def _informs(self, action: Say) -> None:
        if action.topic is not None:
            self.caller.notes(TopicChosen, topic=action.topic)
        for prompt in action.prompts:
            if key := self.caller.is_asked(prompt, wait=INFORMATION_PAUSE):
                self.pressed = key
                return  # heard enough
            self.caller.notes(PromptHeard, prompt=prompt)
        self.caller.notes(SelfServiceUsed, service="information", settled=True)
        self.served = True
        if action.then == "hang_up":
            self._says_goodbye()

    def _serves(self, name: str) -> None:
        outcome = self.scripts[name](self.caller, self.language)
        if outcome == "operator":
            self._to_people(self.menus.general_queue, None, first=("to-operator",))
        self.caller.notes(SelfServiceUsed, service=name, settled=outcome == "settled")
        self.served = self.served or outcome == "settled"

    def _asks_callback(self) -> None:
        """The number they call from, if they agree, or another one keyed in."""
        wait = timedelta(seconds=7)
        number = self.caller.number
        if not number or self.caller.is_asked("callback-confirm", *spoken.digits(number), wait=wait) != "1":
            number = self.caller.is_asked("callback-number", wait=wait, digits=NUMBER_DIGITS.stop - 1)
        if len(number.lstrip("+")) not in NUMBER_DIGITS:
            self.caller.hears("callback-refused")
            self._says_goodbye()
        self.caller.notes(CallbackAsked, number=number)
        self._lets_go_with("callback-accepted")

    def _lets_go(self) -> None:
        """Who presses the key of the goodbye has what they came for; behind closed doors they came for people."""
        if not self.found_closed:
            self.caller.notes(SelfServiceUsed, service="goodbye", settled=True)
        self._says_goodbye()

    def _says_goodbye(self) -> None:
        self._lets_go_with("goodbye")

    def _lets_go_with(self, prompt: str) -> NoReturn:
        self.caller.hears(prompt)
        raise _Done(End("hangup", self.language))
