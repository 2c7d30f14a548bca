"""Every change to webhooks and their messages: one function a deed."""

import base64
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeals.webhooks import queries
from appeals.webhooks.model import (
    AT_ONCE,
    HOPELESS_AFTER,
    KEPT,
    LONGEST_REST,
    SECRET,
    Event,
    State,
    pause_after,
)
from appeals.webhooks.tables import Webhook, WebhookMessage
from db import Conflict
from staff.audit import audit, changes
from staff.tables import Person

log = structlog.get_logger()

LEASE: Final = timedelta(minutes=2)  # longer than a round of attempts may take for each
LONGEST_ERROR: Final = 300


class NameTaken(Conflict):
    """Another webhook has this name."""


def add(
    session: Session,
    *,
    name: str,
    url: str,
    events: Collection[Event],
    executor: int | None,
    personal: bool,
    by: Person,
) -> Webhook:
    """A new webhook with a secret that is shown this once. NameTaken."""
    made = Webhook(
        organisation_id=by.organisation_id,
        name=name,
        url=url,
        secret=_secret(),
        events=sorted(events),
        executor_id=executor,
        personal=personal,
        created_by=by.id,
    )
    _saved(session, made)
    audit(session, by, "webhook.added", f"webhook:{made.id}", name=name, url=url)
    return made


def change(
    session: Session,
    webhook: Webhook,
    *,
    name: str,
    url: str,
    events: Collection[Event],
    executor: int | None,
    personal: bool,
    enabled: bool,
    by: Person,
) -> None:
    """Otherwise from now on; what waits goes to the new address. NameTaken."""
    wanted = {"name": name, "url": url, "events": sorted(events), "executor_id": executor, "personal": personal}
    wanted["enabled"] = enabled
    told = changes(**{field: (getattr(webhook, field), value) for field, value in wanted.items()})
    for field, value in wanted.items():
        setattr(webhook, field, value)
    webhook.resting_until = None
    _saved(session, webhook)
    if told:
        audit(session, by, "webhook.changed", f"webhook:{webhook.id}", **told)


def renew_secret(session: Session, webhook: Webhook, *, by: Person) -> str:
    """Another secret; what is sent from now on is signed by it."""
    webhook.secret = _secret()
    audit(session, by, "webhook.secret_renewed", f"webhook:{webhook.id}")
    return webhook.secret


def ping(session: Session, webhook: Webhook, *, by: Person) -> None:
    """A message that tells nothing, to see whether it arrives."""
    session.add(WebhookMessage(organisation_id=webhook.organisation_id, webhook_id=webhook.id, event=Event.PING))
    webhook.resting_until = None
    audit(session, by, "webhook.tried", f"webhook:{webhook.id}")


def replay(session: Session, webhook: Webhook, message_id: int, *, by: Person) -> None:
    """One message once more, under its old name, whether it was taken or given up. Conflict for one that waits."""
    message = queries.message(session, webhook.id, message_id, lock=True)
    if message.state not in {State.DEAD, State.SENT}:
        raise Conflict(f"message {message_id} is {message.state}")
    _again(message)
    webhook.resting_until = None
    audit(session, by, "webhook.replayed", f"webhook:{webhook.id}", count="1")


def replay_dead(session: Session, webhook: Webhook, *, by: Person) -> int:
    """Everything that was given up once more, in order; how many."""
    found = queries.dead(session, webhook.id)
    for message in found:
        _again(message)
    webhook.resting_until = None
    audit(session, by, "webhook.replayed", f"webhook:{webhook.id}", count=str(len(found)))
    return len(found)


def lease(session: Session, webhook: Webhook, *, at: datetime | None = None) -> list[WebhookMessage]:
    """What is due, for one sender alone until its lease is over; then it is told again: a receiver knows the name."""
    at = at or datetime.now(UTC)
    found = queries.due_messages(session, webhook.id, at, at_most=AT_ONCE)
    for message in found:
        message.state, message.due_at, message.attempts = State.SENDING, at + LEASE, message.attempts + 1
    return list(found)


def sent(session: Session, leased: WebhookMessage, status: int, *, at: datetime | None = None) -> None:
    """The receiver took it."""
    message = queries.leased(session, leased.id, leased.attempts)
    if message is None:
        return
    at = at or datetime.now(UTC)
    message.state, message.sent_at, message.status, message.last_error = State.SENT, at, status, None
    webhook = queries.get(session, message.webhook_id, lock=True)
    webhook.last_success_at, webhook.failures, webhook.resting_until = at, 0, None


def failed(
    session: Session, leased: WebhookMessage, why: str, *, status: int | None = None, at: datetime | None = None
) -> None:
    """It was not taken: the receiver rests, the message is tried again later, and given up after many failures."""
    message = queries.leased(session, leased.id, leased.attempts)
    if message is None:
        return
    at, why = at or datetime.now(UTC), why[:LONGEST_ERROR]
    message.failures += 1
    message.status, message.last_error = status, why
    message.state, message.due_at = State.WAITING, at + pause_after(message.failures)
    if message.failures >= HOPELESS_AFTER:
        message.state = State.DEAD
        log.error("webhook_message_given_up", message=message.id, webhook=message.webhook_id)
    webhook = queries.get(session, message.webhook_id, lock=True)
    webhook.last_failure_at, webhook.last_failure, webhook.failures = at, why, webhook.failures + 1
    webhook.resting_until = at + pause_after(webhook.failures, longest=LONGEST_REST)


def give_back(session: Session, leased: WebhookMessage) -> None:
    """It was not tried after all: it waits as before."""
    message = queries.leased(session, leased.id, leased.attempts)
    if message is not None:
        message.state, message.due_at = State.WAITING, datetime.now(UTC)


def forget_old(session: Session, *, at: datetime | None = None) -> int:
    """What was taken long ago is gone; how many."""
    old = (WebhookMessage.state == State.SENT, WebhookMessage.sent_at < (at or datetime.now(UTC)) - KEPT)
    return len(session.execute(delete(WebhookMessage).where(*old).returning(WebhookMessage.id)).all())


def _again(message: WebhookMessage) -> None:
    message.state, message.failures, message.due_at = State.WAITING, 0, datetime.now(UTC)


def _secret() -> str:
    return SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def _saved(session: Session, webhook: Webhook) -> None:
    try:
        with session.begin_nested():
            session.add(webhook)
    except IntegrityError as error:
        raise NameTaken(webhook.name) from error
