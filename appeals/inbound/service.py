"""Every change to mailboxes and letters: one function a deed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeals.inbound import queries, words
from appeals.inbound.model import TRANSITIONS, Deed, Letter, State
from appeals.inbound.tables import InboundLetter, Mailbox
from appeals.tables import Appeal
from db import Conflict
from notify import queries as channels
from notify import service as outbox
from notify.model import ChannelKind, MessageState, Template, is_recipient, pause_after
from notify.tables import Channel
from staff import queries as staff
from staff.audit import audit, changes
from staff.tables import Person
from web.formats import day
from web.languages import gettext as _
from web.languages import speaking_to

EVERY: Final = timedelta(minutes=1)
LEASE: Final = timedelta(minutes=10)  # of a look, however many mails have come
LONGEST_PAUSE: Final = timedelta(minutes=15)  # after failures
UNDONE_WITHIN: Final = timedelta(minutes=2)  # an answer leaves that much later
_LONGEST_ERROR: Final = 300


class NameTaken(Conflict):
    """Another mailbox of the organisation has this name."""


class NoWayBack(Conflict):
    """The author left no address, or there is no channel of e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How a look into a mailbox went."""

    validity: int | None = None
    last_uid: int = 0
    failure: str = ""


def keep_mailbox(session: Session, mailbox: Mailbox, values: Mapping[str, Any], *, by: Person) -> Mailbox:
    """A mailbox, new or changed: looked into at once, from its beginning of now on. NameTaken."""
    is_new = mailbox.id is None
    told = {"name": str(values["name"])} if is_new else changes(**_differing(mailbox, values))
    moved = any(getattr(mailbox, name) != values[name] for name in ("host", "user", "folder"))
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(mailbox, name, value)
            mailbox.due_at, mailbox.failures, mailbox.last_failure = datetime.now(UTC), 0, None
            if moved:
                mailbox.validity, mailbox.last_uid = None, 0
            session.add(mailbox)
            session.flush()
    except IntegrityError as error:
        raise NameTaken(str(values.get("name"))) from error
    if told:
        audit(session, by, "mailbox.added" if is_new else "mailbox.changed", f"mailbox:{mailbox.id}", **told)
    return mailbox


def _differing(mailbox: Mailbox, values: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    """What is written down of a change; of the secret that it is another one, and not which."""
    pairs = {name: (getattr(mailbox, name), value) for name, value in values.items() if name != "secret"}
    if values.get("secret", mailbox.secret) != mailbox.secret:
        pairs["secret"] = ("•••", "••••••")
    return pairs


def lease(session: Session, now: datetime) -> Sequence[Mailbox]:
    """Mailboxes to be looked into by whoever asks; nobody else looks into them until that is done or has failed."""
    found = queries.due(session, now)
    for mailbox in found:
        mailbox.due_at = now + LEASE
    session.flush()
    return found


def looked(session: Session, mailbox_id: int, how: Looked, now: datetime) -> None:
    """When the next look is, and from where on."""
    mailbox = queries.mailbox(session, mailbox_id)
    if how.failure:
        mailbox.failures += 1
        mailbox.last_failure_at, mailbox.last_failure = now, how.failure[:_LONGEST_ERROR]
        mailbox.due_at = now + max(EVERY, pause_after(mailbox.failures, longest=LONGEST_PAUSE))
        return
    mailbox.failures, mailbox.last_success_at = 0, now
    mailbox.validity, mailbox.last_uid = how.validity, how.last_uid
    mailbox.due_at = now + EVERY


def take(
    session: Session, mailbox: Mailbox, letter: Letter, *, key: str | None, size: int, received_at: datetime
) -> bool:
    """The letter, for an operator to complete; one that came before, to whichever mailbox, is not taken again."""
    state = State.PASSED_OVER if letter.machine is not None else State.WAITING
    new = insert(InboundLetter).values(
        organisation_id=mailbox.organisation_id,
        mailbox_id=mailbox.id,
        message_id=letter.message_id,
        received_at=received_at,
        sender=letter.sender,
        sender_name=letter.sender_name,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text=letter.text,
        parts=[{"name": part.name, "kind": part.kind, "size": len(part.content)} for part in letter.parts],
        faults=sorted(letter.faults),
        machine=letter.machine,
        object_key=key,
        size=size,
        state=state,
        handed_over=not letter.parts,
    )
    return session.scalar(new.on_conflict_do_nothing().returning(InboundLetter.id)) is not None


def take_from_chat(
    session: Session,
    channel: Channel,
    chat: str,
    text: str,
    told: Mapping[str, str],
    *,
    name: str,
    received_at: datetime,
) -> int:
    """What a citizen has sent from a chat, for an operator to complete; the letter of before under the same name."""
    new = insert(InboundLetter).values(
        organisation_id=channel.organisation_id,
        channel_id=channel.id,
        message_id=name,
        received_at=received_at,
        sender="",
        sender_name=told["name"],
        reply_to=chat,
        subject="",
        text=text,
        told=dict(told),
        size=len(text),
        handed_over=True,
    )
    made = session.scalar(new.on_conflict_do_nothing().returning(InboundLetter.id))
    return made if made is not None else queries.named(session, channel.organisation_id, name)


def register(session: Session, letter_id: int, appeal: Appeal, *, by: Person) -> InboundLetter:
    """The letter has become this appeal. Conflict for one that does not wait."""
    letter = queries.letter_locked(session, letter_id)
    if letter.appeal_id == appeal.id:
        return letter
    letter.appeal_id = appeal.id
    _decide(session, letter, Deed.REGISTER, by=by, appeal=appeal.number)
    if letter.channel_id is not None:
        told = {"number": appeal.number, "day": day(letter.received_at), "entry": str(letter.id)}
        _write_to_chat(session, letter, words.REGISTERED, key=f"chat:registered:{letter.id}", told=told)
    return letter


def _write_to_chat(
    session: Session, letter: InboundLetter, template: Template, *, key: str, told: Mapping[str, str]
) -> None:
    """Into the chat that it came from, in the language chosen there."""
    language = letter.told["language"]
    organisation = staff.organisation(session, letter.organisation_id)
    channel = channels.channel(session, letter.channel_id or 0)
    parameters = {"organisation": organisation.called(language), **told}
    outbox.put(session, channel, letter.reply_to, template, language=language, key=key, parameters=parameters)


def send_back(session: Session, letter_id: int, missing: Sequence[str], note: str, *, by: Person) -> InboundLetter:
    """The author is told what is missing (article 5), a little later, so that it can be undone. NoWayBack; Conflict."""
    letter = queries.letter_locked(session, letter_id)
    way = _way_back(session, letter)
    _decide(session, letter, Deed.RETURN, by=by)
    letter.reason = "; ".join([*missing, note.strip()] if note.strip() else missing)
    organisation = staff.organisation(session, letter.organisation_id)
    language = letter.told.get("language") or organisation.default_language
    with speaking_to(organisation.audience(language)):
        told = {"day": day(letter.received_at), "missing": ", ".join(_(words.MISSING[each]) for each in missing)}
    told |= {"organisation": organisation.called(language), "note": note.strip()}
    now = datetime.now(UTC)
    message = outbox.put(
        session,
        way,
        letter.reply_to,
        words.RETURNED,
        language=language,
        key=f"letter:returned:{letter.id}:{now.timestamp()}",
        parameters=told,
        not_before=now + UNDONE_WITHIN,
    )
    letter.reply_id = message.id
    return letter


def _way_back(session: Session, letter: InboundLetter) -> Channel:
    """The channel by which its author is written to. NoWayBack."""
    if letter.channel_id is not None:
        return channels.channel(session, letter.channel_id)
    ways = channels.listening_channels(session, [ChannelKind.EMAIL], organisation=letter.organisation_id)
    if not ways or not is_recipient(ChannelKind.EMAIL, letter.reply_to):
        raise NoWayBack(f"letter {letter.id}")
    return ways[0]


def mark_as_spam(session: Session, letter_id: int, *, by: Person) -> InboundLetter:
    """Nobody needs it. Conflict for one that does not wait."""
    return _decide(session, queries.letter_locked(session, letter_id), Deed.SPAM, by=by)


def undo(session: Session, letter_id: int, *, by: Person) -> bool:
    """It waits again. Whether the answer to its author could still be held back; True where there was none."""
    letter = queries.letter_locked(session, letter_id)
    held = True
    if letter.reply_id is not None:
        reply = channels.locked(session, letter.reply_id)
        held = reply.state == MessageState.WAITING
        if held:
            outbox.give_up(session, reply.id, f"undone by {by.name}")
    _decide(session, letter, Deed.UNDO, by=by)
    letter.reply_id, letter.reason = None, ""
    return held


def hand_over(session: Session, letter: InboundLetter) -> None:
    """Its files are the appeal's."""
    letter.handed_over = True


def _decide(session: Session, letter: InboundLetter, deed: Deed, *, by: Person, **details: str) -> InboundLetter:
    after = TRANSITIONS.get((State(letter.state), deed))
    if after is None:
        raise Conflict(f"{deed} of a letter that is {letter.state}")
    letter.state = after
    letter.decided_by, letter.decided_at = (by.id, datetime.now(UTC)) if deed is not Deed.UNDO else (None, None)
    session.flush()
    audit(session, by, _WRITTEN[deed], f"letter:{letter.id}", **details)
    return letter


_WRITTEN: Final = {
    Deed.REGISTER: "letter.registered",
    Deed.RETURN: "letter.returned",
    Deed.SPAM: "letter.spam",
    Deed.UNDO: "letter.undone",
}
