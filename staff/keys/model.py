"""What a key opens: scopes, each a set of the permissions that people have by their roles."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from staff.model import Role

BEGINNING: Final = "holos_"  # of every key, so that one that was published is found by its look
HINTED: Final = len(BEGINNING) + 6  # characters of a key that stay readable, to tell one from another
PER_MINUTE: Final = 120  # calls, where nobody says otherwise
MOST_PER_MINUTE: Final = 6000


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "read"
    PERSONAL = "personal"
    SPECIAL = "special"
    REGISTER = "register"
    WORK = "work"


SCOPES: Final[Mapping[Scope, frozenset[str]]] = {
    Scope.READ: frozenset(
        {
            "exchange.use", "appeals.find", "appeals.find_all", "appeals.read", "addresses.find", "executors.read",
            "calls.read",
        }
    ),
    Scope.PERSONAL: frozenset({"data.personal", "applicants.read"}),
    Scope.SPECIAL: frozenset({"data.special"}),
    Scope.REGISTER: frozenset({"appeals.register", "attachments.add"}),
    Scope.WORK: frozenset(
        {
            "appeals.assign", "appeals.verify", "appeals.answer_for", "appeals.conclude", "appeals.cancel",
            "appeals.correct", "appeals.reopen", "assignments.work", "terms.ask",
        }
    ),
}  # fmt: skip
CHANGING: Final = frozenset({Scope.REGISTER, Scope.WORK})
ROLES: Final = tuple(role for role in Role if role is not Role.ADMINISTRATOR)  # that an account of a key may have


def opens(scopes: Collection[str], permission: str) -> bool:
    """Whether any of the scopes reaches so far; that the account has the permission is asked besides."""
    return any(permission in SCOPES[Scope(scope)] for scope in scopes)


def is_in_force(revoked_at: datetime | None, valid_until: datetime | None, now: datetime) -> bool:
    """Whether the key opens anything at that moment."""
    return revoked_at is None and (valid_until is None or now < valid_until)
