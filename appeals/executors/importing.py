"""A table of executors: what a file would add and change, looked at first; and the Excel file it is taken from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Final

from sqlalchemy.orm import Session

from appeals import sheets
from appeals.executors import queries
from appeals.executors.model import Kind, above
from appeals.executors.service import Said
from appeals.executors.tables import Executor
from appeals.sheets import Row
from appeals.spelling import APOSTROPHES
from db import Conflict
from staff.audit import audit
from staff.tables import Person
from web.forms import telephone

CODE: Final = re.compile(r"[^\s]{1,40}")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_NAME: Final = 300
NEEDED: Final = ("code", "name")
# How a column is headed in each language; a file may have any of them.
HEADINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "code": {"uk": ("код",), "uz": ("kod",), "ru": ("код",), "en": ("code",)},
    "name": {"uk": ("назва",), "uz": ("nomi",), "ru": ("название",), "en": ("name",)},
    "kind": {"uk": ("вид",), "uz": ("turi",), "ru": ("вид",), "en": ("kind",)},
    "parent": {"uk": ("підпорядкований",), "uz": ("yuqori tashkilot",), "ru": ("подчинён",), "en": ("belongs to",)},
    "head": {"uk": ("керівник",), "uz": ("rahbar",), "ru": ("руководитель",), "en": ("head",)},
    "email": {"uk": ("пошта",), "uz": ("e-pochta",), "ru": ("почта",), "en": ("e-mail",)},
    "phone": {"uk": ("телефон",), "uz": ("telefon",), "ru": ("телефон",), "en": ("phone",)},
    "connected": {
        "uk": ("працює тут",),
        "uz": ("shu yerda ishlaydi",),
        "ru": ("работает здесь",),
        "en": ("works here",),
    },
}
LOOK: Final = sheets.Look(name="executors", usual=18, wide={"name": 45, "head": 45}, fixed=2)
KINDS: Final[dict[str, Kind]] = {
    word: kind
    for kind, words in {
        Kind.BODY: ("body", "орган", "idora"),
        Kind.DEPARTMENT: ("department", "підрозділ", "подразделение", "boʻlim"),
        Kind.ENTERPRISE: ("enterprise", "підприємство", "предприятие", "korxona"),
    }.items()
    for word in words
}
YES: Final = frozenset({"true", "yes", "1", "так", "да", "ha", "+"})
NO: Final = frozenset({"false", "no", "0", "ні", "нет", "yoʻq", "-"})


class RowFault(StrEnum):
    """What is wrong with one row of an imported file."""

    CODE = "code"
    TWICE = "twice"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    EMAIL = "email"
    PHONE = "phone"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One executor as a file has it; what is empty stays as it is. `parent` is a code."""

    row: int
    code: str
    name: str
    kind: Kind | None = None
    parent: str = ""
    head: str = ""
    email: str = ""
    phone: str = ""
    connected: bool | None = None


