"""The rail as one person sees it: their places in groups, those that are folded, those at hand on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from web.shell import Group, Place, groups_of, viewer_of

COOKIE: Final = "holos_folded_"  # and the person's id: the groups they folded, as `frontend/rail.ts` left them
LONG: Final = 16  # places; in a longer rail the groups that are not of every day begin folded
AT_HAND: Final = 4  # places on a phone, beside the key that shows all of them


@dataclass(frozen=True, slots=True)
class Part:
    """A group with those of its places that the person may go to."""

    group: Group
    places: Sequence[Place]
    folded: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """All that is drawn."""

    parts: Sequence[Part]
    current: Place | None  # the place the page belongs to
    at_hand: Sequence[Place]
    more: bool  # than those at hand
    folded: str  # codes of the groups the person keeps folded, though the one with the current place is open
    cookie: str  # where they are kept


def rail_of(request: Request) -> Rail:
    """The person's rail. The group of the current place is open, whatever was folded."""
    groups = groups_of(request)
    places = [place for _, several in groups for place in several]
    current = _current(request.url.path, places)
    viewer = viewer_of(request)
    cookie = f"{COOKIE}{viewer.id if viewer else 0}"
    folded = _folded(request.cookies.get(cookie), [group for group, _ in groups], long=len(places) > LONG)
    parts = [
        Part(group, several, folded=group.code in folded and current not in several and len(groups) > 1)
        for group, several in groups
    ]
    at_hand = _at_hand(places, current)
    return Rail(parts, current, at_hand, more=len(places) > len(at_hand), folded=".".join(folded), cookie=cookie)


def _current(path: str, places: Sequence[Place]) -> Place | None:
    """The place the address lies under: the longest match wins."""
    under = [place for place in places if path == place.url or path.startswith(place.url.rstrip("/") + "/")]
    return max(under, key=lambda place: len(place.url), default=None)


def _folded(kept: str | None, groups: Sequence[Group], *, long: bool) -> list[str]:
    """What the person folded; before they did anything, what is not of every day."""
    if kept is None:
        return [group.code for group in groups if long and group.rare]
    return [group.code for group in groups if group.code in kept.split(".")]


def _at_hand(places: Sequence[Place], current: Place | None) -> Sequence[Place]:
    """The first places, and the current one among them; all where there are few."""
    if len(places) <= AT_HAND + 1:
        return places
    first = places[:AT_HAND]
    return first if current is None or current in first else [*first[:-1], current]
