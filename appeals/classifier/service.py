"""Every change to the classifier; what was valid once stays for the cards of its time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from appeals.classifier import queries, sheet
from appeals.classifier.model import Plan, Section, Wanted, merged, order_of, plan
from appeals.classifier.tables import ClassifierEntry
from db import Conflict, NotFound
from db.validity import in_force
from staff.audit import audit, changed
from staff.tables import Organisation, Person

DAY = timedelta(days=1)
SECTION = attrgetter("section")


class Taken(Conflict):
    """The section has an entry of this code already."""


class NoParent(NotFound):
    """There is no entry in force that could stand above this one."""


class InUse(Conflict):
    """Entries in force stand below this one."""


def add(
    session: Session,
    section: Section,
    code: str,
    *,
    name: Mapping[str, str],
    parent: str = "",
    source: str = "",
    verified: bool = False,
    today: date,
    by: Person,
) -> ClassifierEntry:
    """A new value from today on. Taken, NoParent."""
    if queries.find(session, section, code, today) is not None:
        raise Taken(code)
    if parent and queries.find(session, section, parent, today) is None:
        raise NoParent(parent)
    entry = ClassifierEntry(
        organisation_id=by.organisation_id, section=section, code=code, parent=parent, meaning="", name=dict(name),
        source=source, verified=verified, valid_from=today, made_by=by.id,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    _arrange(queries.versions(session, section))
    audit(session, by, "classifier.added", _subject(entry), **entry.name)
    return entry


def change(
    session: Session,
    entry: ClassifierEntry,
    *,
    name: Mapping[str, str],
    source: str,
    verified: bool,
    today: date,
    by: Person,
) -> ClassifierEntry:
    """Another name, source or mark: a version from today on, where the cards of other days keep the one before.

    A mere mark of verification changes no meaning and makes no version. Conflict for a version that is over.
    """
    if not in_force(entry, today):
        raise Conflict(f"{_subject(entry)} is not in force")
    before = {**entry.name, "source": entry.source, "verified": entry.verified}
    renamed = _version(session, entry, name=dict(name), parent=entry.parent, today=today, by=by)
    renamed.source, renamed.verified = source, verified
    session.flush()
    if told := changed(before, {**renamed.name, "source": source, "verified": verified}):
        audit(session, by, "classifier.changed", _subject(renamed), **told)
    return renamed


def retire(session: Session, entry: ClassifierEntry, *, last_day: date, by: Person) -> None:
    """The value is offered up to that day; cards keep it. InUse where others in force stand below it."""
    if not in_force(entry, last_day):
        raise Conflict(f"{_subject(entry)} is not in force")
    below = queries.in_force(session, Section(entry.section), last_day + DAY)
    if any(each.parent == entry.code for each in below):
        raise InUse(entry.code)
    _retire(session, entry, last_day)
    audit(session, by, "classifier.retired", _subject(entry), until=str(last_day))


def planned(session: Session, organisation: int, asked: Sequence[Wanted], *, whole: bool, today: date) -> Plan:
    """What a file would change."""
    return plan(queries.all_versions(session, organisation), asked, whole=whole, today=today)


def carry_out(session: Session, organisation: int, changes: Plan, *, today: date, by: Person | None) -> int:
    """Everything that was planned; how many entries changed. Conflict while a row is faulty."""
    if changes.faults:
        raise Conflict(f"{len(changes.faults)} faulty rows")
    known = {(each.section, each.code): each for each in queries.all_versions(session, organisation)}
    for entry, last_day in changes.retired:
        _retire(session, known[entry.section, entry.code], last_day)
    session.flush()
    for entry, each in changes.changed:
        row = known[entry.section, entry.code]
        changed = _version(session, row, name=merged(row, each.name), parent=each.parent, today=today, by=by)
        changed.source, changed.meaning = each.source or row.source, each.meaning or row.meaning
        changed.verified = row.verified if each.verified is None else each.verified
    added = [
        ClassifierEntry(
            organisation_id=organisation, section=each.section, code=each.code, parent=each.parent,
            name=dict(each.name), meaning=each.meaning, source=each.source, verified=each.verified or False,
            valid_from=today, valid_until=each.until, made_by=by.id if by else None,
        )
        for each in changes.added
    ]  # fmt: skip
    session.flush()
    grown = {each.section for each in changes.added}
    entries = [*(queries.all_versions(session, organisation) if grown else ()), *added]
    for section, of_section in groupby(sorted(entries, key=SECTION), SECTION):
        if section in grown:
            _arrange(of_section)
    session.add_all(added)
    session.flush()
    count = len(changes.added) + len(changes.changed) + len(changes.retired)
    if by is not None and count:
        audit(session, by, "classifier.imported", "classifier", entries=str(count))
    return count


def load_national(session: Session, organisation: Organisation, *, today: date, by: Person | None = None) -> int:
    """The classifier of the country where the organisation has none of its own; how many entries came or were named."""
    asked = sheet.of_country(organisation.country)
    known = queries.all_versions(session, organisation.id)
    named = _name_as_shipped(known, asked)
    codes = {(each.section, each.code) for each in known}
    missing = [each for each in asked if (each.section.value, each.code) not in codes]
    changes = planned(session, organisation.id, missing, whole=False, today=today)
    return named + carry_out(session, organisation.id, changes, today=today, by=by)


def _name_as_shipped(entries: Iterable[ClassifierEntry], asked: Iterable[Wanted]) -> int:
    """Names in languages that an entry lacks, where it is called as it was shipped in all others; how many got some."""
    shipped = {(each.section.value, each.code): each.name for each in asked}
    lacking = [
        (entry, name)
        for entry in entries
        if entry.name.items() < (name := shipped.get((entry.section, entry.code), {})).items()
    ]
    for entry, name in lacking:
        entry.name = dict(name)
    return len(lacking)


def _retire(session: Session, entry: ClassifierEntry, last_day: date) -> None:
    entry.valid_until = last_day
    session.flush()


def _version(
    session: Session, entry: ClassifierEntry, *, name: dict[str, str], parent: str, today: date, by: Person | None
) -> ClassifierEntry:
    """The row that says so from today on: this one where nothing is said anew or it began today, else a new one."""
    if (entry.name, entry.parent) == (name, parent) or entry.valid_from == today:
        entry.name, entry.parent = name, parent
        return entry
    until, entry.valid_until = entry.valid_until, today - DAY
    session.flush()
    version = ClassifierEntry(
        organisation_id=entry.organisation_id, section=entry.section, code=entry.code, parent=parent, name=name,
        meaning=entry.meaning, source=entry.source, verified=entry.verified, position=entry.position,
        valid_from=today, valid_until=until, made_by=by.id if by else None,
    )  # fmt: skip
    session.add(version)
    return version


def _arrange(entries: Iterable[ClassifierEntry]) -> None:
    """Gives the entries of a section the order of their codes."""
    listed = list(entries)
    places = {code: place for place, code in enumerate(sorted({each.code for each in listed}, key=order_of), 1)}
    for entry in listed:
        entry.position = places[entry.code]


def _subject(entry: ClassifierEntry) -> str:
    return f"classifier:{entry.section}:{entry.code}"
