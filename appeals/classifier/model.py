"""Sections and entries of the classifier, the order of codes, and what an imported file would change."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from db.validity import in_force


class Section(StrEnum):
    """The directories. The first nine and the questions are those of CMU 858; the last three are the organisation's."""

    FORM = "form"  # of receipt
    SIGN = "sign"  # of receipt: first, repeated ...
    KIND = "kind"
    SEX = "sex"
    SUBJECT = "subject"  # individual, collective, anonymous
    TYPE = "type"  # letter, oral ...
    CATEGORY = "category"  # of the author
    SOCIAL = "social"  # status of the author
    RESULT = "result"
    QUESTION = "question"
    CAUSE = "cause"  # of an overdue appeal
    PROBLEM = "problem"  # and faults
    ATTACHMENT = "attachment"  # kinds of what is attached; `meaning` says which photos are before and after


SEVERAL: Final = frozenset({Section.CATEGORY, Section.QUESTION})  # of these an appeal has as many as fit
PERSONAL: Final = (Section.CATEGORY, Section.SOCIAL)  # these hold of the author beyond one appeal
CODE: Final = re.compile(r"[^\W_][\w.¹²³⁴⁵⁶⁷⁸⁹⁰/-]{0,15}")
LANGUAGES: Final = ("uk", "uz", "ru", "en")
LONGEST_NAME: Final = 300

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Entry(Protocol):
    """A value of a section; `classifier.tables.ClassifierEntry` is one version of it."""

    @property
    def section(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def name(self) -> Mapping[str, str]: ...
    @property
    def meaning(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


AnyEntry = TypeVar("AnyEntry", bound=Entry)


def order_of(code: str) -> tuple[tuple[int, str, int], ...]:
    """Codes as people count: 1.2 before 1.10, and 1.1¹ between 1.1 and 1.2."""
    parts = []
    for part in re.split(r"[./-]", code):
        digits = re.match(r"\d*", part, re.ASCII)
        number = digits.group() if digits else ""
        rest = part[len(number) :]
        raised = rest.translate(_RAISED)
        parts.append((int(number or 0), "" if raised.isdecimal() else rest, int(raised) if raised.isdecimal() else 0))
    return tuple(parts)


def tree(entries: Iterable[AnyEntry]) -> list[tuple[AnyEntry, int]]:
    """Entries of one section, each below its parent, with its depth; whose parent is missing stands at the top."""
    listed = list(entries)
    known = {entry.code for entry in listed}
    below: dict[str, list[AnyEntry]] = {}
    for entry in listed:
        below.setdefault(entry.parent if entry.parent in known and entry.parent != entry.code else "", []).append(entry)
    found: list[tuple[AnyEntry, int]] = []
    waiting = [(entry, 0) for entry in reversed(below.pop("", []))]
    while waiting:
        entry, depth = waiting.pop()
        found.append((entry, depth))
        waiting += [(child, depth + 1) for child in reversed(below.pop(entry.code, []))]
    return found + [(entry, 0) for children in below.values() for entry in children]  # those of a circle


def below(versions: Iterable[AnyEntry], code: str) -> frozenset[str]:
    """The code with all that stand below it, by the latest version of each; none where there is no such code."""
    latest: dict[str, AnyEntry] = {}
    for entry in sorted(versions, key=lambda each: each.valid_from):
        latest[entry.code] = entry
    found: set[str] = set()
    least = -1  # how deep the code itself stands, once it was passed
    for entry, depth in tree(latest.values()):
        if entry.code == code:
            least = depth
        elif least >= 0 and depth <= least:
            break
        if least >= 0:
            found.add(entry.code)
    return frozenset(found)


class RowFault(StrEnum):
    """What is wrong with one row of an imported file."""

    SECTION = "section"
    CODE = "code"
    TWICE = "twice"
    NAME = "name"  # none, or too long
    PARENT = "parent"  # is not there, is out of use, or leads in a circle
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One entry as a file has it; `until` is its last day. What is empty stays as it is."""

    row: int
    section: Section
    code: str
    parent: str = ""
    name: Mapping[str, str]
    meaning: str = ""
    until: date | None = None
    verified: bool | None = None  # None: as it is
    source: str = ""


@dataclass(slots=True)
class Plan:
    """What a file would change: entries to add, to change (with the present one), to take out of use."""

    added: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Entry, Wanted]] = field(default_factory=list)
    retired: list[tuple[Entry, date]] = field(default_factory=list)
    faults: list[tuple[int, RowFault]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether everything is as the file has it."""
        return not (self.added or self.changed or self.retired or self.faults)


class Present(Entry, Protocol):
    """An entry with what else a file may change."""

    @property
    def verified(self) -> bool: ...
    @property
    def source(self) -> str: ...


def plan(known: Iterable[Present], wanted: Sequence[Wanted], *, whole: bool, today: date) -> Plan:
    """What `wanted` changes in the entries in force; `whole`: what its sections have besides goes out of use."""
    present = {(entry.section, entry.code): entry for entry in known if in_force(entry, today)}
    found = Plan()
    named: set[tuple[str, str]] = set()
    for each in wanted:
        key = (each.section.value, each.code)
        if key in named:
            found.faults.append((each.row, RowFault.TWICE))
            continue
        named.add(key)
        entry = present.get(key)
        if each.until is not None and each.until < today:
            if entry is not None:
                found.faults.append((each.row, RowFault.DATE))
        elif entry is None:
            found.added.append(each)
        else:
            if _differs(entry, each):
                found.changed.append((entry, each))
            if each.until is not None and each.until != entry.valid_until:
                found.retired.append((entry, each.until))
    sections = {each.section.value for each in wanted}
    if whole:
        left_out = [entry for key, entry in present.items() if key not in named and entry.section in sections]
        found.retired += [(entry, today) for entry in left_out if entry.valid_until is None]
    found.faults += _of_parents(present, wanted, found)
    found.faults.sort()
    return found


def merged(entry: Entry, name: Mapping[str, str]) -> dict[str, str]:
    """The names of an entry with those given anew; an empty one leaves what is there."""
    return dict(entry.name) | {language: text for language, text in name.items() if text}


def _differs(entry: Present, each: Wanted) -> bool:
    now = (dict(entry.name), entry.parent, entry.source, entry.verified, entry.meaning)
    verified = entry.verified if each.verified is None else each.verified
    meaning = each.meaning or entry.meaning
    then = (merged(entry, each.name), each.parent, each.source or entry.source, verified, meaning)
    return now != then


def _of_parents(
    present: Mapping[tuple[str, str], Entry], wanted: Sequence[Wanted], found: Plan
) -> list[tuple[int, RowFault]]:
    """Rows whose parent will not be there, or that stand below themselves."""
    gone = {(entry.section, entry.code) for entry, _ in found.retired}
    above = {key: entry.parent for key, entry in present.items() if key not in gone}
    above |= {(each.section.value, each.code): each.parent for each in wanted}
    wrong = []
    for each in wanted:
        section, passed, code = each.section.value, {each.code}, each.parent
        while code:
            if code in passed or (section, code) not in above:
                wrong.append((each.row, RowFault.PARENT))
                break
            passed.add(code)
            code = above[section, code]
    return wrong
