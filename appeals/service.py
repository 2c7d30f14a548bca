"""Every change to appeals and their drafts: one function a deed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals import queries
from appeals.applicants import queries as applicants_known
from appeals.applicants import service as applicants
from appeals.applicants.model import filled_in, undone
from appeals.applicants.tables import Applicant
from appeals.classifier.model import PERSONAL, Section
from appeals.journal import spelled
from appeals.model import AppealNumber, Result, Source, State
from appeals.numbering import service as numbering
from appeals.particulars import service as particulars_of
from appeals.particulars.model import Particulars
from appeals.tables import Appeal, AppealDraft, AppealNumbering
from appeals.terms import service as terms
from appeals.webhooks import outbox
from appeals.webhooks.model import Event
from calls import directory
from staff.audit import audit
from staff.tables import Organisation, Person


def register(
    session: Session,
    appeal: Appeal,
    applicant: Applicant,
    *,
    by: Person,
    submission: UUID,
    explanation: str = "",
    particulars: Particulars = Particulars(),
    chosen: int | None = None,
) -> Appeal:
    """The appeal under a number; with an explanation it is closed at once as explained (U-101).

    `appeal` and `applicant` carry what was typed, `chosen` is who was found for the card. The same form
    (`submission`) registers once, however often and in parallel it is sent; one written anew since, for another
    matter, is another. The drafts of this form, and of this person and call, are done with.
    """
    offered = particulars_of.offered(session, by.organisation_id)
    ground = terms.ground(session, by.organisation_id)
    number = _next_number(session, by.organisation_id)  # its lock lets one registration in at a time
    already = queries.find_submission(session, submission)
    if already is not None and already.substance == appeal.substance:
        _give_back(session, by.organisation_id, number)
        return already
    forget_draft(session, by.id, appeal.call_id, submission)
    submission = uuid4() if already is not None else submission
    appeal.organisation_id = applicant.organisation_id = by.organisation_id
    appeal.number, appeal.submission, appeal.registered_by = str(number), submission, by.id
    appeal.state, appeal.result, appeal.answer = State.REGISTERED, None, explanation
    if explanation:
        appeal.state, appeal.result, appeal.closed_at = State.CLOSED, Result.EXPLAINED, datetime.now(UTC)
    appeal.applicant = applicants.of_appeal(session, applicant, chosen=chosen, by=by)
    session.add(appeal)
    session.flush()
    numbering.give(session, appeal)
    particulars_of.write(session, appeal, particulars, offered)
    entries = [entry for section in PERSONAL for entry in particulars.codes.get(section, ())]
    applicants.entitle(session, appeal.applicant, entries, since=appeal.received_at.date())
    terms.begin(session, appeal, ground, by=by)
    spelled.write(session, [appeal])
    outbox.put(session, appeal, Event.REGISTERED, number=appeal.number)
    audit(session, by, "appeal.registered", f"appeal:{appeal.number}")
    return appeal


def open_card(session: Session, number: str, *, why: str = "work", by: Person) -> Appeal:
    """The appeal with the applicant's data; who reads them and what for is written down (U-41). NotFound."""
    appeal = queries.get(session, number)
    audit(session, by, "appeal.opened", f"appeal:{appeal.number}", reason=why)
    return appeal


def fill_in(
    session: Session,
    typed: dict[str, Any],
    phone: str,
    *,
    before: int | None,
    chosen: int,
    by: Person,
    call: UUID | None = None,
) -> tuple[dict[str, Any], Sequence[Applicant]]:
    """The card with what is known of the phone, or of the applicant `chosen`, kept as a draft; and all who are known.

    What the applicant `before` had filled in makes room. With a choice the card keeps what it takes to go back.
    """
    gone = applicants_known.find(session, before) if before is not None else None
    if chosen:
        known: Sequence[Applicant] = [applicants.open_page(session, chosen, why="card", by=by)]
        typed = typed | {"undo": undone(typed)} | _entitled(session, known[0], typed)
        phone = phone or known[0].phone or ""
    else:
        known = applicants.look_up(session, phone, by=by)
    card = typed | {"phone": phone} | filled_in(typed, known, before=gone, chosen=chosen)
    save_draft(session, by, call, card)
    return card, known


