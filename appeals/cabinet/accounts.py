"""Accounts of citizens: a proven e-mail or telephone opens one, and a session of this browser; the other is added."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.applicants import queries as applicants_known
from appeals.applicants import service as applicants
from appeals.applicants.model import ContactKind
from appeals.cabinet import codes, drafts, queries
from appeals.cabinet.codes import language_of
from appeals.cabinet.model import IDLE, LONGEST, Contact, Way
from appeals.cabinet.tables import Cabinet, CabinetAccount, CabinetAppeal, CabinetDraft, CabinetSession
from staff.audit import audit
from staff.sign_in import hash_of
from staff.tables import Organisation

SEEN_EVERY: Final = timedelta(minutes=1)  # a session's last use is written at most this often
FIELDS: Final = {Way.EMAIL: "email", Way.SMS: "telephone"}
CONTACTS: Final = {Way.EMAIL: ContactKind.EMAIL, Way.SMS: ContactKind.PHONE}


class Opened(NamedTuple):
    """A session that somebody has opened: its token, and the draft of this browser that is the account's now."""

    token: str
    draft: int | None


def sign_in(session: Session, organisation: Organisation, token: str, typed: str) -> Opened | None:
    """A session, the account made if the contact had none, the draft of this browser now its own.

    None where the code is wrong, too old, or was tried too often; the try counts all the same.
    """
    contact = codes.proven(session, organisation, token, typed)
    if contact is None:
        return None
    account = _account(session, organisation, contact)
    draft = drafts.take_over(session, organisation, token, account)
    return Opened(open_session(session, account), draft)


def _account(session: Session, organisation: Organisation, contact: Contact) -> CabinetAccount:
    language = language_of(organisation)
    values = {"organisation_id": organisation.id, FIELDS[contact.way]: contact.value, "language": language}
    session.execute(insert(CabinetAccount).values(**values).on_conflict_do_nothing())
    found = queries.account_with(session, organisation.id, contact)
    assert found is not None  # it was there, or is now
    found.language = language
    return found


def add_contact(
    session: Session, organisation: Organisation, cabinet: Cabinet, whose: CabinetAccount, *, token: str, typed: str
) -> Contact | None:
    """The contact that the right code proves is the account's, and its author's; None where the code is not right.

    Who proves it last has it: an account that was opened by nothing else becomes this one, with what it sent and began.
    """
    contact = codes.proven(session, organisation, token, typed, account=whose.id)
    if contact is None:
        return None
    account = queries.account_locked(session, whose.id)
    other = queries.account_with(session, organisation.id, contact)
    if other is not None and other.id != account.id:
        _take_from(session, account, other, contact.way)
    setattr(account, FIELDS[contact.way], contact.value)
    session.flush()
    if contact.way is Way.SMS:
        typed_as = (CabinetAppeal.account_id == account.id, CabinetAppeal.phone == contact.value)
        session.execute(update(CabinetAppeal).where(*typed_as).values(phone=""))
    applicant = applicants_known.find(session, account.applicant_id)
    if applicant is not None:
        kept = applicants_known.kept_of(session, applicant)
        by = queries.registrar(session, cabinet)
        applicants.add_contact(session, kept, CONTACTS[contact.way], contact.value, by=by)
    audit(session, None, "citizen.contact_proven", f"citizen:{account.id}", kind=contact.way)
    return contact


def _take_from(session: Session, account: CabinetAccount, other: CabinetAccount, way: Way) -> None:
    """The contact leaves the other account; one that nothing else opens comes along whole."""
    if all(getattr(other, name) for name in FIELDS.values()):
        setattr(other, FIELDS[way], None)
        session.flush()
        return
    for table in (CabinetAppeal, CabinetDraft):
        session.execute(update(table).where(table.account_id == other.id).values(account_id=account.id))
    account.applicant_id = account.applicant_id or other.applicant_id
    session.delete(other)
    session.flush()


def open_session(session: Session, account: CabinetAccount) -> str:
    """A new session of the account; the token for the cookie."""
    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    session.add(
        CabinetSession(
            organisation_id=account.organisation_id,
            token_hash=hash_of(token),
            account_id=account.id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + IDLE,
        )
    )
    session.flush()
    audit(session, None, "citizen.signed_in", f"citizen:{account.id}")
    return token


def recognise(session: Session, organisation: int, token: str) -> tuple[CabinetSession, CabinetAccount] | None:
    """Whose session the token opens; its end is moved on."""
    now = datetime.now(UTC)
    found = queries.signed_in(session, organisation, hash_of(token), now)
    if found is not None and now - found[0].seen_at > SEEN_EVERY:
        found[0].seen_at = now
        found[0].expires_at = min(now + IDLE, found[0].created_at + LONGEST)
    return found


def close_session(session: Session, token: str) -> None:
    """Ends the session."""
    session.execute(delete(CabinetSession).where(CabinetSession.token_hash == hash_of(token)))
