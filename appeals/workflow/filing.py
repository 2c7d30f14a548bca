"""The way of an appeal through the editor and the chancellery (Z-26): each deed by the table, numbers, times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.applicants.model import ApplicantKind
from appeals.particulars import service as particulars
from appeals.tables import Appeal
from appeals.terms import service as terms
from appeals.workflow import queries
from appeals.workflow.model import OF_FILING, WITH_EDITOR, Deed, Refusal, Stage, Told, fault_of_telling
from appeals.workflow.service import Begun, begun, note, permit, refuse, settle
from appeals.workflow.tables import Chancellery, ChancelleryNumbering, Filing
from db import Conflict
from staff import queries as staff
from staff.audit import audit, changes
from staff.tables import Person

INCOMING, OUTGOING = "incoming", "outgoing"
PATTERN: Final = "{number}/{year}"


class Unnumbered(Conflict):
    """A pattern of numbers without the running number or the year; `register` says which."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


def formalise(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """An editor has begun: the others see who."""
    step, filing = _on_filing(session, number, Deed.FORMALISE, told, by=by)
    if not step.again:
        filing.editor_id = by.id
        _moved(session, step, filing, Deed.FORMALISE)
    return step.appeal


def submit(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """The formal text to the chancellery; what was taken down stays beside it. Of another kind it has another term."""
    step, filing = _on_filing(session, number, Deed.SUBMIT, told, by=by)
    if not step.again:
        appeal = step.appeal
        refuse(_lacks(appeal))
        assert told.kind is not None
        kind, appeal.kind, appeal.substance = appeal.kind, told.kind, told.text.strip()
        if appeal.kind != kind:
            audit(session, by, "appeal.formalised", f"appeal:{appeal.number}", kind=f"{kind} → {appeal.kind}")
            particulars.recode_kind(session, appeal)
        if appeal.kind != kind and not appeal.due_by_hand:
            terms.begin(session, appeal, terms.ground(session, appeal.organisation_id), by=by)
        filing.editor_id = by.id
        _moved(session, step, filing, Deed.SUBMIT)
    return step.appeal


def send_back(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """To the editor, with the reason."""
    step, filing = _on_filing(session, number, Deed.SEND_BACK, told, by=by)
    if not step.again:
        filing.returns += 1
        _moved(session, step, filing, Deed.SEND_BACK)
    return step.appeal


def enter(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """In the chancellery's register, under its number: the one that was written, else the next."""
    step, filing = _on_filing(session, number, Deed.ENTER, told, by=by)
    if not step.again:
        filing.incoming = numbered(session, filing, INCOMING, told.number)
        filing.entered_at = datetime.now(UTC)
        _moved(session, step, filing, Deed.ENTER, body=filing.incoming)
    return step.appeal


def dispatched(session: Session, filing: Filing, written: str) -> str:
    """The answer is out, whichever it is: its number in the register of what goes out."""
    _pass_time(filing)
    filing.outgoing = numbered(session, filing, OUTGOING, written)
    filing.stage, filing.dispatched_at = Stage.DISPATCHED, datetime.now(UTC)
    return filing.outgoing


def arrange(session: Session, *, on: bool, incoming: str, outgoing: str, by: Person) -> Chancellery:
    """Whether what is registered from now on passes an editor and the chancellery; what is on its way goes on."""
    for register, pattern in ((INCOMING, incoming), (OUTGOING, outgoing)):
        if "{number}" not in pattern or "{year}" not in pattern:
            raise Unnumbered(register)
    office = queries.chancellery(session, by.organisation_id)
    if office is None:
        office = Chancellery(organisation_id=by.organisation_id, since=None, incoming="", outgoing="")
        session.add(office)
    before = _told_of(office)
    office.since = (office.since or datetime.now(UTC)) if on else None
    office.incoming, office.outgoing = incoming, outgoing
    session.flush()
    after = _told_of(office)
    told = changes(**{name: (before[name], value) for name, value in after.items()})
    if told:
        audit(session, by, "chancellery.arranged", "chancellery:rules", **told)
    return office


def numbered(session: Session, filing: Filing, register: str, written: str) -> str:
    """The number that was written, if nothing else has it; else the next of the year by the organisation's clocks.

    One at a time in a register: numbers are unique and without gaps.
    """
    organisation = filing.organisation_id
    year = datetime.now(staff.organisation(session, organisation).zone).year
    which = {"organisation_id": organisation, "register": register, "year": year}
    session.execute(insert(ChancelleryNumbering).values(**which, last=0).on_conflict_do_nothing())
    numbering = queries.numbering_locked(session, organisation, register, year)
    if written.strip():
        refuse(Refusal.NUMBER_TAKEN if queries.is_number_taken(session, register, written.strip()) else None)
        return written.strip()
    office = queries.chancellery(session, organisation)
    pattern = str(getattr(office, register)) if office is not None else PATTERN
    while True:  # somebody may have written the next one by hand
        numbering.last += 1
        found = pattern.replace("{number}", str(numbering.last)).replace("{year}", str(year))
        if not queries.is_number_taken(session, register, found):
            return found


def _told_of(office: Chancellery) -> Mapping[str, str]:
    return {"on": str(office.since is not None), INCOMING: office.incoming, OUTGOING: office.outgoing}


def _lacks(appeal: Appeal) -> Refusal | None:
    """What the law wants of an author: a name and a place of residence, or an organisation's name and address."""
    who = appeal.applicant
    name = who.title if who.kind == ApplicantKind.ORGANISATION else who.surname
    place = who.address or appeal.address
    return None if name.strip() and place.strip() else Refusal.INCOMPLETE


def _on_filing(session: Session, number: str, deed: Deed, told: Told, *, by: Person) -> tuple[Begun, Filing]:
    """What the table says of the deed, asked: by whom, at which stage, with what. NotAllowed, NotFound, NotDone."""
    row = OF_FILING[deed]
    permit(by, row, filed=True)
    step = begun(session, number, told, by=by)
    if step.filing is None:
        refuse(Refusal.NOT_NOW)
    assert step.filing is not None
    if not step.again:
        can = step.appeal.closed_at is None and Stage(step.filing.stage) in row.sources
        refuse(None if can else Refusal.NOT_NOW)
        refuse(fault_of_telling(row.needs, told, datetime.now(UTC)))
    return step, step.filing


def _moved(session: Session, step: Begun, filing: Filing, deed: Deed, *, body: str = "") -> None:
    """The next stage by the table, the time at the last one, the line in the history, the appeal's state, the news."""
    was = filing.stage
    _pass_time(filing)
    filing.stage = OF_FILING[deed].to
    note(session, step, deed, was=was, became=filing.stage, body=body)
    settle(session, step, deed, ())


def _pass_time(filing: Filing) -> None:
    now, stage = datetime.now(UTC), Stage(filing.stage)
    if stage in WITH_EDITOR:
        filing.editing += now - filing.moved_at
    elif stage is Stage.SUBMITTED:
        filing.checking += now - filing.moved_at
    filing.moved_at = now
