"""Lists of temporary operators as they are pasted, what is wrong with a line, and passwords made of one secret."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST: Final = 100  # accounts of one batch
LOGIN: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}")
BEGINNING: Final = "temp"  # of a login that nobody gave
NAME_LENGTH: Final = range(2, 121)

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


class Fault(StrEnum):
    """Why a line cannot become an account."""

    NAME = "name"
    LOGIN = "login"
    TWICE = "twice"
    TAKEN = "taken"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody of the list; without a login of their own they get one."""

    line: int
    name: str
    login: str = ""
    alike: bool = False  # one of several who have no names of their own


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, as it was written."""

    line: int
    text: str
    fault: Fault


def read_list(text: str) -> tuple[list[Newcomer], list[BadLine]]:
    """One person a line: the name, and perhaps the login behind a semicolon, a comma or a tab. Empty lines are none."""
    people: list[Newcomer] = []
    bad: list[BadLine] = []
    logins: set[str] = set()
    for number, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        name, login, *more = [*(part.strip() for part in re.split(r"[;,\t]", written)), ""]
        if (fault := _fault(name, login, more, logins)) is not None:
            bad.append(BadLine(number, written.strip(), fault))
            continue
        logins.add(login.lower())
        people.append(Newcomer(number, name, login))
    return people, bad


def _fault(name: str, login: str, more: Sequence[str], known: set[str]) -> Fault | None:
    if any(more):
        return Fault.FIELDS
    if len(name) not in NAME_LENGTH or "\x00" in name:
        return Fault.NAME
    if login and not LOGIN.fullmatch(login):
        return Fault.LOGIN
    return Fault.TWICE if login and login.lower() in known else None


def numbered(many: int, name: str) -> list[Newcomer]:
    """So many people without names of their own."""
    return [Newcomer(number, name, alike=True) for number in range(1, many + 1)]


def known_as(person: Newcomer, login: str) -> str:
    """The name; whoever has none of their own is told from others by the login, `Operator 7-01`, in any batch."""
    return f"{person.name} {login.removeprefix(BEGINNING)}" if person.alike else person.name


def logins(people: Sequence[Newcomer], beginning: str) -> Iterator[tuple[Newcomer, str]]:
    """Everybody with a login: their own, or the next free number behind the beginning."""
    own = {person.login.lower() for person in people if person.login}
    free = (login for number in range(1, 10**6) if (login := f"{beginning}-{number:02}") not in own)
    for person in people:
        yield person, person.login or next(free)


def password(secret: str, login: str) -> str:
    """The password of this login, about 80 bits. Who has the secret can make it again; nobody keeps it."""
    made = int.from_bytes(hmac.digest(secret.encode(), login.lower().encode(), hashlib.sha256))
    letters = []
    for _ in range(16):
        made, index = divmod(made, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))
