"""Every SELECT of webhooks and their messages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from appeals.tables import Appeal
from appeals.webhooks.model import OPEN, State
from appeals.webhooks.tables import Webhook, WebhookMessage
from appeals.workflow.tables import Assignment
from db import NotFound

PAGE = 50
_OPEN = WebhookMessage.state.in_([state.value for state in OPEN])


class Told(NamedTuple):
    """A message with the number of its appeal."""

    message: WebhookMessage
    number: str | None


def get(session: Session, webhook_id: int, *, lock: bool = False) -> Webhook:
    """The webhook. NotFound, also for another organisation's."""
    found = session.get(Webhook, webhook_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(f"webhook {webhook_id}")
    return found


def webhooks(session: Session) -> Sequence[Webhook]:
    """All webhooks, by name."""
    return session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)).all()


def counts(session: Session) -> Mapping[int, Mapping[str, int]]:
    """How many messages of each webhook wait, or were given up."""
    rows = session.execute(
        select(WebhookMessage.webhook_id, WebhookMessage.state, func.count())
        .where(WebhookMessage.state != State.SENT)
        .group_by(WebhookMessage.webhook_id, WebhookMessage.state)
    )
    found: dict[int, dict[str, int]] = {}
    for webhook, state, count in rows:
        found.setdefault(webhook, {})[state] = count
    return found


def messages(session: Session, webhook: int, *, before: int | None = None) -> Sequence[Told]:
    """The newest messages of a webhook, `PAGE` + 1 at most."""
    asked = (
        select(WebhookMessage, Appeal.number)
        .outerjoin(Appeal, Appeal.id == WebhookMessage.appeal_id)
        .where(WebhookMessage.webhook_id == webhook)
    )
    if before is not None:
        asked = asked.where(WebhookMessage.id < before)
    return [Told(*row) for row in session.execute(asked.order_by(WebhookMessage.id.desc()).limit(PAGE + 1))]


def last_told(session: Session, appeal: int, executors: Collection[int]) -> Sequence[tuple[Webhook, WebhookMessage]]:
    """Of each webhook of these executors what it has not taken of the appeal, else what it took last."""
    rows = session.execute(
        select(Webhook, WebhookMessage)
        .join(Webhook, Webhook.id == WebhookMessage.webhook_id)
        .where(WebhookMessage.appeal_id == appeal, Webhook.executor_id.in_(executors))
        .order_by(Webhook.id, WebhookMessage.state != State.SENT, WebhookMessage.id)
    )
    found: dict[int, tuple[Webhook, WebhookMessage]] = {}
    for webhook, told in rows:
        if webhook.id not in found or found[webhook.id][1].state == State.SENT:
            found[webhook.id] = (webhook, told)
    return list(found.values())


def message(session: Session, webhook: int, message_id: int, *, lock: bool = False) -> WebhookMessage:
    """A message of this webhook. NotFound."""
    found = session.get(WebhookMessage, message_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or found.webhook_id != webhook:
        raise NotFound(f"message {message_id} of webhook {webhook}")
    return found


def to_tell(organisation: int, appeal: int, event: str, facts: Mapping[str, object], executors: Collection[int]) -> Any:
    """One row for each webhook that wants to hear of it: of all appeals, or of one that its executor has or had.

    What is done with another executor's work is nobody else's.
    """
    theirs = exists().where(Assignment.appeal_id == appeal, Assignment.executor_id == Webhook.executor_id)
    concerned: ColumnElement[bool] = theirs
    if executors:
        concerned = and_(theirs, Webhook.executor_id.in_(executors))
    return select(
        Webhook.organisation_id,
        Webhook.id,
        literal(appeal).label("appeal_id"),
        literal(event).label("event"),
        literal(dict(facts), JSONB).label("facts"),
    ).where(
        Webhook.organisation_id == organisation,
        Webhook.enabled,
        Webhook.events.contains([event]),
        or_(Webhook.executor_id.is_(None), concerned),
    )


def due(session: Session, at: datetime, *, busy: Collection[int]) -> Sequence[Webhook]:
    """Webhooks that are on, do not rest, are served by nobody here, and have something due."""
    waiting = exists().where(WebhookMessage.webhook_id == Webhook.id, _OPEN, WebhookMessage.due_at <= at)
    awake = or_(Webhook.resting_until.is_(None), Webhook.resting_until <= at)
    asked = select(Webhook).where(Webhook.enabled, awake, waiting, Webhook.id.not_in(list(busy)))
    return session.scalars(asked.order_by(Webhook.id)).all()


def due_messages(session: Session, webhook: int, at: datetime, *, at_most: int) -> Sequence[WebhookMessage]:
    """What is due, locked: of each appeal the first that is not told yet, so that its news come in their order."""
    earlier = aliased(WebhookMessage)
    held_up = exists().where(
        earlier.webhook_id == WebhookMessage.webhook_id,
        earlier.appeal_id == WebhookMessage.appeal_id,
        earlier.state.in_([state.value for state in OPEN]),
        earlier.id < WebhookMessage.id,
    )
    asked = (
        select(WebhookMessage)
        .where(WebhookMessage.webhook_id == webhook, _OPEN, WebhookMessage.due_at <= at, ~held_up)
        .order_by(WebhookMessage.id)
        .limit(at_most)
    )
    return session.scalars(asked.with_for_update(skip_locked=True)).all()


def leased(session: Session, message_id: int, attempts: int) -> WebhookMessage | None:
    """The message, locked, if this lease is still the last one."""
    found = session.get(WebhookMessage, message_id, with_for_update=True, populate_existing=True)
    if found is None or found.state != State.SENDING or found.attempts != attempts:
        return None
    return found


def dead(session: Session, webhook: int) -> Sequence[WebhookMessage]:
    """What was given up, locked, in order."""
    asked = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook, WebhookMessage.state == State.DEAD)
    return session.scalars(asked.order_by(WebhookMessage.id).with_for_update()).all()
