"""An import of addresses: every row carried out, and counted; whoever only looks takes it back afterwards.

A preview is the import itself in a savepoint that is rolled back: it can promise nothing that the import would not do.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from appeals.addresses import columns, lines
from appeals.addresses.carrying import Facilities, Houses, Outcome
from appeals.addresses.lines import Faulty
from appeals.addresses.tables import AddressImport
from staff.audit import audit
from staff.tables import Person

HOUSES: Final = "houses"
FACILITIES: Final = "facilities"

Line = TypeVar("Line")


class _TakenBack(Exception):
    """What the import did is not to stay."""


def look(session: Session, file: AddressImport, *, by: Person) -> Outcome:
    """What the import would do. BadSheet, TooMany."""
    return _do(session, file, by, keep=False)


def carry_out(session: Session, file: AddressImport, *, by: Person) -> Outcome:
    """Imports the file, which is gone then; a file with faulty rows changes nothing. BadSheet, TooMany."""
    outcome = _do(session, file, by, keep=True)
    if not outcome.faults:
        told = {f"{subject} added": str(count) for subject, count in outcome.added.items()}
        told |= {f"{subject} changed": str(count) for subject, count in outcome.changed.items()}
        audit(session, by, "addresses.imported", f"import:{file.id}", file=file.file_name, **told)
        session.delete(file)
        session.flush()
    return outcome


def _do(session: Session, file: AddressImport, by: Person, *, keep: bool) -> Outcome:
    outcome = Outcome()
    subject, content, organisation = file.subject, file.content, by.organisation_id
    with suppress(_TakenBack), session.begin_nested():
        if subject == HOUSES:
            houses = columns.rows(content, needed=lines.HOUSES_NEED, known=lines.HOUSES_KNOW)
            Houses(session, organisation, outcome).take(_read(houses, lines.house_line, outcome))
        else:
            facilities = columns.rows(content, needed=lines.FACILITIES_NEED, known=lines.FACILITIES_KNOW)
            Facilities(session, organisation, outcome).take(_read(facilities, lines.facility_line, outcome))
        if outcome.faults or not keep:
            raise _TakenBack
    outcome.faults.sort()
    return outcome


def _read(
    rows: Sequence[columns.Cells], meaning: Callable[[Mapping[str, str]], Line], outcome: Outcome
) -> list[tuple[int, Line]]:
    """Rows by their numbers as what they mean; the faulty ones are noted."""
    found = []
    for number, cells in rows:
        try:
            found.append((number, meaning(cells)))
        except Faulty as fault:
            outcome.fault(number, fault)
    return found
