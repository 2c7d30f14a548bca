"""Every SELECT of appeals and their drafts."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

import calls.queries
from appeals.applicants import queries as applicants
from appeals.applicants.model import CONTACTS, NAMES, TITLES
from appeals.model import OPEN, WORDS, AppealNumber
from appeals.tables import Appeal, AppealDraft
from calls.model import CallState, interface_of
from calls.tables import CallRow
from db import NotFound
from staff.rights import has
from staff.tables import Person

BEGUN = 20  # cards in a list

_WITH_APPLICANT = select(Appeal).options(joinedload(Appeal.applicant))


def _written() -> ColumnElement[bool]:
    """Whether a draft holds anybody's words: one that is only filled in with who is known by the number does not."""
    text = {name: AppealDraft.fields[name].astext for name in ("filled", *NAMES, *TITLES, *CONTACTS, *WORDS)}
    words = func.btrim(func.concat(*(text[name] for name in WORDS))) != ""
    who = func.btrim(func.concat(*(text[name] for name in (*NAMES, *TITLES, *CONTACTS)))) != ""
    return or_(words, and_(func.coalesce(text["filled"], "") == "", who))


_WRITTEN = _written()
_MINE = AppealDraft.person_id == bindparam("person")
_TO_GO_ON_WITH = (  # put together once: it is asked with every call that rings
    select(AppealDraft)
    .where(AppealDraft.call_id == bindparam("call"), or_(_MINE, _WRITTEN))
    .order_by(_MINE.desc(), AppealDraft.saved_at.desc())
    .limit(1)
)


class Begun(NamedTuple):
    """A card that was begun and not registered, and who typed in it last."""

    draft: AppealDraft
    writer: str


def find_by_number(session: Session, number: str) -> Appeal | None:
    """The appeal with this number, written `26-000123` or keyed in as `26000123`."""
    parsed = AppealNumber.parse(number)
    if parsed is None:
        return None
    return session.scalars(_WITH_APPLICANT.where(Appeal.number == str(parsed))).one_or_none()


def get(session: Session, number: str) -> Appeal:
    """The appeal with this number. NotFound when there is none."""
    appeal = find_by_number(session, number)
    if appeal is None:
        raise NotFound(f"appeal {number}")
    return appeal


def numbered(session: Session, digits: str) -> Sequence[Appeal]:
    """What these digits number: `26000123` and `26-000123` in full, `123` an appeal of this year or the last."""
    whole = AppealNumber.parse(digits)
    years = [(datetime.now(UTC).year - ago) % 100 for ago in (0, 1)]
    short = [AppealNumber(year, int(digits)) for year in years] if re.fullmatch("[0-9]{1,6}", digits) else []
    wanted = [str(number) for number in ([whole] if whole else short)]
    return session.scalars(_WITH_APPLICANT.where(Appeal.number.in_(wanted)).order_by(Appeal.number.desc())).all()


def find_submission(session: Session, submission: UUID) -> Appeal | None:
    """The appeal registered by this very form, if it was already sent."""
    return session.scalars(_WITH_APPLICANT.where(Appeal.submission == submission)).one_or_none()


def appeals_of(session: Session, phone: str, *, at_most: int = 10) -> Sequence[Appeal]:
    """The appeals of everybody who is reached by this phone: open ones first, then the newest."""
    if not phone:
        return []
    mine = (
        _WITH_APPLICANT.where(Appeal.applicant_id.in_(applicants.reached_by(phone)))
        .order_by(Appeal.state.in_(OPEN).desc(), Appeal.registered_at.desc())
        .limit(at_most)
    )
    return session.scalars(mine).all()


def appeals_from_call(session: Session, call: UUID) -> Sequence[Appeal]:
    """What was registered while this call went on."""
    return session.scalars(_WITH_APPLICANT.where(Appeal.call_id == call).order_by(Appeal.id)).all()


def earlier(session: Session, appeal: Appeal, *, at_most: int) -> Sequence[Appeal]:
    """What the applicant had turned to us with before, the newest first."""
    before = select(Appeal).where(Appeal.applicant_id == appeal.applicant_id, Appeal.id < appeal.id)
    return session.scalars(before.order_by(Appeal.id.desc()).limit(at_most)).all()


def find_draft(session: Session, person: int, call: UUID | None) -> AppealDraft | None:
    """What this person has typed for this call and not yet registered."""
    return session.scalars(
        select(AppealDraft).where(AppealDraft.person_id == person, AppealDraft.call_id.is_not_distinct_from(call))
    ).one_or_none()


def draft_to_go_on_with(session: Session, person: Person, call: UUID | None) -> AppealDraft | None:
    """One's own draft of this call, else what a colleague has begun in it, for those who go on with the call."""
    if call is None:
        return find_draft(session, person.id, None)
    found = session.scalars(_TO_GO_ON_WITH, {"call": call, "person": person.id}).one_or_none()
    mine = found is not None and found.person_id == person.id
    return found if mine or goes_on_with(session, person, call) else None


def drafts_of_call(session: Session, call: UUID) -> Sequence[AppealDraft]:
    """Everything typed for this call, whoever typed it."""
    return session.scalars(select(AppealDraft).where(AppealDraft.call_id == call)).all()


def goes_on_with(session: Session, person: Person, call: UUID) -> bool:
    """Whether what was begun in this call is this person's to go on with: they took part, or read every call.

    A running call is open to whoever knows its id: a telephone rings a moment before the ledger hears of the offer.
    """
    row = calls.queries.find(session, call)
    if row is None:
        return False
    if row.state != CallState.ENDED or has(person, "calls.read"):
        return True
    return calls.queries.took_part(session, call, interface_of(person.id))


def begun(session: Session, person: Person, *, colleagues: bool = False) -> Sequence[Begun]:
    """The person's own begun cards, newest first; with `colleagues` those of everybody's ended calls too."""
    ended = exists().where(CallRow.id == AppealDraft.call_id, CallRow.state == CallState.ENDED)
    whose = or_(AppealDraft.person_id == person.id, ended) if colleagues else AppealDraft.person_id == person.id
    return _begun(session, whose)


def begun_in_call(session: Session, person: Person, call: UUID) -> Sequence[Begun]:
    """The begun cards of one call that are this person's to go on with."""
    own = AppealDraft.person_id == person.id
    whose = true() if goes_on_with(session, person, call) else own
    return _begun(session, AppealDraft.call_id == call, whose)


def is_left_begun(session: Session, person: Person, call: UUID) -> bool:
    """Whether a begun card of this call stays with this person: no colleague has the caller, or will have."""
    row = calls.queries.find(session, call)
    elsewhere = row is not None and (
        row.state == CallState.QUEUED or (row.state == CallState.TALKING and row.agent != interface_of(person.id))
    )
    return not elsewhere and bool(begun_in_call(session, person, call))


def _begun(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Begun]:
    rows = session.execute(
        select(AppealDraft, Person.name)
        .join(Person, Person.id == AppealDraft.person_id)
        .where(_WRITTEN, *conditions)
        .order_by(AppealDraft.saved_at.desc())
        .limit(BEGUN)
    )
    return [Begun(*row) for row in rows]
