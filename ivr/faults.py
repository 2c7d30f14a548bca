"""What is wrong with menus, each fault with the place where it is mended; nothing here asks the database."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr import contents
from ivr.model import KEYS, AskCallback, Duty, Menu, Menus, Roster, Span, Speak, ToDuty, ToMenu, ToScript
from web.languages import later

MOST_MENUS = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why menus cannot be spoken. `words` is a message of the catalogue, `place` a part of the document."""

    words: str
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = self.words % self.values
        return f"{self.place}: {said}" if self.place else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What menus name and the organisation has, or has not."""

    languages: Collection[str]  # of the organisation
    queues: Collection[str]
    numbers: Mapping[str, str] = field(default_factory=dict)  # dialled number: the menu it begins with
    sounds: Mapping[str, Collection[str]]  # by language: the prompts that can be heard


def unreadable(menus: Menus) -> Iterator[Fault]:
    """Faults with which a document cannot even be edited."""
    names = [menu.name for menu in menus.menus]
    if not names:
        yield Fault(later("there is no menu"))
    if len(names) > MOST_MENUS:
        yield Fault(
            later("there are %(count)s menus, the most is %(most)s"), "", {"count": len(names), "most": MOST_MENUS}
        )
    for kind, named in (("menu", names), ("roster", [roster.name for roster in menus.rosters])):
        twice = later("two menus are called %(name)s") if kind == "menu" else later("two rosters are called %(name)s")
        bad = later("%(name)s is no name of a menu") if kind == "menu" else later("%(name)s is no name of a roster")
        seen: set[str] = set()
        for name in named:
            if name in seen:
                yield Fault(twice, "", {"name": name})
            seen.add(name)
            if not contents.CODE.fullmatch(name):
                yield Fault(bad, "", {"name": name})
    if len(menus.hours.weekly) != 7:
        yield Fault(later("the week needs seven days, Monday first"), "hours")
    for menu in menus.menus:
        for key in menu.choices:
            if len(key) != 1 or key not in KEYS:
                yield Fault(later("%(key)s is no key"), f"menu:{menu.name}", {"key": key[:20]})
        if not 1 <= menu.attempts <= 10:
            yield Fault(later("between 1 and 10 attempts"), f"menu:{menu.name}")
        if not 1 <= menu.waits.total_seconds() <= 60:
            yield Fault(later("waits between 1 and 60 seconds"), f"menu:{menu.name}")


def unsound(menus: Menus) -> Iterator[Fault]:
    """Faults that can be told from the document alone."""
    names = {menu.name for menu in menus.menus}
    rosters = {roster.name for roster in menus.rosters}
    for menu in menus.menus:
        yield from _of_menu(menu)
    for place, action in contents.actions(menus):
        if isinstance(action, ToMenu | Speak) and action.menu not in names:
            yield Fault(later("there is no menu %(name)s"), place, {"name": action.menu})
        if isinstance(action, ToScript) and action.script not in contents.SCRIPTS:
            yield Fault(later("there is no self-service %(name)s"), place, {"name": action.script})
        if isinstance(action, ToDuty) and action.roster not in rosters:
            yield Fault(later("there is no roster %(name)s"), place, {"name": action.roster})
    yield from _of_the_night(menus)
    yield from _circles(menus)
    yield from _of_hours(menus)
    yield from _misnamed(menus)


def _of_menu(menu: Menu) -> Iterator[Fault]:
    place = f"menu:{menu.name}"
    if not menu.question:
        yield Fault(later("the question has no prompt"), place)
    if isinstance(menu.otherwise, ToMenu | Speak | AskCallback) and menu.staffed:
        words = later("after too many wrong keys a person or a goodbye, not another question")
        yield Fault(words, f"key:{menu.name}:otherwise")


def _of_the_night(menus: Menus) -> Iterator[Fault]:
    then = menus.closed.then
    night = next((menu for menu in menus.menus if isinstance(then, ToMenu) and menu.name == then.menu), None)
    if night is not None and night.staffed:
        yield Fault(later("the menu %(name)s is itself only for opening hours"), "key::closed", {"name": night.name})


def _circles(menus: Menus) -> Iterator[Fault]:
    """Somebody who presses nothing is passed on by `otherwise`; they must arrive somewhere."""
    silent = {m.name: m.otherwise.menu for m in menus.menus if isinstance(m.otherwise, ToMenu | Speak)}
    settled: set[str] = set()
    for start in silent:
        way: list[str] = []
        name = start
        while name in silent and name not in settled and name not in way:
            way.append(name)
            name = silent[name]
        if name in way:
            circle = [*way[way.index(name) :], name]
            shown = " → ".join(circle if len(circle) <= 8 else [*circle[:4], "…", *circle[-3:]])
            words = later("who presses nothing goes round for ever: %(menus)s")
            yield Fault(words, f"key:{name}:otherwise", {"menus": shown})
        settled |= set(way)


def _of_hours(menus: Menus) -> Iterator[Fault]:
    for spans in (*menus.hours.weekly, *menus.hours.special.values()):
        for span in spans:
            if not _runs_forward(span):
                yield Fault(later("%(since)s–%(until)s ends before it begins"), "hours", _times(span))
    for said in menus.announcements:
        if said.first_day and said.last_day and said.last_day < said.first_day:
            yield Fault(later("the last day is before the first"), "announcements")
        if said.during and not _runs_forward(said.during):
            yield Fault(later("%(since)s–%(until)s ends before it begins"), "announcements", _times(said.during))
    for roster in menus.rosters:
        for duty in roster.duties:
            yield from _of_duty(roster, duty)


def _of_duty(roster: Roster, duty: Duty) -> Iterator[Fault]:
    place = f"roster:{roster.name}"
    if duty.first_day and duty.last_day and duty.last_day < duty.first_day:
        yield Fault(later("the last day is before the first"), place)
    if any(day not in range(7) for day in duty.weekdays):
        yield Fault(later("weekdays are 0 for Monday to 6 for Sunday"), place)


def _runs_forward(span: Span) -> bool:
    return span.since < span.until or not (span.until.hour or span.until.minute)


def _times(span: Span) -> dict[str, str]:
    return {"since": f"{span.since:%H:%M}", "until": f"{span.until:%H:%M}"}


def _misnamed(menus: Menus) -> Iterator[Fault]:
    for name in sorted(contents.prompts(menus)):
        if not contents.PROMPT.fullmatch(name):
            yield Fault(later("%(name)s is no name of a prompt"), "", {"name": name[:70]})
    for name in sorted(contents.queues(menus)):
        if not contents.QUEUE.fullmatch(name):
            yield Fault(later("%(name)s is no name of a queue"), "", {"name": name[:70]})
    for name in sorted(contents.topics(menus)):
        if not contents.QUEUE.fullmatch(name):
            yield Fault(later("%(name)s is no name of a topic"), "", {"name": name[:70]})
    reasons = "".join(menus.hours.closed.values())
    if "\x00" in reasons or any(len(reason) > 200 for reason in menus.hours.closed.values()):
        yield Fault(later("the reason of a day off is not understood"), "hours")


def out_of_place(menus: Menus, here: Surroundings) -> Iterator[Fault]:
    """What the menus name and the organisation does not have."""
    names = {menu.name for menu in menus.menus}
    for number, menu in here.numbers.items():
        if menu not in names:
            words = later("calls to %(number)s begin with the menu %(menu)s, which is not there")
            yield Fault(words, "", {"number": number, "menu": menu})
    for place, queue in contents.led_to(menus):
        if queue not in here.queues:
            yield Fault(later("there is no queue %(name)s"), place, {"name": queue})
    for place, action in contents.actions(menus):
        if isinstance(action, Speak) and action.language not in here.languages:
            words = later("the organisation does not speak %(language)s")
            yield Fault(words, place, {"language": action.language.value})
    for prompt in sorted(contents.prompts(menus)):
        missing = [language for language in here.languages if prompt not in here.sounds.get(language, ())]
        if missing:
            words = later("the prompt %(name)s cannot be heard in: %(languages)s")
            yield Fault(words, f"prompt:{prompt}", {"name": prompt, "languages": ", ".join(missing)})
