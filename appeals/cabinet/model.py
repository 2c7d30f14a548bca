"""What the form for citizens may ask, what of it the registration itself needs, how long codes and sessions last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final


class Field(StrEnum):
    """Everything that the form may ask."""

    KIND = "kind"
    TOPIC = "topic"
    PROBLEM = "problem"
    SUBSTANCE = "substance"
    ADDRESS = "address"
    AUTHOR = "author"  # a person, or a legal entity with its name, its code and who speaks for it
    SURNAME = "surname"
    GIVEN_NAME = "given_name"
    PATRONYMIC = "patronymic"
    PHONE = "phone"
    REPLY = "reply"  # how the answer should come
    FILES = "files"


class Reply(StrEnum):
    """How the author wants the answer."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"


class Way(StrEnum):
    """By which way a code goes, and what it proves."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail, or a telephone as E.164."""

    way: Way
    value: str


class Step(StrEnum):
    """What a citizen is told of the way of an appeal: who works on it, and how often, is ours."""

    REGISTERED = "registered"
    REOPENED = "reopened"
    IN_WORK = "in_work"
    CHECKED = "checked"  # what was done is looked at
    LATER = "later"  # the term was moved
    FORWARDED = "forwarded"
    RETURNED = "returned"  # to the author
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """Why a definition of the form is not taken."""

    LACKS_NEEDED = "lacks_needed"
    NEEDED_OPTIONAL = "needed_optional"
    TWICE = "twice"
    NO_PLACE_FOR_POST = "no_place_for_post"
    NO_PLACE_FOR_ENTITY = "no_place_for_entity"


OF_ENTITY: Final = ("title", "code", "address", "surname", "given_name")  # what of a legal entity must be there
NEEDED: Final = (Field.TOPIC, Field.SUBSTANCE, Field.SURNAME)  # without these nothing is registered
SELDOM_KNOWN: Final = frozenset({Field.PATRONYMIC, Field.PROBLEM})  # not everybody has one, not every matter is listed

CODE_DIGITS: Final = 6
CODE_LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5  # of one code
CODES_AN_HOUR: Final = 5  # to one e-mail
CODES_AN_HOUR_FROM: Final = 60  # from one address of the network: a library, a house behind one router
SMS_AN_HOUR: Final = 3  # codes to one telephone: each costs the organisation money
SMS_AN_HOUR_FROM: Final = 20
SMS_AN_HOUR_IN_ALL: Final = 300  # of one organisation; e-mails go on
DRAFTS_AN_HOUR_FROM: Final = 60
APPEALS_A_DAY: Final = 20  # of one account
OFFERS_A_MINUTE: Final = 120  # addresses offered to one address of the network
IDLE: Final = timedelta(hours=1)  # citizens write from libraries too
LONGEST: Final = timedelta(hours=12)
DRAFT_LASTS: Final = timedelta(days=7)
UNDO_FOR: Final = timedelta(hours=1)  # a draft that was thrown away comes back for so long
MOST_DRAFTS: Final = 20  # kept by one account
SHORT: Final = 80  # characters of a text that name its draft
MOST_FILES: Final = 10  # sent at once
MOST_FILES_OF_APPEAL: Final = 20  # sent by its author


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the form."""

    field: Field
    required: bool


USUAL: Final = (
    Asked(Field.TOPIC, required=True),
    Asked(Field.SUBSTANCE, required=True),
    Asked(Field.ADDRESS, required=True),
    Asked(Field.AUTHOR, required=True),
    Asked(Field.SURNAME, required=True),
    Asked(Field.GIVEN_NAME, required=True),
    Asked(Field.PATRONYMIC, required=False),
    Asked(Field.PHONE, required=False),
    Asked(Field.FILES, required=False),
)


def definition(stored: Iterable[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """The fields in their order, as a version of the form keeps them."""
    return tuple(Asked(Field(each["field"]), bool(each["required"])) for each in stored)


def stored(asked: Iterable[Asked]) -> list[dict[str, Any]]:
    """The same as they are kept."""
    return [{"field": each.field.value, "required": each.required} for each in asked]


def fault(asked: Sequence[Asked]) -> Fault | None:
    """Why the form cannot be asked like this; None if it can."""
    known = {each.field: each.required for each in asked}
    if len(known) != len(asked):
        return Fault.TWICE
    if any(field not in known for field in NEEDED):
        return Fault.LACKS_NEEDED
    if not all(known[field] for field in NEEDED):
        return Fault.NEEDED_OPTIONAL
    if Field.REPLY in known and Field.ADDRESS not in known:
        return Fault.NO_PLACE_FOR_POST
    if Field.AUTHOR in known and Field.ADDRESS not in known:
        return Fault.NO_PLACE_FOR_ENTITY
    return None


def ordered(places: Mapping[Field, tuple[int, bool]]) -> list[Asked]:
    """Fields by the places that somebody wrote beside them; equal places keep the usual order."""
    order = {field: place for place, field in enumerate(Field)}
    wanted = sorted(places, key=lambda field: (places[field][0], order[field]))
    return [Asked(field, places[field][1]) for field in wanted]


def email_of(typed: str) -> str:
    """How an e-mail is known: people write their own in any case."""
    return typed.strip().lower()
