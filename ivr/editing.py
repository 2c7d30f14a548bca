"""Changes to menus as values: each gives the menus with one part in place of another. Pure."""

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from datetime import time, timedelta
from typing import Any

from pydantic import TypeAdapter

from calls.model import Language
from ivr.model import (
    Action,
    Announcement,
    Closed,
    Menu,
    Menus,
    OpeningHours,
    Operator,
    Roster,
    Span,
)

NIGHT = "closed"  # in place of a key: what happens out of hours
OTHERWISE = "otherwise"  # in place of a key: after too many wrong ones

FIRST = Menus(
    menus=(Menu(name="main", question=("static-greeting",), choices={}),),
    hours=OpeningHours(weekly=((Span(time(0), time(0)),),) * 7, public_holidays=False),
)
"""What an organisation without menus begins to edit."""

_anything: TypeAdapter[Any] = TypeAdapter(Any)


def fingerprint(menus: Menus, place: str) -> str:
    """Changes when that part of the menus does: two people who change different parts do not disturb each other."""
    part = json.dumps(_anything.dump_python(_part(menus, place), mode="json"), sort_keys=True)
    return hashlib.sha256(part.encode()).hexdigest()[:16]


def _part(menus: Menus, place: str) -> Any:
    kind, _, name = place.partition(":")
    menu = next((menu for menu in menus.menus if menu.name == name.partition(":")[0]), None)
    match kind:
        case "key" if name == f":{NIGHT}":
            return menus.closed.then
        case "key":
            return menu and action_at(menu, name.rpartition(":")[2])
        case "menu":
            return menu and replace(menu, choices={}, otherwise=Operator())
        case "hours":
            return _hours(menus.hours)
        case "closed":
            return [menus.closed.prompts, menus.closed.says_opening, menus.general_queue, menus.notice]
        case "announcements":
            return menus.announcements
        case "roster":
            return next((roster for roster in menus.rosters if roster.name == name), None)
        case _:
            return None


def _hours(hours: OpeningHours) -> list[Any]:
    closed = [[str(day), reason] for day, reason in hours.closed.items()]
    return [hours.weekly, hours.public_holidays, closed, [[str(day), spans] for day, spans in hours.special.items()]]


def action_at(menu: Menu, key: str) -> Action | None:
    """What the key does by the document; None where it has no meaning of its own."""
    return menu.otherwise if key == OTHERWISE else menu.choices.get(key)


def with_action(menus: Menus, menu: str, key: str, action: Action | None) -> Menus:
    """Another meaning of a key; none takes it away. KeyError for a menu that is not there."""
    if key == NIGHT:
        assert action is not None, "out of hours something happens"
        return replace(menus, closed=replace(menus.closed, then=action))
    found = menus.menu(menu)
    if key == OTHERWISE:
        return with_menu(menus, replace(found, otherwise=action or Operator()))
    choices = {k: a for k, a in found.choices.items() if k != key}
    if action is not None:
        choices[key] = action
    return with_menu(menus, replace(found, choices=choices))


def with_menu(menus: Menus, menu: Menu) -> Menus:
    """The menu in place of the one of its name, or after all others."""
    if any(each.name == menu.name for each in menus.menus):
        return replace(menus, menus=tuple(menu if each.name == menu.name else each for each in menus.menus))
    return replace(menus, menus=(*menus.menus, menu))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a menu says and how patient it is: all of it but its keys."""

    greeting: tuple[str, ...]
    question: tuple[str, ...]
    attempts: int
    waits: timedelta
    staffed: bool
    titles: dict[Language, str] = field(default_factory=dict)


def with_manners(menus: Menus, name: str, manners: Manners) -> Menus:
    """Another greeting, question or patience; a new menu when there is none of the name."""
    found = next((menu for menu in menus.menus if menu.name == name), Menu(name=name, question=(), choices={}))
    return with_menu(menus, replace(found, **{each.name: getattr(manners, each.name) for each in fields(Manners)}))


def without_menu(menus: Menus, name: str) -> Menus:
    """The menu gone. Keys that led there stay: the check of the draft names them."""
    return replace(menus, menus=tuple(menu for menu in menus.menus if menu.name != name))


def with_hours(menus: Menus, hours: OpeningHours) -> Menus:
    """Other opening hours."""
    return replace(menus, hours=hours)


def with_closed(menus: Menus, *, prompts: tuple[str, ...], says_opening: bool, queue: str, notice: str) -> Menus:
    """What is said out of hours, and what every way to people has: the general queue and the notice."""
    closed: Closed = replace(menus.closed, prompts=prompts, says_opening=says_opening)
    return replace(menus, closed=closed, general_queue=queue, notice=notice)


def with_announcements(menus: Menus, announcements: tuple[Announcement, ...]) -> Menus:
    """Other useful information on the way to the queue."""
    return replace(menus, announcements=announcements)


def with_roster(menus: Menus, roster: Roster) -> Menus:
    """The roster in place of the one of its name, or after all others."""
    if any(each.name == roster.name for each in menus.rosters):
        return replace(menus, rosters=tuple(roster if each.name == roster.name else each for each in menus.rosters))
    return replace(menus, rosters=(*menus.rosters, roster))


def without_roster(menus: Menus, name: str) -> Menus:
    """The roster gone."""
    return replace(menus, rosters=tuple(roster for roster in menus.rosters if roster.name != name))