def _entitled(session: Session, applicant: Applicant, typed: dict[str, Any]) -> dict[str, Any]:
    """The coded fields of the card that follow from the applicant's categories, where nothing was chosen."""
    held = applicants.entitled(session, applicant, datetime.now(UTC).date())
    several = {"code_category": held.get(Section.CATEGORY, [])}
    single = {"code_social": next(iter(held.get(Section.SOCIAL, [])), "")}
    return {name: value for name, value in (several | single).items() if value and not typed.get(name)}


def faults(
    session: Session, *, topic: str, source: Source | None, call: UUID | None, explanation: str | None
) -> list[str]:
    """The fields that break a rule no field knows alone. `explanation` is None where nothing is explained at once.

    Without a call it is said how the appeal came; the topic is one of the directory; what is explained is the answer.
    """
    wrong = {
        "source": call is None and source is None,
        "topic": topic not in directory.choices(session),
        "explanation": explanation == "",
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def taken_by_colleague(session: Session, submission: UUID, substance: str, *, by: Person) -> Appeal | None:
    """What a colleague has registered from the same draft, where this person has written something else since."""
    already = queries.find_submission(session, submission)
    if already is None or already.registered_by == by.id or already.substance == substance:
        return None
    return already


def save_draft(session: Session, person: Person, call: UUID | None, fields: dict[str, Any], *, seen: str = "") -> None:
    """Keeps what was typed so far; the last save wins. A form that was registered meanwhile keeps nothing.

    A call has one draft: a colleague's is taken over, if it is still as it was `seen`. Where they have typed on since
    then, theirs stays too.
    """
    if _is_registered(session, person, fields):
        return
    for draft in queries.drafts_of_call(session, call) if call and seen else ():
        if draft.person_id != person.id and draft.saved_at.isoformat() == seen:
            session.delete(draft)
    values = {"fields": fields, "saved_at": datetime.now(UTC)}
    session.execute(
        insert(AppealDraft)
        .values(organisation_id=person.organisation_id, person_id=person.id, call_id=call, **values)
        .on_conflict_do_update(index_elements=["person_id", "call_id"], set_=values)
    )


def open_draft(session: Session, person: Person, call: UUID | None) -> AppealDraft | None:
    """What was begun and is to be gone on with; the look at a colleague's is written down (U-41)."""
    draft = queries.draft_to_go_on_with(session, person, call)
    if draft is not None and draft.person_id != person.id:
        audit(session, person, "draft.opened", f"call:{call}", writer=str(draft.person_id))
    return draft


def discard_draft(session: Session, person: Person, call: UUID | None) -> None:
    """Throws away what this person would go on with, a colleague's too."""
    draft = queries.draft_to_go_on_with(session, person, call)
    if draft is None:
        return
    session.delete(draft)
    if call is not None:
        audit(session, person, "draft.discarded", f"call:{call}", writer=str(draft.person_id))


def forget_draft(session: Session, person: int, call: UUID | None, submission: UUID) -> None:
    """The draft was registered, by whoever had it."""
    own = and_(AppealDraft.person_id == person, AppealDraft.call_id.is_not_distinct_from(call))
    same = and_(AppealDraft.call_id == call, AppealDraft.fields["submission"].astext == str(submission))
    session.execute(delete(AppealDraft).where(or_(own, same)))


def _is_registered(session: Session, person: Person, fields: dict[str, Any]) -> bool:
    try:
        already = queries.find_submission(session, UUID(fields.get("submission", "")))
    except ValueError:
        return False
    if already is None:
        return False
    return already.registered_by != person.id or already.substance == fields.get("substance", "").strip()


def _give_back(session: Session, organisation: int, number: AppealNumber) -> None:
    """Takes the number back that nobody got; the lock is still ours, so no other has been given since."""
    session.execute(
        update(AppealNumbering)
        .where(AppealNumbering.organisation_id == organisation, AppealNumbering.year == number.year)
        .values(last=number.running - 1)
    )


def _next_number(session: Session, organisation: int) -> AppealNumber:
    """The next number of the year in the organisation's own zone; waits for whoever is taking one now."""
    zone = session.get_one(Organisation, organisation).zone
    year = datetime.now(zone).year % 100
    counter = insert(AppealNumbering).values(organisation_id=organisation, year=year, last=1)
    last = session.scalar(
        counter.on_conflict_do_update(
            index_elements=["organisation_id", "year"], set_={"last": AppealNumbering.last + 1}
        ).returning(AppealNumbering.last)
    )
    assert last is not None  # an upsert always returns its row
    return AppealNumber(year, last)
