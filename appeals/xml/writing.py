"""The journal's list as XML, appeal by appeal in flat memory; what is not open to its asker is left out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any, Final
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appeals.addresses import writing
from appeals.classifier.tables import ClassifierEntry
from appeals.journal.directories import Row
from appeals.particulars import queries as particulars
from appeals.particulars.tables import AppealCode, AppealParticulars
from appeals.rights import model as rights
from appeals.tables import Appeal, Applicant
from appeals.workflow import queries as workflow
from appeals.workflow.tables import Assignment
from appeals.xml.schema import APPEAL, APPLICANT, NAMESPACE, PAPER, VERSION, Element
from staff.rights import has
from staff.tables import Organisation, Person

XML: Final = "application/xml"
_AT_ONCE: Final = 100
Coded = tuple[AppealCode, ClassifierEntry]
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(file: IO[bytes], session: Session, rows: Iterable[Row], organisation: Organisation, *, by: Person) -> None:
    """Writes the file."""
    made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    file.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<appeals xmlns="{NAMESPACE}" version="{VERSION}" '
        f'organisation={quoteattr(organisation.code)} made-at="{made_at}">\n'.encode()
    )
    for some in _in_batches(rows):
        for written in _appeals(session, some, organisation, by):
            file.write(written.encode())
    file.write(b"</appeals>\n")


def _in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _appeals(session: Session, rows: Sequence[Row], organisation: Organisation, by: Person) -> Iterator[str]:
    ids = [row.appeal.id for row in rows]
    holders, papers = workflow.executors_of(session, ids), particulars.papers_of(session, ids)
    codes: dict[int, list[Coded]] = {}
    for code, entry in particulars.codes_of(session, ids):
        codes.setdefault(code.appeal_id, []).append((code, entry))
    sees = {field: rights.sees(lambda permission: has(by, permission), field) for field in rights.FIELDS}
    for row in rows:
        said = _of_appeal(row.appeal, organisation)
        said["registration-index"] = row.registration_index
        if sees["applicant.name"]:
            said["applicant"] = _applicant(row.appeal.applicant)
        if sees["appeal.address"]:
            said["address"] = _addresses(row, organisation)
        said["code"] = [
            ({"section": entry.section}, entry.code)
            for code, entry in codes.get(row.appeal.id, ())
            if sees[rights.of_code(code.section)]
        ]
        said["paper"] = _paper(papers.get(row.appeal.id))
        said["executor"] = [_holder(each) for each in holders.get(row.appeal.id, ())]
        yield _drawn(APPEAL, said) + "\n"


def _of_appeal(appeal: Appeal, organisation: Organisation) -> dict[str, Any]:
    fields = ("number", "kind", "source", "topic", "problem", "substance", "state", "result", "answer")
    moments = ("registered-at", "due-at", "closed-at")
    day = appeal.received_at.astimezone(ZoneInfo(organisation.time_zone))
    return (
        {name: getattr(appeal, name) for name in fields}
        | {name: _moment(getattr(appeal, name.replace("-", "_"))) for name in moments}
        | {"received-on": f"{day:%Y-%m-%d}"}
    )


def _holder(work: Assignment) -> tuple[dict[str, str], str]:
    return {"code": work.executor.code, "role": work.role, "state": work.state}, work.executor.name


def _paper(paper: AppealParticulars | None) -> dict[str, str]:
    if paper is None:
        return {}
    fields = {part.name: getattr(paper, part.name.replace("-", "_")) for part in PAPER.parts}
    return {name: str(value) for name, value in fields.items() if value is not None}


def _addresses(row: Row, organisation: Organisation) -> list[str]:
    written = [writing.of_appeal(each, organisation.default_language) for each in row.addresses]
    return written or ([row.appeal.address] if row.appeal.address else [])


def _applicant(who: Applicant) -> dict[str, str]:
    fields = {part.name: getattr(who, part.name.replace("-", "_")) for part in APPLICANT.parts}
    return {name: value for name, value in fields.items() if value}


def _moment(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at is not None else None


def _drawn(element: Element, said: Mapping[str, Any]) -> str:
    """An element of others, in the order of the table; what is empty and not needed is left out."""
    inside = []
    for part in element.parts:
        value = said.get(part.name)
        values = value if part.most != 1 else [value]
        for each in values or ():
            if each in (None, "", {}) and part.least == 0:
                continue
            inside.append(_part(part, each))
    return f"<{element.name}>{''.join(inside)}</{element.name}>"


def _part(part: Element, value: Any) -> str:
    if part.parts:
        return _drawn(part, value)
    attributes, text = value if part.attributes else ({}, value)
    told = "".join(f" {name}={quoteattr(_clean(written))}" for name, written in attributes.items())
    return f"<{part.name}{told}>{escape(_clean(str(text)), {chr(13): '&#13;'})}</{part.name}>"


def _clean(text: str) -> str:
    """Without the characters that no XML may have."""
    return _NOT_IN_XML.sub("\ufffd", text)
