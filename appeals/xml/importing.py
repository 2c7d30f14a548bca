"""Taking appeals of a file in: looked at first by every rule, nothing changed while one is broken; then row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from appeals.exchange import entering
from appeals.exchange.entering import Offered
from appeals.exchange.sent import NewAppeal
from appeals.model import Result
from appeals.particulars import service as particulars
from appeals.xml import queries, words
from appeals.xml.model import name_of
from appeals.xml.reading import File, Read, Wrong
from staff.rights import has
from staff.tables import Person
from web.forms import field_messages
from web.languages import gettext as _
from web.problems import Rejected

_AS_THEY_ARE: Final = ("kind", "source", "topic", "problem", "substance", "received-on")
_FOLLOWS: Final = frozenset({"result", "kind"})  # sections whose codes follow from the appeal


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """Something wrong with one appeal of a file."""

    line: int
    number: str  # as the sender knows it
    place: str
    told: str


@dataclass(slots=True)
class Outcome:
    """What a file would change."""

    rows: list[tuple[Read, str]] = field(default_factory=list)  # with its number here, "" for a new one
    faults: list[FaultyRow] = field(default_factory=list)

    @property
    def new(self) -> int:
        """How many would be registered."""
        return sum(not here for _row, here in self.rows)


def look(session: Session, file: File, *, by: Person) -> Outcome:
    """What the file would change, and everything that is wrong with it; nothing is saved."""
    outcome = Outcome(faults=[*_of_file(file)])
    names = {name_of_row(file, read, by): read for read in file.appeals if not read.wrong}
    here = queries.known(session, names.keys())
    offered = particulars.offered(session, by.organisation_id)
    seen: set[str] = set()
    for read in file.appeals:
        number = str(read.said.get("number", ""))
        if number and number in seen:
            outcome.faults.append(FaultyRow(read.line, number, "number", _(words.TWICE)))
        seen.add(number)
        known = here.get(name_of_row(file, read, by), "")
        outcome.rows.append((read, known))
        if not read.wrong and not known:
            outcome.faults += _broken(session, file, read, offered, by=by)
    outcome.faults.sort(key=lambda fault: fault.line)
    return outcome


def take_in(session: Session, file: File, read: Read, *, by: Person) -> bool:
    """One appeal of the file, registered by the function of the pages. Whether it is new. Rejected."""
    name = name_of_row(file, read, by)
    if name in queries.known(session, [name]):
        return False
    entering.register(session, _new_appeal(read), name, by=by, may=partial(has, by))
    return True


def faults_of(read: Read, error: Rejected | ValidationError) -> list[FaultyRow]:
    """What is wrong with a row, in words."""
    number = str(read.said.get("number", ""))
    fields = error.fields if isinstance(error, Rejected) else field_messages(error.errors(), whole=True)
    told = fields or {"": str(error)}
    return [FaultyRow(read.line, number, place, words_of) for place, words_of in told.items()]


def name_of_row(file: File, read: Read, by: Person) -> UUID:
    """The name under which the appeal is registered once."""
    return name_of(by.organisation_id, file.attributes.get("organisation", ""), str(read.said.get("number", "")))


def _broken(session: Session, file: File, read: Read, offered: Offered, *, by: Person) -> list[FaultyRow]:
    try:
        sent = _new_appeal(read)
        name = name_of_row(file, read, by)
        entering.check(session, sent, name, by=by, may=partial(has, by), offered=offered)
    except (Rejected, ValidationError) as error:
        return faults_of(read, error)
    return []


def _of_file(file: File) -> Iterator[FaultyRow]:
    for wrong in file.wrong:
        yield _told(wrong, "")
    for read in file.appeals:
        for wrong in read.wrong:
            yield _told(wrong, str(read.said.get("number", "")))


def _told(wrong: Wrong, number: str) -> FaultyRow:
    return FaultyRow(wrong.line, number, wrong.place, _(words.FAULTS[wrong.fault]))


def _new_appeal(read: Read) -> NewAppeal:
    """What the file says, as programs say it. An answer of one that was explained settles it here as well."""
    said = read.said
    told: dict[str, Any] = {name.replace("-", "_"): said[name] for name in _AS_THEY_ARE if said.get(name)}
    who = {name.replace("-", "_"): value for name, value in said.get("applicant", {}).items()}
    paper = {name.replace("-", "_"): value.strip() for name, value in said.get("paper", {}).items() if value}
    explained = said.get("result") == Result.EXPLAINED
    return NewAppeal.model_validate(
        told
        | paper
        | {
            "applicant": who,
            "addresses": [{"text": text} for text in said.get("address", ())],
            "codes": _codes(said.get("code", ())),
            "explanation": said.get("answer", "") if explained else "",
        }
    )


def _codes(listed: Sequence[tuple[dict[str, str], str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for attributes, code in listed:
        if attributes["section"] not in _FOLLOWS:
            found.setdefault(attributes["section"], []).append(code)
    return found