@dataclass(slots=True)
class Plan:
    """What a file would change: executors to add, and those here with what the file has."""

    added: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Executor, Wanted]] = field(default_factory=list)
    faults: list[tuple[int, RowFault]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether everything is as the file has it."""
        return not (self.added or self.changed or self.faults)


def planned(session: Session, organisation: int, content: bytes) -> Plan:
    """What the file would change. BadSheet."""
    present = {each.code: each for each in queries.all_of(session, organisation)}
    codes = {each.id: code for code, each in present.items()}
    found = Plan()
    named: dict[str, Wanted] = {}
    for row in sheets.under(content, HEADINGS, needed=NEEDED):
        each = _of_row(row)
        if isinstance(each, RowFault):
            found.faults.append((row.number, each))
        elif each.code in named:
            found.faults.append((row.number, RowFault.TWICE))
        else:
            named[each.code] = each
            executor = present.get(each.code)
            if executor is None:
                found.added.append(each)
            elif not executor.active:
                found.faults.append((each.row, RowFault.CLOSED))
            elif _said(executor, each, each.parent or codes.get(executor.parent_id or 0, "")) != _now(executor, codes):
                found.changed.append((executor, each))
    found.faults += _of_parents(present, codes, named)
    found.faults.sort()
    return found


def carry_out(session: Session, organisation: int, plan: Plan, *, by: Person) -> int:
    """Everything that was planned; how many executors. Conflict while a row is faulty."""
    if plan.faults:
        raise Conflict(f"{len(plan.faults)} faulty rows")
    known = {each.code: each for each in queries.all_of(session, organisation)}
    for each in plan.added:
        known[each.code] = Executor(
            organisation_id=organisation, code=each.code, name=each.name, kind=each.kind or Kind.BODY, head=each.head,
            email=each.email, phone=each.phone, connected=bool(each.connected),
        )  # fmt: skip
    session.add_all(known[each.code] for each in plan.added)
    session.flush()
    for each in plan.added:
        known[each.code].parent_id = known[each.parent].id if each.parent else None
    for executor, each in plan.changed:
        parent = known[each.parent].id if each.parent else executor.parent_id
        said = Said(**_said(executor, each, "") | {"parent_id": parent})  # type: ignore[arg-type]
        for name in Said.__slots__:
            setattr(executor, name, getattr(said, name))
    session.flush()
    count = len(plan.added) + len(plan.changed)
    if count:
        audit(session, by, "executors.imported", "executors", count=str(count))
    return count


def state_of(executor: Executor) -> str:
    """Everything that a file could change of it, as it is."""
    return repr([getattr(executor, name) for name in Said.__slots__])


def write(file: IO[bytes], executors: Iterable[Executor], language: str) -> int:
    """Executors as an Excel file that can be changed and sent back; how many."""
    listed = list(executors)
    codes = {each.id: each.code for each in listed}
    kinds = {kind: next(word for word, each in KINDS.items() if each == kind) for kind in Kind}
    rows = (_cells(each, codes, kinds) for each in listed)
    return sheets.write(file, HEADINGS, rows, language=language, look=LOOK)


def _cells(executor: Executor, codes: Mapping[int, str], kinds: Mapping[Kind, str]) -> dict[str, str]:
    told = {name: str(getattr(executor, name)) for name in ("code", "name", "head", "email", "phone")}
    told |= {"kind": kinds[Kind(executor.kind)], "parent": codes.get(executor.parent_id or 0, "")}
    return told | {"connected": "yes" if executor.connected else "no"}


def _plain(word: str) -> str:
    return re.sub(f"[{APOSTROPHES}]", "ʻ", word.casefold())


def _of_row(row: Row) -> Wanted | RowFault:
    code, name = row["code"], row["name"]
    word = _plain(row["kind"])
    kind = KINDS.get(word)
    phone, connected = telephone(row["phone"]), _plain(row["connected"])
    wrong = {
        RowFault.CODE: not CODE.fullmatch(code),
        RowFault.NAME: not name or max(len(name), len(row["head"])) > LONGEST_NAME,
        RowFault.KIND: bool(word) and kind is None,
        RowFault.EMAIL: bool(row["email"]) and not EMAIL.fullmatch(row["email"]),
        RowFault.PHONE: phone is None,
    }
    fault = next((fault for fault, is_so in wrong.items() if is_so), None)
    if fault is not None:
        return fault
    return Wanted(
        row=row.number, code=code, name=name, kind=kind, parent=row["parent"], head=row["head"], email=row["email"],
        phone=phone or "", connected=True if connected in YES else False if connected in NO else None,
    )  # fmt: skip


def _said(executor: Executor, each: Wanted, parent: str) -> dict[str, object]:
    return {
        "name": each.name,
        "kind": each.kind or Kind(executor.kind),
        "parent_id": parent,
        "head": each.head or executor.head,
        "email": each.email or executor.email,
        "phone": each.phone or executor.phone,
        "connected": executor.connected if each.connected is None else each.connected,
    }


def _now(executor: Executor, codes: Mapping[int, str]) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(executor, name) for name in Said.__slots__}
    return told | {"kind": Kind(executor.kind), "parent_id": codes.get(executor.parent_id or 0, "")}


def _of_parents(
    present: Mapping[str, Executor], codes: Mapping[int, str], named: Mapping[str, Wanted]
) -> list[tuple[int, RowFault]]:
    """Rows that would stand under nobody, under a closed one, or under themselves."""
    places = {code: place for place, code in enumerate(sorted({*present, *named}))}
    upper = {code: codes.get(each.parent_id or 0, "") for code, each in present.items()}
    upper |= {code: each.parent or upper.get(code, "") for code, each in named.items()}
    tree = {places[code]: places.get(parent) for code, parent in upper.items()}
    closed = {code for code, each in present.items() if not each.active}
    return [
        (each.row, RowFault.PARENT)
        for code, each in named.items()
        if each.parent
        and (each.parent not in places or each.parent in closed or _stands_above_itself(places[code], tree))
    ]


def _stands_above_itself(place: int, tree: Mapping[int, int | None]) -> bool:
    upper = above(place, tree)
    return place == tree.get(place) or bool(upper and tree.get(upper[-1]) is not None)
