"""Every SELECT of the cabinet. What is whose is asked here: another account's appeal is not found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import CTE, Select, func, or_, select
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.applicants.model import ApplicantKind
from appeals.applicants.tables import Applicant
from appeals.attachments.tables import Attachment
from appeals.cabinet.model import USUAL, Asked, Contact, Way, definition
from appeals.cabinet.tables import (
    Cabinet,
    CabinetAccount,
    CabinetAppeal,
    CabinetCode,
    CabinetDraft,
    CabinetForm,
    CabinetSession,
)
from appeals.model import WITH_RESULT, State
from appeals.rights.model import FIELDS, FieldClass
from appeals.tables import Appeal
from db import NotFound
from staff.tables import Organisation, Person

PAGE: Final = 30


def organisation_called(session: Session, code: str) -> Organisation:
    """The organisation with this code. NotFound."""
    found = session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()
    if found is None:
        raise NotFound(f"organisation {code}")
    return found


def find(session: Session, organisation: int) -> Cabinet | None:
    """The cabinet of the organisation; None before anybody has arranged one."""
    return session.get(Cabinet, organisation)


def open_of(session: Session) -> frozenset[int]:
    """The organisations whose citizens may write by the cabinet."""
    reached = or_(Cabinet.mail_channel_id.is_not(None), Cabinet.sms_channel_id.is_not(None))
    return frozenset(session.scalars(select(Cabinet.organisation_id).where(reached)))


def registrar(session: Session, cabinet: Cabinet) -> Person:
    """The account under which the cabinet registers."""
    return session.get_one(Person, cabinet.person_id)


def version(session: Session, organisation: int) -> CabinetForm | None:
    """The form as it is asked today; None while nobody has changed the usual one."""
    mine = select(CabinetForm).where(CabinetForm.organisation_id == organisation)
    return session.scalars(mine.order_by(CabinetForm.version.desc()).limit(1)).first()


def asked(session: Session, organisation: int) -> tuple[Asked, ...]:
    """The fields of the form in their order."""
    newest = version(session, organisation)
    return definition(newest.fields) if newest is not None else USUAL


def account_with(session: Session, organisation: int, contact: Contact) -> CabinetAccount | None:
    """Whose e-mail or telephone this is."""
    column = CabinetAccount.email if contact.way is Way.EMAIL else CabinetAccount.telephone
    mine = (CabinetAccount.organisation_id == organisation, column == contact.value)
    return session.scalars(select(CabinetAccount).where(*mine)).one_or_none()


def account_locked(session: Session, account: int) -> CabinetAccount:
    """The account, for one who changes it or counts what it sent."""
    return session.scalars(
        select(CabinetAccount)
        .where(CabinetAccount.id == account)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def code_locked(session: Session, organisation: int, token_hash: str, account: int | None) -> CabinetCode | None:
    """The code that this browser waits for, to be added to the account or to open one; parallel tries queue up."""
    return session.scalars(_code(organisation, token_hash, account).with_for_update()).one_or_none()


def find_code(session: Session, organisation: int, token_hash: str, account: int | None) -> CabinetCode | None:
    """The same, to be looked at."""
    return session.scalars(_code(organisation, token_hash, account)).one_or_none()


def _code(organisation: int, token_hash: str, account: int | None) -> Select[CabinetCode]:
    mine = (CabinetCode.organisation_id == organisation, CabinetCode.token_hash == token_hash)
    return select(CabinetCode).where(*mine, CabinetCode.account_id.is_not_distinct_from(account))


def signed_in(
    session: Session, organisation: int, token_hash: str, now: datetime
) -> tuple[CabinetSession, CabinetAccount] | None:
    """The session with this token that has not ended, and whose it is."""
    row = session.execute(
        select(CabinetSession, CabinetAccount)
        .join(CabinetAccount, CabinetAccount.id == CabinetSession.account_id)
        .where(CabinetSession.token_hash == token_hash, CabinetSession.expires_at > now)
        .where(CabinetSession.organisation_id == organisation)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def draft_of_browser(session: Session, organisation: int, token_hash: str) -> CabinetDraft | None:
    """What was written in this browser before anybody signed in."""
    mine = (CabinetDraft.organisation_id == organisation, CabinetDraft.token_hash == token_hash)
    return session.scalars(select(CabinetDraft).where(*mine)).one_or_none()


def drafts_of_account(session: Session, account: int) -> Sequence[CabinetDraft]:
    """What this account has begun, the newest first; with what it has thrown away and may still have back."""
    mine = select(CabinetDraft).where(CabinetDraft.account_id == account)
    return session.scalars(mine.order_by(CabinetDraft.saved_at.desc(), CabinetDraft.id.desc())).all()


def draft_of_account(session: Session, account: int, draft: int) -> CabinetDraft:
    """One of these. NotFound for everybody else's."""
    mine = (CabinetDraft.account_id == account, CabinetDraft.id == draft)
    found = session.scalars(select(CabinetDraft).where(*mine)).one_or_none()
    if found is None:
        raise NotFound(f"draft {draft}")
    return found


