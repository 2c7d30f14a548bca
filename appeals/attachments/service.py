"""Every change to what is attached: one function a deed. Nothing is deleted; what was a mistake is taken back."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from appeals.attachments import queries
from appeals.attachments.model import MOST, Refusal, Refused
from appeals.attachments.storing import Stored
from appeals.attachments.tables import AppealLink, Attachment, CompulsoryKind
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.tables import Appeal
from db import Conflict
from staff import queries as staff
from staff.audit import audit
from staff.tables import Person

DAY = timedelta(days=1)


class NotOffered(Conflict):
    """There is no such kind of attachments today."""


class BeginsThen(Conflict):
    """This kind is asked for of this problem already."""


def check_room(session: Session, appeal: Appeal) -> None:
    """Refused when the appeal has as many files as one may have."""
    if queries.count(session, appeal.id) >= MOST:
        raise Refused(Refusal.TOO_MANY)


def attach(
    session: Session,
    appeal: Appeal,
    stored: Stored,
    *,
    kind: int,
    by: Person,
    submission: UUID,
    assignment: int | None = None,
    note: str = "",
) -> Attachment:
    """The row of a file that is in the store. NotOffered for a kind that is none of today's."""
    if kind not in {each.id for each in offered(session, by.organisation_id)}:
        raise NotOffered(str(kind))
    facts = {name: getattr(stored, name) for name in Stored.__slots__}
    attachment = Attachment(
        organisation_id=by.organisation_id,
        appeal_id=appeal.id,
        assignment_id=assignment,
        kind_id=kind,
        submission=submission,
        note=note,
        added_by=by.id,
        **facts,
    )
    session.add(attachment)
    session.flush()
    _written(session, by, "attachment.added", appeal, attachment)
    return attachment


def take_back(session: Session, appeal: Appeal, attachment: Attachment, why: str, *, by: Person) -> None:
    """No longer shown or counted, with the reason; row and object stay. Conflict when it was taken back already."""
    if attachment.taken_back_at is not None:
        raise Conflict(f"attachment {attachment.id} was taken back")
    if not why.strip():
        raise Conflict("no reason")
    attachment.taken_back_at, attachment.taken_back_by = datetime.now(UTC), by.id
    attachment.taken_back_why = why.strip()
    _written(session, by, "attachment.taken_back", appeal, attachment, why=attachment.taken_back_why)


def mark_for_author(session: Session, appeal: Appeal, attachment: Attachment, *, by: Person) -> None:
    """Its author has it in their cabinet, with the answer and not before. Conflict for what was taken back."""
    if attachment.taken_back_at is not None:
        raise Conflict(f"attachment {attachment.id} was taken back")
    if attachment.for_author_at is None:
        attachment.for_author_at, attachment.for_author_by = datetime.now(UTC), by.id
        _written(session, by, "attachment.marked_for_author", appeal, attachment)


def keep_from_author(session: Session, appeal: Appeal, attachment: Attachment, *, by: Person) -> None:
    """Of staff alone again; who has taken it away meanwhile stands in the trail."""
    if attachment.for_author_at is not None:
        attachment.for_author_at = attachment.for_author_by = None
        _written(session, by, "attachment.kept_from_author", appeal, attachment)


def open_file(session: Session, appeal: Appeal, attachment: Attachment, *, whole: bool, by: Person) -> Attachment:
    """The attachment, of which it is written down that it was looked at, or taken away (`whole`)."""
    _written(session, by, "attachment.downloaded" if whole else "attachment.opened", appeal, attachment)
    return attachment


def add_link(session: Session, appeal: Appeal, address: str, note: str, *, by: Person) -> AppealLink:
    """Where a photo or a video lies."""
    row = AppealLink(
        organisation_id=by.organisation_id, appeal_id=appeal.id, address=address, note=note, added_by=by.id
    )
    session.add(row)
    session.flush()
    audit(session, by, "attachment.link_added", f"appeal:{appeal.number}", address=address)
    return row


def take_link_back(session: Session, appeal: Appeal, row: AppealLink, *, by: Person) -> None:
    """No longer shown. Conflict when it was taken back already."""
    if row.taken_back_at is not None:
        raise Conflict(f"link {row.id} was taken back")
    row.taken_back_at, row.taken_back_by = datetime.now(UTC), by.id
    audit(session, by, "attachment.link_taken_back", f"appeal:{appeal.number}", address=row.address)


def offered(session: Session, organisation: int) -> list[ClassifierEntry]:
    """The kinds of attachments of today, of this organisation alone."""
    found = classifier.in_force(session, Section.ATTACHMENT, staff.organisation(session, organisation).today())
    return [each for each in found if each.organisation_id == organisation]


def missing_kinds(session: Session, appeal: Appeal, assignment: int | None = None) -> list[ClassifierEntry]:
    """What the work must still be shown by before it is done (U-109): of the whole appeal, or of one assignment.

    A rule of a problem counts for what stands below it in the classifier, one without a problem for every appeal.
    """
    today = staff.organisation(session, appeal.organisation_id).today()
    rules = [each for each in queries.compulsory(session, today) if each.organisation_id == appeal.organisation_id]
    if not rules:
        return []
    wanted = {rule.kind for rule in rules if rule.problem in _lineage(session, appeal.problem, today)}
    there = {each.kind.code for each in queries.of_appeal(session, appeal.id, assignment=assignment)}
    return [each for each in offered(session, appeal.organisation_id) if each.code in wanted - there]


def ask_for(session: Session, problem: str, kind: str, *, today: date, by: Person) -> CompulsoryKind:
    """Work on such a problem must be shown by this kind from today on. BeginsThen."""
    known = queries.compulsory(session, today)
    if any(each.problem == problem and each.kind == kind for each in known):
        raise BeginsThen(f"{problem} {kind}")
    rule = CompulsoryKind(
        organisation_id=by.organisation_id, problem=problem, kind=kind, valid_from=today, made_by=by.id
    )
    session.add(rule)
    session.flush()
    audit(session, by, "compulsory_kind.set", f"compulsory_kind:{rule.id}", problem=problem, kind=kind)
    return rule


def ask_no_longer(session: Session, rule: CompulsoryKind, *, today: date, by: Person) -> None:
    """Yesterday was the rule's last day; one that began today never was."""
    if rule.valid_until is not None:
        raise Conflict(f"compulsory kind {rule.id} has ended")
    audit(session, by, "compulsory_kind.ended", f"compulsory_kind:{rule.id}", problem=rule.problem, kind=rule.kind)
    if rule.valid_from >= today:
        session.delete(rule)
    else:
        rule.valid_until = today - DAY


def _lineage(session: Session, problem: str, today: date) -> set[str]:
    """The problem, what stands above it, and any."""
    above, found, code = queries.parents(session, Section.PROBLEM, today), {"", problem}, problem
    while (code := above.get(code, "")) and code not in found:
        found.add(code)
    return found


def _written(session: Session, by: Person, deed: str, appeal: Appeal, attachment: Attachment, **details: str) -> None:
    about = {"attachment": str(attachment.id), "sha256": attachment.sha256}
    audit(session, by, deed, f"appeal:{appeal.number}", **about, **details)
