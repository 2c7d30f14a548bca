"""Codes that prove an e-mail or a telephone.

A code is good for the browser that asked for it alone: the cookie's token goes into its hash. So nobody wears out
another's tries, and who reads the table, or a message on its way, cannot use what stands there.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.cabinet import queries
from appeals.cabinet.model import (
    CODE_DIGITS,
    CODE_LASTS,
    CODES_AN_HOUR,
    CODES_AN_HOUR_FROM,
    SMS_AN_HOUR,
    SMS_AN_HOUR_FROM,
    SMS_AN_HOUR_IN_ALL,
    TRIES,
    Contact,
    Way,
    email_of,
)
from appeals.cabinet.tables import Cabinet, CabinetCode
from appeals.cabinet.words import CODE, CODE_BY_SMS
from notify import queries as channels
from notify import service as outbox
from notify.model import ChannelKind, Template, is_recipient
from staff import patience
from staff.sign_in import hash_of
from staff.tables import Organisation
from web.forms import telephone
from web.languages import audience

AN_HOUR: Final = timedelta(hours=1)
TEMPLATES: Final[Mapping[Way, Template]] = {Way.EMAIL: CODE, Way.SMS: CODE_BY_SMS}


class Waiting(NamedTuple):
    """A code that a browser waits for: how often it may still be typed, 0 where there is none any more; its way."""

    tries: int
    way: Way


def ways(session: Session, organisation: Organisation, cabinet: Cabinet) -> frozenset[Way]:
    """By which ways a code comes now: in the quiet hours of its channel no SMS leaves."""
    found = {way for way in Way if cabinet.channel(way) is not None}
    if cabinet.sms_channel_id is not None:
        channel = channels.channel(session, cabinet.sms_channel_id)
        if outbox.is_quiet(channel, organisation.zone, datetime.now(UTC)):
            found.discard(Way.SMS)
    return frozenset(found)


def contact_of(typed: str, ways: frozenset[Way]) -> Contact | None:
    """Where a code can be sent to; None where what was typed is no such thing."""
    if "@" in typed:
        email = email_of(typed)
        return Contact(Way.EMAIL, email) if Way.EMAIL in ways and _is_email(email) else None
    phone = telephone(typed) if Way.SMS in ways else None
    return Contact(Way.SMS, phone) if phone and is_recipient(ChannelKind.SMS_HTTP, phone) else None


def _is_email(email: str) -> bool:
    """Whether a letter can be sent there at all, from outside: the card takes no e-mail without a dot after the @."""
    return len(email) <= 254 and is_recipient(ChannelKind.EMAIL, email) and "." in email.partition("@")[2]


def send(
    session: Session,
    organisation: Organisation,
    cabinet: Cabinet,
    contact: Contact,
    *,
    token: str,
    address: str,
    account: int | None = None,
) -> None:
    """A code to the contact, in place of the one this browser had; with `account` it is to be added to that one.

    TooManyRequests by contact, by address and, of SMS, by organisation.
    """
    _have_patience(session, organisation, contact, address)
    channel = cabinet.channel(contact.way)
    assert channel is not None
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    values = {
        "email": contact.value if contact.way is Way.EMAIL else None,
        "telephone": contact.value if contact.way is Way.SMS else None,
        "account_id": account,
        "code_hash": _hash(token, code),
        "tries": 0,
        "until_at": datetime.now(UTC) + CODE_LASTS,
    }
    session.execute(
        insert(CabinetCode)
        .values(organisation_id=organisation.id, token_hash=hash_of(token), **values)
        .on_conflict_do_update(index_elements=["token_hash"], set_=values)
    )
    outbox.put(
        session,
        channels.channel(session, channel),
        contact.value,
        TEMPLATES[contact.way],
        language=language_of(organisation),
        key=f"cabinet-code:{uuid4()}",
        parameters={"code": code, "organisation": organisation.called(language_of(organisation))},
    )


def _have_patience(session: Session, organisation: Organisation, contact: Contact, address: str) -> None:
    whose = str(organisation.id)
    patience.count(session, "cabinet", address, most=CODES_AN_HOUR_FROM, within=AN_HOUR)
    if contact.way is Way.EMAIL:
        patience.count(session, "cabinet", whose, contact.value, most=CODES_AN_HOUR, within=AN_HOUR)
        return
    patience.count(session, "cabinet sms", address, most=SMS_AN_HOUR_FROM, within=AN_HOUR)
    patience.count(session, "cabinet sms", whose, contact.value, most=SMS_AN_HOUR, within=AN_HOUR)
    patience.count(session, "cabinet sms", whose, most=SMS_AN_HOUR_IN_ALL, within=AN_HOUR)


def proven(
    session: Session, organisation: Organisation, token: str, typed: str, *, account: int | None = None
) -> Contact | None:
    """The contact that the right code proves, the code used up.

    None where it is wrong, too old, or was tried too often; the try counts all the same.
    """
    waiting = queries.code_locked(session, organisation.id, hash_of(token), account)
    if waiting is None or waiting.until_at <= datetime.now(UTC) or waiting.tries >= TRIES:
        return None
    waiting.tries += 1
    digits = "".join(each for each in typed if each.isascii() and each.isdigit())
    if not hmac.compare_digest(waiting.code_hash, _hash(token, digits)):
        session.flush()
        return None
    contact = waiting.contact
    session.delete(waiting)
    session.flush()
    return contact


def waiting(session: Session, organisation: Organisation, token: str, *, account: int | None = None) -> Waiting:
    """What this browser waits for."""
    found = queries.find_code(session, organisation.id, hash_of(token), account) if token else None
    if found is None or found.until_at <= datetime.now(UTC):
        return Waiting(0, Way.EMAIL)
    return Waiting(max(0, TRIES - found.tries), found.contact.way)


def language_of(organisation: Organisation) -> str:
    """In which language the citizen is written to: the one of their page, where the organisation speaks it."""
    chosen = audience().language
    return chosen if chosen in organisation.languages else organisation.default_language


def _hash(token: str, code: str) -> str:
    return hmac.new(token.encode(), code.encode(), hashlib.sha256).hexdigest()
