"""Every SELECT of notices to citizens: the rules of an organisation, and what they have not been told yet."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, cast, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from appeals.model import State
from appeals.notices.model import AT_ONCE, About
from appeals.notices.tables import NoticePolicy
from appeals.tables import Appeal, Applicant
from appeals.terms.model import Change
from appeals.terms.tables import ExtensionRequest, TermChange
from appeals.workflow.tables import Filing
from notify.tables import Message, OptOut

MOVED_BY_PEOPLE = (Change.EXTENDED, Change.SHORTENED)


class News(NamedTuple):
    """Something that an applicant has not been told."""

    number: str
    phone: str
    until: datetime | None
    result: str | None
    key: str


def policy(session: Session, organisation: int) -> NoticePolicy | None:
    """What the organisation tells; None before it has said anything."""
    return session.get(NoticePolicy, organisation)


def policies(session: Session) -> Sequence[NoticePolicy]:
    """Those of organisations that tell anything at all."""
    told = (NoticePolicy.registered_since, NoticePolicy.moved_since, NoticePolicy.closed_since)
    said = func.coalesce(*told, NoticePolicy.mailed_since)
    return session.scalars(select(NoticePolicy).where(said.is_not(None)).order_by(NoticePolicy.organisation_id)).all()


class Answered(NamedTuple):
    """A closed appeal whose author has an e-mail and has not had the answer by it."""

    number: str
    email: str
    language: str
    result: str | None
    answer: str
    key: str


def unmailed(session: Session, organisation: int, since: datetime, *, at_most: int) -> Sequence[Answered]:
    """What was closed with an answer since then, the earliest first; not of those who want no messages.

    What a chancellery answers it sends itself; forwarding and returning have letters of their own.
    """
    key = _key_of_answer()
    told = exists().where(Message.organisation_id == organisation, Message.key == key)
    refused = exists().where(
        OptOut.organisation_id == organisation, OptOut.phone == Applicant.phone, OptOut.undone_at.is_(None)
    )
    filed = exists().where(Filing.appeal_id == Appeal.id)
    later = Appeal.closed_at > Appeal.registered_at + AT_ONCE
    wanted = (
        select(Appeal.number, Applicant.email, Applicant.language, Appeal.result, Appeal.answer, key)
        .join(Applicant, Applicant.id == Appeal.applicant_id)
        .where(Appeal.organisation_id == organisation, Appeal.closed_at > since, later, Appeal.state == State.CLOSED)
        .where(Applicant.email != "", ~told, ~refused, ~filed)
    )
    rows = session.execute(wanted.order_by(Appeal.closed_at).limit(at_most))
    return [Answered(*row) for row in rows]


def keys_of(session: Session, appeal: int) -> Sequence[str]:
    """The keys of what the author of an appeal may have been told of it."""
    once = select(_key(About.REGISTERED), _key(About.CLOSED), _key_of_answer(), _key_of_asking()).where(
        Appeal.id == appeal
    )
    moved = select(_key(About.MOVED)).where(TermChange.appeal_id == appeal, TermChange.change.in_(MOVED_BY_PEOPLE))
    return [key for row in session.execute(once) for key in row] + list(session.scalars(moved))


def untold(
    session: Session, organisation: int, about: About, since: datetime, *, at_most: int, but: Collection[str] = ()
) -> Sequence[News]:
    """What happened since then and has no message yet, the earliest first; not to those without a telephone, nor to
    the telephones of `but`."""
    key = _key(about)
    told = exists().where(Message.organisation_id == organisation, Message.key == key)
    wanted = (
        _happened(about, since)
        .add_columns(key.label("key"))
        .where(Appeal.organisation_id == organisation, Applicant.phone.is_not(None), ~told, Applicant.phone.not_in(but))
        .limit(at_most)
    )
    return [News(*row) for row in session.execute(wanted)]


def _happened(about: About, since: datetime) -> "Select[str, str | None, datetime | None, str | None]":
    wanted = select(Appeal.number, Applicant.phone, Appeal.due_at, Appeal.result).join(
        Applicant, Applicant.id == Appeal.applicant_id
    )
    later = or_(Appeal.closed_at.is_(None), Appeal.closed_at > Appeal.registered_at + AT_ONCE)
    match about:
        case About.REGISTERED:
            mine = (Appeal.registered_at > since, later, Appeal.state != State.CANCELLED)
            return wanted.where(*mine).order_by(Appeal.registered_at)
        case About.CLOSED:
            closed = wanted.where(Appeal.closed_at > since, later, Appeal.result.is_not(None), ~_answered_by_itself())
            return closed.order_by(Appeal.closed_at)
        case About.MOVED:
            return (
                wanted.join(TermChange, TermChange.appeal_id == Appeal.id)
                .with_only_columns(Appeal.number, Applicant.phone, TermChange.due_at, Appeal.result)
                .where(TermChange.at > since, TermChange.change.in_(MOVED_BY_PEOPLE), ~_told_by_itself())
                .order_by(TermChange.id)
            )


def _told_by_itself() -> ColumnElement[bool]:
    """Whether the author of an extended term got the SMS that the law wants, whatever is switched on."""
    return exists().where(
        ExtensionRequest.appeal_id == Appeal.id,
        Message.created_at == TermChange.at,  # both by the clock of one transaction
        Message.organisation_id == Appeal.organisation_id,
        Message.key == func.concat("term:extended:", ExtensionRequest.id),
        Message.recipient == Applicant.phone,
    )


def _answered_by_itself() -> ColumnElement[bool]:
    """Whether the author has had the chancellery's answer by SMS."""
    return exists().where(
        Message.organisation_id == Appeal.organisation_id,
        Message.key == func.concat("work:", Appeal.id, ":appeal_dispatched"),
        Message.recipient == Applicant.phone,
    )


def _key_of_answer() -> ColumnElement[str]:
    """The key of the letter with the answer: one each time that the appeal is closed."""
    return func.concat("citizen:mailed:", Appeal.id, ":", _closing())


def key_of_asking(session: Session, appeal: int) -> str:
    """The key of the question whether the matter is settled: one each time that the appeal is closed."""
    return session.scalars(select(_key_of_asking()).where(Appeal.id == appeal)).one()


def _key_of_asking() -> ColumnElement[str]:
    return func.concat("citizen:asked:", Appeal.id, ":", _closing())


def _closing() -> ColumnElement[int]:
    """It may be opened again and closed again."""
    return cast(extract("epoch", Appeal.closed_at), BigInteger)


def _key(about: About) -> ColumnElement[str]:
    """The key of the message in the outbox: an event has one, so it is told once."""
    match about:
        case About.REGISTERED:
            return func.concat("citizen:registered:", Appeal.id)
        case About.CLOSED:
            return func.concat("citizen:closed:", Appeal.id, ":", _closing())
        case About.MOVED:
            return func.concat("citizen:moved:", TermChange.id)
