"""What is different between two versions of menus, part by part. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ivr.model import Action, Menus
from staff.hours import as_typed

Kind = Literal["action", "prompts", "text", "flag", "announcement", "duty"]


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that a document says, and as what it is to be shown."""

    kind: Kind
    said: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One part that is not the same: `place` as in `ivr.contents`; None where it was not or is no longer there."""

    place: str
    aspect: str
    before: Value | None
    after: Value | None


def differences(before: Menus, after: Menus) -> list[Change]:
    """Every change, in the order of the later document; what is gone comes last."""
    old, new = dict(_said(before)), dict(_said(after))
    places = [*new, *(place for place in old if place not in new)]
    return [Change(*place, old.get(place), new.get(place)) for place in places if old.get(place) != new.get(place)]


def _said(menus: Menus) -> Iterator[tuple[tuple[str, str], Value]]:
    for menu in menus.menus:
        place = f"menu:{menu.name}"
        for language, title in menu.titles.items():
            yield (place, f"title:{language}"), Value("text", title)
        if menu.greeting:
            yield (place, "greeting"), Value("prompts", menu.greeting)
        yield (place, "question"), Value("prompts", menu.question)
        yield (place, "attempts"), Value("text", str(menu.attempts))
        yield (place, "waits"), Value("text", f"{menu.waits.total_seconds():g}")
        yield (place, "staffed"), Value("flag", menu.staffed)
        for key, action in menu.choices.items():
            yield _action(f"key:{menu.name}:{key}", action)
        yield _action(f"key:{menu.name}:otherwise", menu.otherwise)
    yield from _times(menus)
    yield ("closed", "prompts"), Value("prompts", menus.closed.prompts)
    yield ("closed", "says_opening"), Value("flag", menus.closed.says_opening)
    yield _action("key::closed", menus.closed.then)
    yield ("closed", "general_queue"), Value("text", menus.general_queue)
    yield ("closed", "notice"), Value("prompts", (menus.notice,))


def _action(place: str, action: Action) -> tuple[tuple[str, str], Value]:
    return (place, "action"), Value("action", action)


def _times(menus: Menus) -> Iterator[tuple[tuple[str, str], Value]]:
    hours = menus.hours
    for weekday, spans in enumerate(hours.weekly):
        yield ("hours", f"weekday:{weekday}"), Value("text", as_typed(spans))
    yield ("hours", "public_holidays"), Value("flag", hours.public_holidays)
    for day, reason in hours.closed.items():
        yield ("hours", f"closed:{day}"), Value("text", reason)
    for day, spans in hours.special.items():
        yield ("hours", f"special:{day}"), Value("text", as_typed(spans))
    for number, announcement in enumerate(menus.announcements, 1):
        yield ("announcements", str(number)), Value("announcement", announcement)
    for roster in menus.rosters:
        for number, duty in enumerate(roster.duties, 1):
            yield (f"roster:{roster.name}", str(number)), Value("duty", duty)
        yield _action(f"roster:{roster.name}", roster.otherwise)
