"""What somebody has written and not yet sent, kept here so that nobody writes it twice.

A browser nobody is signed in with keeps one; an account keeps several, each under the name of its form.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.cabinet import queries
from appeals.cabinet.model import DRAFT_LASTS, DRAFTS_AN_HOUR_FROM, IDLE, MOST_DRAFTS, UNDO_FOR
from appeals.cabinet.tables import CabinetAccount, CabinetCode, CabinetDraft, CabinetSession
from db import Conflict, is_storable
from staff import patience
from staff.sign_in import hash_of
from staff.tables import Organisation

LONGEST: Final = 21_000  # characters of a field: more than the form takes, so that what is too long is told, not cut
NOT_KEPT: Final = frozenset({"files", "csrf", "deed"})
REMEMBERED: Final = ("author", "title", "code", "surname", "given_name", "patronymic", "phone", "address")


class KeptMany(Conflict):
    """The account keeps as many drafts as one may."""


def storable(typed: Mapping[str, Any]) -> dict[str, str]:
    """What of a form is kept: texts, no files. The form keeps its name, so that what was sent is not sent twice."""
    texts = {name: value[:LONGEST] for name, value in typed.items() if isinstance(value, str) and name not in NOT_KEPT}
    kept = {name: value if is_storable(value) else "" for name, value in texts.items()}
    return kept | {"submission": _name_of(kept.get("submission", ""))}


def _name_of(submission: str) -> str:
    """The form's name; a new one where it has none that could be one."""
    try:
        return str(UUID(submission))
    except ValueError:
        return str(uuid4())


def keep_of_browser(
    session: Session, organisation: Organisation, token: str, typed: Mapping[str, Any], *, address: str
) -> None:
    """The draft of a browser nobody is signed in with. TooManyRequests: what fills the table is nobody's letter."""
    if queries.draft_of_browser(session, organisation.id, hash_of(token)) is None:
        patience.count(session, "cabinet draft", address, most=DRAFTS_AN_HOUR_FROM, within=timedelta(hours=1))
    _keep(session, organisation.id, typed, ["token_hash"], token_hash=hash_of(token))


def keep(session: Session, account: CabinetAccount, typed: Mapping[str, Any]) -> int:
    """One of the account's drafts: the one of this form as it is now, else one more; which. KeptMany."""
    fields = storable(typed)
    if queries.draft_of_form(session, account.id, fields["submission"]) is None:
        queries.account_locked(session, account.id)
        if len(kept(session, account)) >= MOST_DRAFTS:
            raise KeptMany
    return bring(session, account, fields)


def bring(session: Session, account: CabinetAccount, typed: Mapping[str, Any]) -> int:
    """The same of what was written where nobody was signed in: it is never refused."""
    return _keep(session, account.organisation_id, typed, ["account_id", "submission"], account_id=account.id)


def _keep(session: Session, organisation: int, typed: Mapping[str, Any], one: list[str], **whose: str | int) -> int:
    fields = storable(typed)
    values = {"fields": fields, "saved_at": datetime.now(UTC), "submission": fields["submission"]}
    statement = insert(CabinetDraft).values(organisation_id=organisation, **whose, **values)
    kept: int | None = session.scalar(
        statement.on_conflict_do_update(index_elements=one, set_=values | {"forgotten_at": None}).returning(
            CabinetDraft.id
        )
    )
    assert kept is not None  # an upsert always returns its row
    return kept


def of_browser(session: Session, organisation: Organisation, token: str) -> CabinetDraft | None:
    """The draft of a browser without an account, thrown away or not; after an hour somebody else may sit there."""
    found = queries.draft_of_browser(session, organisation.id, hash_of(token)) if token else None
    return found if found is not None and found.saved_at > datetime.now(UTC) - IDLE else None


def take_over(session: Session, organisation: Organisation, token: str, account: CabinetAccount) -> int | None:
    """What was written before the sign-in is one of the account's drafts now; which, if there was any."""
    written = of_browser(session, organisation, token)
    if written is None or written.forgotten_at is not None:
        return None
    draft = bring(session, account, written.fields)
    session.delete(written)
    session.flush()
    return draft


def kept(session: Session, account: CabinetAccount) -> list[CabinetDraft]:
    """What the account has begun, the newest first."""
    return [each for each in queries.drafts_of_account(session, account.id) if each.forgotten_at is None]


def thrown_away(session: Session, account: CabinetAccount) -> list[CabinetDraft]:
    """What the account has thrown away and may still have back."""
    return [each for each in queries.drafts_of_account(session, account.id) if can_come_back(each)]


def can_come_back(draft: CabinetDraft) -> bool:
    """Whether it was thrown away so short a time ago that it can be had back."""
    return draft.forgotten_at is not None and draft.forgotten_at > datetime.now(UTC) - UNDO_FOR


def filled_in(draft: CabinetDraft | None, account: CabinetAccount | None) -> dict[str, Any]:
    """The form as it was left, with the name under which it is sent; who is known finds their own data in it."""
    known = {name: getattr(account, name) for name in REMEMBERED} if account is not None else {}
    if account is not None:
        known["phone"] = account.phone or account.telephone or ""
    return {"submission": str(uuid4())} | known | (draft.fields if draft is not None else {})


def forget(session: Session, draft: CabinetDraft) -> None:
    """It is not wanted; for a while it can be had back."""
    draft.forgotten_at = draft.forgotten_at or datetime.now(UTC)
    session.flush()


def restore(session: Session, draft: CabinetDraft) -> bool:
    """It is wanted after all; whether it could still be had back."""
    if draft.forgotten_at is not None and not can_come_back(draft):
        return False
    draft.forgotten_at = None
    session.flush()
    return True


def forget_sent(session: Session, account: CabinetAccount, submission: UUID | None, *, substance: str = "") -> None:
    """This form is registered, and its draft done with; with `substance` only where the draft says the same."""
    draft = queries.draft_of_form(session, account.id, str(submission))
    if draft is None:
        return
    if not substance or draft.fields.get("substance", "").split() == substance.split():
        session.delete(draft)
        session.flush()


def sweep(session: Session) -> tuple[int, int]:
    """Forgets drafts that nobody went on with, codes and sessions that are over: how many drafts, how many others."""
    now = datetime.now(UTC)
    is_old = or_(CabinetDraft.saved_at < now - DRAFT_LASTS, CabinetDraft.forgotten_at < now - UNDO_FOR)
    gone = delete(CabinetDraft).where(is_old).returning(CabinetDraft.id)
    codes = delete(CabinetCode).where(CabinetCode.until_at < now).returning(CabinetCode.token_hash)
    over = delete(CabinetSession).where(CabinetSession.expires_at < now).returning(CabinetSession.token_hash)
    drafts, others = len(session.execute(gone).all()), len(session.execute(codes).all())
    return drafts, others + len(session.execute(over).all())


def texts(found: Sequence[CabinetDraft], at_most: int) -> dict[int, str]:
    """By which words each is told from the others."""
    told = {each.id: " ".join(str(each.fields.get("substance", "")).split()) for each in found}
    return {draft: text if len(text) <= at_most else f"{text[:at_most].rstrip()}…" for draft, text in told.items()}
