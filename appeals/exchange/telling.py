"""Rows as programs are told of them; what the fields' classes keep from a key is left out here, in one place."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from appeals.addresses import writing
from appeals.addresses.tables import AppealAddress
from appeals.attachments import queries as attachments
from appeals.attachments.queries import Attached
from appeals.exchange import shapes
from appeals.exchange.shapes import AppealLine, AssignmentLine, Happened, Holder, Piece
from appeals.executors import queries as executors
from appeals.journal import queries as journal
from appeals.journal.directories import Row
from appeals.model import State
from appeals.particulars import queries as particulars
from appeals.rights import model as rights
from appeals.rights.model import FieldClass
from appeals.tables import Appeal, Applicant
from appeals.terms import model as terms
from appeals.workflow import queries as workflow
from appeals.workflow.model import OfAppeal, OfAssignment, Work, deeds_on_appeal, deeds_on_assignment
from appeals.workflow.tables import AppealDeed, Assignment


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a caller sees, and in which language addresses are written; of one's own work the matter is open."""

    may: Callable[[str], bool]
    spoken: str
    of_own_work: bool = False

    def see(self, field: str) -> bool:
        """Whether the field of `rights` is open."""
        if self.of_own_work and rights.FIELDS[field] is FieldClass.SERVICE:
            return True
        return rights.sees(self.may, field)

    @property
    def personal(self) -> bool:
        """Whether anybody's data are shown."""
        return self.see("applicant.name")


def lines(session: Session, ids: Sequence[int], eyes: Eyes) -> list[AppealLine]:
    """These appeals in their order, each asked for once with all the others."""
    holders = workflow.executors_of(session, ids)
    return [AppealLine(**_line(row, holders.get(row.appeal.id, ()), eyes)) for row in journal.rows(session, ids)]


def whole(session: Session, appeal: Appeal, eyes: Eyes) -> shapes.Appeal:
    """One appeal with everything that is open of it."""
    [row] = journal.rows(session, [appeal.id])
    listed = workflow.assignments(session, appeal.id)
    holders = [each for each in listed if each.state != Work.WITHDRAWN]
    deeds = workflow.history(session, appeal.id)
    codes = particulars.codes(session, appeal.id)
    paper = particulars.find(session, appeal.id) if eyes.see("appeal.paper") else None
    earlier = workflow.find_appeal(session, appeal.reopens_id) if appeal.reopens_id else None
    return shapes.Appeal(
        **_line(row, holders, eyes),
        answer=appeal.answer if eyes.see("appeal.answer") else None,
        codes=[
            shapes.Coded(section=entry.section, code=entry.code, name=entry.name)
            for code, entry in codes
            if eyes.see(rights.of_code(code.section))
        ],
        paper=_paper(paper),
        assignments=[piece(each, eyes, open_=appeal.closed_at is None) for each in listed],
        history=history(session, deeds),
        attachments=files(attachments.of_appeal(session, appeal.id), f"/api/v1/appeals/{appeal.number}/attachments"),
        reopens=earlier.number if earlier is not None else None,
        deeds=_allowed(deeds_on_appeal(State(appeal.state), eyes.may)),
    )


def inbox(session: Session, works: Sequence[Assignment], eyes: Eyes) -> list[AssignmentLine]:
    """Pieces of work with their appeals, each as its executor sees it: others' work is not told of."""
    rows = {row.appeal.id: row for row in journal.rows(session, list({work.appeal_id for work in works}))}
    return [AssignmentLine(**_work(work, rows[work.appeal_id], eyes)) for work in works]


def assignment(session: Session, work: Assignment, eyes: Eyes) -> shapes.Assignment:
    """One of them with what was done and what is attached."""
    [row] = journal.rows(session, [work.appeal_id])
    deeds = workflow.history(session, work.appeal_id, assignment=work.id)
    shown = attachments.of_work(session, work.appeal_id, work.id)
    return shapes.Assignment(
        **_work(work, row, eyes),
        history=history(session, deeds),
        attachments=files(shown, f"/api/v1/assignments/{work.id}/attachments"),
    )


def piece(work: Assignment, eyes: Eyes, *, open_: bool) -> Piece:
    """One executor's work. Its executor is loaded."""
    fields = (
        "id", "role", "state", "task", "due_at", "reworks", "outcome", "report", "later_on", "on_behalf",
        "assigned_at", "taken_at", "done_at",
    )  # fmt: skip
    return Piece(
        **{name: getattr(work, name) for name in fields},
        executor=work.executor.code,
        name=work.executor.name,
        deeds=_allowed(deeds_on_assignment(Work(work.state), eyes.may)) if open_ else [],
    )


