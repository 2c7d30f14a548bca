"""Phones lent to citizens' browsers: "call us from the browser".

A phone is lent for one call at a time and a short while. Its secret is used once (see `VisitorPhone`): when few unused
secrets are left, all spent ones are renewed together and rendered into Asterisk once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import phonenumbers
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.tables import VisitorPhone
from db import Conflict, notify
from db.notices import ASTERISK_CONFIG

PHONES = 20
LEASE = timedelta(minutes=2)  # renewed by the page while it is open; a closed page frees its phone
RENEWAL = timedelta(seconds=5)  # for rendering and reloading before a new secret may be lent
RESERVE = 8  # fewer unused phones than this: renew the spent ones now
PER_ADDRESS = 3  # phones one address may hold at once: a family, an office
WHILE = timedelta(minutes=1)
IN_A_WHILE = 8  # phones one address may have had lately; more would use up secrets faster than they are renewed


class TooManyFromOneAddress(Conflict):
    """This address holds as many phones as it may."""


class TooOftenFromOneAddress(Conflict):
    """This address has borrowed as many phones in a short while as it may."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A phone in a browser's hands. The token proves later that it is the same browser."""

    phone: str
    secret: str
    token: str
    until: datetime


def make_phones(session: Session, count: int = PHONES) -> None:
    """Makes visitor01 ... once; what exists stays."""
    known = set(session.scalars(select(VisitorPhone.name)))
    names = (f"visitor{number:02}" for number in range(1, count + 1))
    session.add_all(VisitorPhone(name=name, secret=_secret()) for name in names if name not in known)


def lend(session: Session, address: str) -> Lease | None:
    """A phone for one call; None while all are lent. TooManyFromOneAddress, TooOftenFromOneAddress."""
    now = datetime.now(UTC)
    # One lender at a time: the limit per address and the reserve are counted, not guessed.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("visitor_phone"))))
    _take_back(session, now)
    _refuse_greed(session, address)
    free = session.scalars(
        select(VisitorPhone)
        .where(VisitorPhone.token_hash.is_(None), VisitorPhone.spent.is_(False), VisitorPhone.usable_from <= now)
        .order_by(VisitorPhone.usable_from, VisitorPhone.name)
    ).all()
    if len(free) <= RESERVE:
        _renew_spent(session, now)
    if not free:
        return None
    phone, token = free[0], secrets.token_urlsafe(24)
    phone.address, phone.leased_until, phone.token_hash = address, now + LEASE, _hash(token)
    return Lease(phone.name, phone.secret, token, phone.leased_until)


def prolong(session: Session, token: str) -> bool:
    """The page is still there. False when its phone has been given away."""
    phone = lent(session, token, lock=True)
    if phone is None:
        return False
    phone.leased_until = datetime.now(UTC) + LEASE
    return True


def give_back(session: Session, token: str) -> None:
    """The call is over. Nothing happens for a token that is no longer valid."""
    phone = lent(session, token, lock=True)
    if phone is not None:
        _free(phone, datetime.now(UTC))


def lent(session: Session, token: str, *, lock: bool = False) -> VisitorPhone | None:
    """The phone that the page with this token has; None once it was given back or taken back.

    A page that could not be heard for longer than its lease (the web process was away) keeps it until the next loan.
    """
    chosen = select(VisitorPhone).where(VisitorPhone.token_hash == _hash(token))
    return session.scalar(chosen.with_for_update() if lock else chosen)


def number_given(typed: str, country: str) -> str | None:
    """A number to be called back at, E.164; None for what is no one's number there, or costs whoever calls it."""
    try:
        parsed = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    dear = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST}
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.number_type(parsed) in dear:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _refuse_greed(session: Session, address: str) -> None:
    had = session.scalars(select(VisitorPhone).where(VisitorPhone.address == address)).all()
    if sum(phone.token_hash is not None for phone in had) >= PER_ADDRESS:
        raise TooManyFromOneAddress(address)
    if len(had) >= IN_A_WHILE:
        raise TooOftenFromOneAddress(address)


def _take_back(session: Session, now: datetime) -> None:
    """Phones of closed pages come back; who had a phone is remembered for a while, then forgotten."""
    for phone in session.scalars(select(VisitorPhone).where(VisitorPhone.leased_until <= now)):
        if phone.token_hash is not None and phone.leased_until is not None:
            _free(phone, phone.leased_until)
        if phone.leased_until is not None and phone.leased_until <= now - WHILE:
            phone.address = phone.leased_until = None
    session.flush()


def _free(phone: VisitorPhone, at: datetime) -> None:
    phone.token_hash, phone.leased_until, phone.spent = None, at, True


def _renew_spent(session: Session, now: datetime) -> None:
    spent = session.scalars(select(VisitorPhone).where(VisitorPhone.spent)).all()
    for phone in spent:
        phone.secret, phone.usable_from, phone.spent = _secret(), now + RENEWAL, False
    if spent:
        notify(session, ASTERISK_CONFIG, "visitors")


def _secret() -> str:
    return secrets.token_urlsafe(24)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
