"""Every change to appeals and their drafts: one function a deed."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals import queries
from appeals.model import AppealNumber, Kind, Result, Source, State
from appeals.tables import Appeal, AppealDraft, AppealNumbering, Applicant
from staff.tables import Organisation, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantFields:
    """Who turned to us. The phone is E.164 or empty."""

    surname: str
    given_name: str = ""
    patronymic: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFields:
    """What they ask for."""

    kind: Kind
    topic: str
    substance: str
    address: str
    source: Source = Source.PHONE
    call: UUID | None = None


def register(
    session: Session,
    applicant: ApplicantFields,
    appeal: AppealFields,
    *,
    by: Person,
    submission: UUID,
    explanation: str = "",
) -> Appeal:
    """A numbered appeal; with an explanation it is closed at once as explained (U-101). The same form registers once.

    The draft of this person and call is done with.
    """
    already = queries.find_submission(session, submission)
    if already is not None:
        return already
    row = Appeal(
        organisation_id=by.organisation_id,
        number=str(_next_number(session, by.organisation_id)),
        submission=submission,
        kind=appeal.kind,
        topic=appeal.topic,
        substance=appeal.substance,
        address=appeal.address,
        source=appeal.source,
        call_id=appeal.call,
        state=State.CLOSED if explanation else State.REGISTERED,
        result=Result.EXPLAINED if explanation else None,
        answer=explanation,
        closed_at=datetime.now(UTC) if explanation else None,
        applicant=_same_or_new(session, applicant, by.organisation_id),
        registered_by=by.id,
    )
    session.add(row)
    forget_draft(session, by.id, appeal.call)
    session.flush()
    return row


def save_draft(session: Session, person: Person, call: UUID | None, fields: dict[str, Any]) -> None:
    """Keeps what was typed so far; the last save wins."""
    values = {"fields": fields, "saved_at": datetime.now(UTC)}
    session.execute(
        insert(AppealDraft)
        .values(organisation_id=person.organisation_id, person_id=person.id, call_id=call, **values)
        .on_conflict_do_update(index_elements=["person_id", "call_id"], set_=values)
    )


def forget_draft(session: Session, person: int, call: UUID | None) -> None:
    """The draft was registered or thrown away."""
    same_call = AppealDraft.call_id.is_(None) if call is None else AppealDraft.call_id == call
    session.execute(delete(AppealDraft).where(AppealDraft.person_id == person, same_call))


def _same_or_new(session: Session, fields: ApplicantFields, organisation: int) -> Applicant:
    """The known applicant with this phone and surname, brought up to date; else a new one."""
    known = queries.find_applicant(session, fields.phone)
    if known is None or known.surname.casefold() != fields.surname.casefold():
        return Applicant(organisation_id=organisation, **asdict(fields) | {"phone": fields.phone or None})
    for name, value in asdict(fields).items():
        if value:
            setattr(known, name, value)
    return known


def _next_number(session: Session, organisation: int) -> AppealNumber:
    """The next number of the year in the organisation's own zone; waits for whoever is taking one now."""
    zone = ZoneInfo(session.get_one(Organisation, organisation).time_zone)
    year = datetime.now(zone).year % 100
    counter = insert(AppealNumbering).values(organisation_id=organisation, year=year, last=1)
    last = session.scalar(
        counter.on_conflict_do_update(
            index_elements=["organisation_id", "year"], set_={"last": AppealNumbering.last + 1}
        ).returning(AppealNumbering.last)
    )
    assert last is not None  # an upsert always returns its row
    return AppealNumber(year, last)