def history(session: Session, deeds: Collection[AppealDeed]) -> list[Happened]:
    """What was done, in order; people of the centre are not named."""
    known = executors.codes(session, {each for deed in deeds for each in (deed.executor_id, deed.to_executor_id)})
    fields = ("id", "at", "deed", "was", "became", "reason", "result", "body", "late")
    return [
        Happened(
            **{name: getattr(each, name) for name in fields},
            assignment=each.assignment_id,
            executor=known.get(each.executor_id or 0),
            to=known.get(each.to_executor_id or 0),
            until=each.until_at,
        )
        for each in deeds
    ]


def files(attached: Sequence[Attached], at: str) -> list[shapes.File]:
    """Attachments, each with the address it is read from."""
    return [file(each, at) for each in attached]


def file(each: Attached, at: str) -> shapes.File:
    """One attachment."""
    fields = ("id", "media_type", "size", "sha256", "note", "added_at")
    return shapes.File(
        **{name: getattr(each.file, name) for name in fields},
        name=each.file.file_name,
        kind=each.kind.code,
        assignment=each.file.assignment_id,
        href=f"{at}/{each.file.id}",
    )


def applicant(who: Applicant, eyes: Eyes) -> shapes.Applicant | None:
    """Who turned to us, as far as it is open."""
    if not eyes.see("applicant.name"):
        return None
    fields = ("id", "kind", "name", "surname", "given_name", "patronymic", "title", "code", "language")
    contacts = ("phone", "email", "address")
    reached = {name: getattr(who, name) if eyes.see("applicant.contacts") else None for name in contacts}
    return shapes.Applicant(**{name: getattr(who, name) for name in fields}, **reached)


def _work(work: Assignment, row: Row, eyes: Eyes) -> dict[str, Any]:
    return {
        "work": piece(work, eyes, open_=row.appeal.closed_at is None),
        "appeal": AppealLine(**_line(row, [work], eyes)),
    }


def _line(row: Row, holders: Sequence[Assignment], eyes: Eyes) -> dict[str, Any]:
    appeal = row.appeal
    fields = ("number", "kind", "state", "result", "topic", "problem", "registered_at", "received_at", "closed_at")
    at = appeal.closed_at or datetime.now(UTC)
    return {name: getattr(appeal, name) for name in fields} | {
        "index": row.registration_index,
        "source": appeal.source,
        "substance": appeal.substance if eyes.see("appeal.substance") else None,
        "term": shapes.Term(
            due_at=appeal.due_at,
            standing=terms.standing(appeal.due_at, appeal.attention_at, at),
            variant=appeal.term_variant,
            long_control=appeal.long_control,
        ),
        "executors": [_holder(each) for each in holders],
        "applicant": applicant(appeal.applicant, eyes),
        "addresses": _addresses(row, eyes) if eyes.see("appeal.address") else None,
    }


def _addresses(row: Row, eyes: Eyes) -> list[shapes.Address]:
    if not row.addresses and row.appeal.address:
        return [shapes.Address(text=row.appeal.address, house=None, district=None)]
    return [_address(each, eyes) for each in row.addresses]


def _address(address: AppealAddress, eyes: Eyes) -> shapes.Address:
    house = address.house
    district = house.district.name if house is not None and house.district is not None else None
    return shapes.Address(text=writing.of_appeal(address, eyes.spoken), house=address.house_id, district=district)


def _holder(work: Assignment) -> Holder:
    code, name = work.executor.code, work.executor.name
    return Holder(assignment=work.id, executor=code, name=name, role=work.role, state=work.state)


def _paper(paper: object) -> shapes.Paper | None:
    if paper is None:
        return None
    return shapes.Paper(**{name: getattr(paper, name) for name in shapes.Paper.model_fields})


def _allowed(rows: Sequence[OfAppeal] | Sequence[OfAssignment]) -> list[shapes.Allowed]:
    return [shapes.Allowed(deed=row.deed, needs=list(row.needs)) for row in rows]


def by_names(fields: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the fields of a form, under the names that programs know them by."""
    return {names.get(name, name): message for name, message in fields.items()}
