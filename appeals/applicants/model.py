"""Who an applicant is, how the card is filled in with one, and when two are likely the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from typing import Final, Protocol

from appeals import spelling


class ApplicantKind(StrEnum):
    """Natural persons and legal entities turn to us alike (appendix A.7)."""

    PERSON = "person"
    ORGANISATION = "organisation"


class ContactKind(StrEnum):
    """How somebody is reached."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


class Likeness(StrEnum):
    """Why two applicants may be one."""

    NAME_AND_PHONE = "name_and_phone"
    NAME_AND_ADDRESS = "name_and_address"
    NAME_AND_EMAIL = "name_and_email"
    NEAR_NAME_AND_PHONE = "near_name_and_phone"
    NEAR_NAME_AND_ADDRESS = "near_name_and_address"
    CODE = "code"  # of an organisation


class Change(StrEnum):
    """What happened to a field of an applicant."""

    REGISTERED = "registered"  # with an appeal
    CORRECTED = "corrected"
    ADDED = "added"
    ENDED = "ended"
    MERGED = "merged"
    MERGE_UNDONE = "merge_undone"


NAMES: Final = ("surname", "given_name", "patronymic")
TITLES: Final = ("title", "code")  # of an organisation
CONTACTS: Final = ("email", "address")
FIELDS: Final = ("kind", *TITLES, *NAMES, "language")  # each with its own history; contacts have rows
PEOPLE: Final = 10  # of one phone, to choose from
LONGEST_NAME: Final = 120
WORDS_KEPT: Final = 8  # of a name; a longer title is found by its first ones


class Known(Protocol):
    """Somebody who turned to us before; has each of `NAMES`, `TITLES` and `CONTACTS`."""

    @property
    def id(self) -> int:
        """Which of them."""


def filled_in(
    typed: Mapping[str, str], known: Sequence[Known], *, before: Known | None = None, chosen: int | None = None
) -> dict[str, str]:
    """Who and where, as the card says it with one of `known`: the `chosen`, else the first; `before` has gone from it.

    A name that was typed may be somebody new's, so only a choice puts another in its place; a contact that was typed
    is newer than the known one.
    """
    card = {name: typed.get(name, "") for name in (*NAMES, *TITLES, *CONTACTS)}
    if before is not None:
        card = {name: "" if text == getattr(before, name) else text for name, text in card.items()}
    named = any(card[name].strip() for name in (*NAMES, "title"))
    first = None if named else next(iter(known), None)
    found = next((each for each in known if each.id == chosen), first)
    if found is None:
        return card | {"filled": ""}
    names = {name: getattr(found, name) for name in (*NAMES, *TITLES, "kind", "language")}
    contacts = {name: card[name] or getattr(found, name) for name in CONTACTS}
    kind = names.pop("kind")
    language = names.pop("language") or typed.get("reply_language", "")
    return names | contacts | {"applicant_kind": kind, "reply_language": language, "filled": str(found.id)}


ON_CARD: Final = ("applicant_kind", *TITLES, *NAMES, "phone", *CONTACTS, "house", "reply_language", "filled")


def undone(typed: Mapping[str, str]) -> str:
    """What a card must keep so that somebody chosen by mistake leaves it as it was."""
    return json.dumps({name: typed.get(name, "") for name in ON_CARD}, ensure_ascii=False)


def before_choice(undo: str) -> dict[str, str]:
    """The fields as they were before the choice; nothing where it cannot be read."""
    try:
        kept = json.loads(undo)
    except ValueError:
        return {}
    if not isinstance(kept, dict):
        return {}
    return {name: value for name in ON_CARD if isinstance(value := kept.get(name), str)}


@dataclass(frozen=True, slots=True, order=True)
class Spelled:
    """A word of a name and one that stands beside it, in the order in which somebody may type the two."""

    place: int  # of the first in the name: 0 is the surname
    first: str
    second: str


def spelled(key: str) -> list[Spelled]:
    """Every pair of words of a name's key, in both orders; a word alone is a pair with nothing."""
    words = list(dict.fromkeys(key.split()))[:WORDS_KEPT]
    if len(words) == 1:
        return [Spelled(0, words[0], "")]
    places = {word: place for place, word in enumerate(words)}
    return [Spelled(places[first], first, second) for first, second in permutations(words, 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What tells one applicant from another."""

    kind: str
    name: str  # the key of the whole name
    code: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()  # keys


def likenesses(one: Face, other: Face) -> list[Likeness]:
    """Why the two may be one applicant; nothing where nobody would think so."""
    if one.kind != other.kind:
        return []
    same_code = bool(one.code) and one.code == other.code
    found = [Likeness.CODE] if same_code else []
    if one.code and other.code and not same_code:
        return []
    same, near = is_same_name(one.name, other.name), is_near_name(one.name, other.name)
    phone, address = bool(one.phones & other.phones), bool(one.addresses & other.addresses)
    if same:
        found += [Likeness.NAME_AND_PHONE] if phone else []
        found += [Likeness.NAME_AND_ADDRESS] if address else []
        found += [Likeness.NAME_AND_EMAIL] if one.emails & other.emails else []
    elif near:
        found += [Likeness.NEAR_NAME_AND_PHONE] if phone else []
        found += [Likeness.NEAR_NAME_AND_ADDRESS] if address else []
    return found


def is_same_name(one: str, other: str) -> bool:
    """Whether two keys have the same words, in whichever order, or one leaves out the patronymic."""
    if not one or not other:
        return False
    fewer, more = sorted((one.split(), other.split()), key=len)
    return set(fewer) <= set(more) and len(fewer) >= min(2, len(more))


def is_near_name(one: str, other: str) -> bool:
    """Whether one may be the other mistyped: each of its words is a word of the other but for slips of a finger, or
    is shortened to its beginning letter; the surnames are not only alike by a letter."""
    fewer, more = sorted((one.split(), other.split()), key=len)
    if len(fewer) < min(2, len(more)) or not fewer:
        return False
    left = list(more)
    whole = 0
    for word in fewer:
        near = next((each for each in left if _is_near(word, each)), None)
        if near is None:
            return False
        left.remove(near)
        whole += len(word) > 1 and len(near) > 1
    return whole > 0


def _is_near(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    slips = max(spelling.slips(one, other), spelling.slips(other, one))
    return slips <= spelling.forgiven(min(one, other, key=len)) and one[0] == other[0]
