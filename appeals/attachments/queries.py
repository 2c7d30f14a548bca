"""Every SELECT of attachments."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from appeals.attachments.tables import AppealLink, Attachment, AttachmentFault, CompulsoryKind
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.tables import Appeal
from db import NotFound
from db.validity import rows_in_force

_ROWS = 1000  # of a look at everything, at once


class Attached(NamedTuple):
    """An attachment with the version of its kind."""

    file: Attachment
    kind: ClassifierEntry

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at in the page."""
        return self.file.is_picture


class Faulty(NamedTuple):
    """A fault, with the attachment and the number of its appeal where there are any."""

    fault: AttachmentFault
    file_name: str | None
    number: str | None


def of_appeal(session: Session, appeal: int, *, assignment: int | None = None) -> Sequence[Attached]:
    """What is attached to the appeal and not taken back, or of that only what shows the work of one assignment."""
    return _attached(session, appeal, true() if assignment is None else Attachment.assignment_id == assignment)


def of_work(session: Session, appeal: int, assignment: int) -> Sequence[Attached]:
    """What an executor may see: the appeal's own files, and those of this assignment."""
    return _attached(session, appeal, or_(Attachment.assignment_id.is_(None), Attachment.assignment_id == assignment))


def _attached(session: Session, appeal: int, which: ColumnElement[bool]) -> Sequence[Attached]:
    rows = session.execute(
        select(Attachment, ClassifierEntry)
        .join(ClassifierEntry, ClassifierEntry.id == Attachment.kind_id)
        .where(Attachment.appeal_id == appeal, Attachment.taken_back_at.is_(None), which)
        .order_by(Attachment.id)
    )
    return [Attached(*row) for row in rows]


def taken_back(session: Session, appeal: int) -> Sequence[Attachment]:
    """What was attached and taken back."""
    gone = select(Attachment).where(Attachment.appeal_id == appeal, Attachment.taken_back_at.is_not(None))
    return session.scalars(gone.order_by(Attachment.id)).all()


def count(session: Session, appeal: int) -> int:
    """How many files the appeal ever got."""
    return session.scalar(select(func.count()).where(Attachment.appeal_id == appeal)) or 0


def get(session: Session, appeal: int, attachment: int) -> Attachment:
    """An attachment of this appeal, taken back or not. NotFound."""
    found = session.get(Attachment, attachment)
    if found is None or found.appeal_id != appeal:
        raise NotFound(f"attachment {attachment}")
    return found


def find_submission(session: Session, submission: UUID) -> Attachment | None:
    """What this very form has attached already."""
    return session.scalars(select(Attachment).where(Attachment.submission == submission)).one_or_none()


def links(session: Session, appeal: int) -> Sequence[AppealLink]:
    """The links of the appeal that are not taken back."""
    asked = select(AppealLink).where(AppealLink.appeal_id == appeal, AppealLink.taken_back_at.is_(None))
    return session.scalars(asked.order_by(AppealLink.id)).all()


def link(session: Session, appeal: int, link_id: int) -> AppealLink:
    """A link of this appeal. NotFound."""
    found = session.get(AppealLink, link_id)
    if found is None or found.appeal_id != appeal:
        raise NotFound(f"link {link_id}")
    return found


def compulsory(session: Session, on: date) -> Sequence[CompulsoryKind]:
    """What is asked for on that day, by problem."""
    asked = select(CompulsoryKind).where(rows_in_force(CompulsoryKind, on))
    return session.scalars(asked.order_by(CompulsoryKind.problem, CompulsoryKind.id)).all()


def compulsory_kind(session: Session, rule: int) -> CompulsoryKind:
    """One of them. NotFound, also for another organisation's."""
    found = session.get(CompulsoryKind, rule)
    if found is None:
        raise NotFound(f"compulsory kind {rule}")
    return found


def parents(session: Session, section: Section, on: date) -> dict[str, str]:
    """What stands above each code of a section on that day."""
    valid = (ClassifierEntry.section == section, rows_in_force(ClassifierEntry, on))
    rows = session.execute(select(ClassifierEntry.code, ClassifierEntry.parent).where(*valid))
    return {row.code: row.parent for row in rows}


def stored(session: Session, organisation: int) -> Iterator[Attachment]:
    """Every file of the organisation in the order of the keys in the store, bit by bit."""
    after = ""
    while True:
        asked = select(Attachment).where(Attachment.organisation_id == organisation, Attachment.object_key > after)
        rows = session.scalars(asked.order_by(Attachment.object_key).limit(_ROWS)).all()
        yield from rows
        if len(rows) < _ROWS:
            return
        after = rows[-1].object_key


def with_key(session: Session, key: str) -> Attachment | None:
    """The attachment whose object, or whose small picture, lies under this key."""
    either = or_(Attachment.object_key == key, Attachment.small_key == key)
    return session.scalars(select(Attachment).where(either).limit(1)).first()


def faults(session: Session, organisation: int) -> Sequence[Faulty]:
    """Where rows and store disagree, what is lost first."""
    rows = session.execute(
        select(AttachmentFault, Attachment.file_name, Appeal.number)
        .outerjoin(Attachment, Attachment.id == AttachmentFault.attachment_id)
        .outerjoin(Appeal, Appeal.id == Attachment.appeal_id)
        .where(AttachmentFault.organisation_id == organisation)
        .order_by(AttachmentFault.attachment_id.is_(None), AttachmentFault.found_at, AttachmentFault.object_key)
    )
    return [Faulty(*row) for row in rows]


def known_faults(session: Session, organisation: int) -> dict[str, AttachmentFault]:
    """The same by their keys."""
    rows = session.scalars(select(AttachmentFault).where(AttachmentFault.organisation_id == organisation))
    return {row.object_key: row for row in rows}


def unsound(session: Session, ids: Iterable[int], organisation: int) -> set[int]:
    """Those of the attachments that are missing from the store or changed there."""
    wanted = list(ids)
    if not wanted:
        return set()
    asked = select(AttachmentFault.attachment_id).where(
        AttachmentFault.organisation_id == organisation, AttachmentFault.attachment_id.in_(wanted)
    )
    return {each for each in session.scalars(asked) if each is not None}
