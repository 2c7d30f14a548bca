"""What Asterisk answers about its links: contacts of phones and trunks as `qualify` finds them, our registrations."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from calls.translate.headers import Message, first

# NonQualified is a contact that is not asked.
_CONTACT_STATES = {"Reachable": "reachable", "Unreachable": "unreachable", "NonQualified": "not_asked"}
_REGISTRATION_STATES = {"Registered": "registered", "Unregistered": "unregistered", "Rejected": "rejected"}
_TRUNK = "trunk"  # contacts of this name are far ends of trunks, all others are phones


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnd:
    """Where a trunk leads, and whether it answers."""

    address: str
    state: str  # reachable, unreachable, not_asked, other
    round_trip: timedelta | None


def phones(answers: list[Message]) -> Mapping[str, int]:
    """How many phones of PJSIPShowContacts are reachable, unreachable, not asked, or in another state."""
    found = Counter(_contact_state(answer) for answer in answers if _is_contact(answer) and not _is_trunk(answer))
    return {state: found[state] for state in (*_CONTACT_STATES.values(), "other")}


def far_ends(answers: list[Message]) -> list[FarEnd]:
    """The far ends of trunks among the contacts."""
    return [
        FarEnd(
            address=first(answer, "Uri").removeprefix("sip:"),
            state=_contact_state(answer),
            round_trip=_round_trip(answer),
        )
        for answer in answers
        if _is_contact(answer) and _is_trunk(answer)
    ]


def registrations(answers: list[Message]) -> Mapping[str, int]:
    """How many of our registrations at carriers are registered, unregistered, rejected; empty where there are none."""
    details = [answer for answer in answers if first(answer, "Event") == "OutboundRegistrationDetail"]
    found = Counter(_REGISTRATION_STATES.get(first(answer, "Status"), "other") for answer in details)
    return {state: found[state] for state in (*_REGISTRATION_STATES.values(), "other")} if details else {}


def _contact_state(answer: Message) -> str:
    return _CONTACT_STATES.get(first(answer, "Status"), "other")


def _is_contact(answer: Message) -> bool:
    return first(answer, "Event") == "ContactList"


def _is_trunk(answer: Message) -> bool:
    """A registered contact is named "<aor>;@<hash>", one of the configuration "<aor>@@<hash>"."""
    return re.split("[;@]", first(answer, "ObjectName"), maxsplit=1)[0] == _TRUNK


def _round_trip(answer: Message) -> timedelta | None:
    microseconds = first(answer, "RoundtripUsec")
    return timedelta(microseconds=int(microseconds)) if microseconds.isdecimal() and int(microseconds) else None