def draft_of_form(session: Session, account: int, submission: str) -> CabinetDraft | None:
    """What this account has begun in this form."""
    mine = (CabinetDraft.account_id == account, CabinetDraft.submission == submission)
    return session.scalars(select(CabinetDraft).where(*mine)).one_or_none()


def _own(account: int) -> CTE:
    """What the account sent, and what goes on with it: a reopened appeal is its author's."""
    own = select(CabinetAppeal.appeal_id).where(CabinetAppeal.account_id == account).cte("own", recursive=True)
    return own.union(select(Appeal.id).join(own, Appeal.reopens_id == own.c.appeal_id))


def appeals_of(session: Session, account: int, *, after: int | None = None) -> Sequence[Appeal]:
    """The account's appeals, the newest first, of what is older than `after`; one more than `PAGE` tells of a page."""
    mine = select(Appeal).where(Appeal.id.in_(select(_own(account).c.appeal_id)))
    if after is not None:
        mine = mine.where(Appeal.id < after)
    return session.scalars(mine.order_by(Appeal.id.desc()).limit(PAGE + 1)).all()


def own(session: Session, account: int, number: str) -> Appeal:
    """The account's appeal with this number. NotFound for everybody else's."""
    mine = select(Appeal).where(Appeal.number == number, Appeal.id.in_(select(_own(account).c.appeal_id)))
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise NotFound(f"appeal {number}")
    return found


def written_by_author(session: Session, appeals: Collection[Appeal]) -> dict[int, str]:
    """The text of each as its author wrote it: a reopened one carries the words of who reopened it."""
    texts = {each.id: each.substance for each in appeals if each.reopens_id is None}
    reopened = [each.id for each in appeals if each.reopens_id is not None]
    if not reopened:
        return texts
    here = select(Appeal.id.label("of"), Appeal.reopens_id.label("before")).where(Appeal.id.in_(reopened))
    way = here.cte("way", recursive=True)
    earlier = select(way.c.of, Appeal.reopens_id).join(Appeal, Appeal.id == way.c.before)
    way = way.union(earlier.where(Appeal.reopens_id.is_not(None)))
    first = select(way.c.of, Appeal.substance).join(Appeal, Appeal.id == way.c.before)
    return texts | {row[0]: row[1] for row in session.execute(first.where(Appeal.reopens_id.is_(None)))}


def sent_since(session: Session, account: int, since: datetime) -> int:
    """How many appeals the account has sent since then."""
    mine = select(func.count()).select_from(CabinetAppeal).join(Appeal, Appeal.id == CabinetAppeal.appeal_id)
    return session.scalar(mine.where(CabinetAppeal.account_id == account, Appeal.registered_at >= since)) or 0


def sent_by(session: Session, appeal: int) -> tuple[CabinetAppeal, CabinetAccount] | None:
    """How an appeal came by the cabinet, and whose account it was; None for one that came otherwise."""
    row = session.execute(
        select(CabinetAppeal, CabinetAccount)
        .join(CabinetAccount, CabinetAccount.id == CabinetAppeal.account_id)
        .where(CabinetAppeal.appeal_id == appeal)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def entity_of(session: Session, account: int, title: str) -> int | None:
    """As whom the account has written for the legal entity of this name before."""
    written = select(Applicant).join(Appeal, Appeal.applicant_id == Applicant.id)
    mine = written.join(CabinetAppeal, CabinetAppeal.appeal_id == Appeal.id).where(
        CabinetAppeal.account_id == account, Applicant.kind == ApplicantKind.ORGANISATION
    )
    found = session.scalars(mine.order_by(Appeal.id.desc()).limit(PAGE)).all()
    return next((each.id for each in found if spelling.key(each.title) == spelling.key(title)), None)


def files_of(session: Session, appeal: Appeal, registrar: int) -> Sequence[Attachment]:
    """What the author attached and nobody has taken back; what staff attach is theirs."""
    mine = (Attachment.appeal_id == appeal.id, Attachment.added_by == registrar, Attachment.taken_back_at.is_(None))
    return session.scalars(select(Attachment).where(*mine).order_by(Attachment.id)).all()


def files_for_author(session: Session, appeal: Appeal, registrar: int) -> Sequence[Attachment]:
    """What staff have attached to the answer and marked for its author: with the answer, never before it."""
    if State(appeal.state) not in WITH_RESULT:
        return ()
    marked = (Attachment.for_author_at.is_not(None), Attachment.taken_back_at.is_(None))
    theirs = select(Attachment).where(Attachment.appeal_id == appeal.id, Attachment.added_by != registrar, *marked)
    found = session.scalars(theirs.order_by(Attachment.id)).all()
    return [each for each in found if FIELDS[each.field] is FieldClass.PUBLIC]


def file(session: Session, appeal: Appeal, registrar: int, attachment: int) -> Attachment:
    """One of the two. NotFound for any other."""
    shown = (*files_of(session, appeal, registrar), *files_for_author(session, appeal, registrar))
    found = next((each for each in shown if each.id == attachment), None)
    if found is None:
        raise NotFound(f"attachment {attachment}")
    return found
