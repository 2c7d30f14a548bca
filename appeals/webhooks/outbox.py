"""Putting news into the outbox, in the transaction of what they tell of; called where appeals change."""

from collections.abc import Collection

from sqlalchemy import insert
from sqlalchemy.orm import Session

from appeals.tables import Appeal
from appeals.webhooks import queries
from appeals.webhooks.model import Event
from appeals.webhooks.tables import WebhookMessage

_COLUMNS = ("organisation_id", "webhook_id", "appeal_id", "event", "facts")


def put(session: Session, appeal: Appeal, event: Event, *, executors: Collection[int] = (), **facts: object) -> None:
    """What happened, for each webhook that wants it: one statement, which mostly finds nobody.

    `executors` are those whose work it is about; none where it is about the appeal itself.
    """
    wanted = queries.to_tell(appeal.organisation_id, appeal.id, event, facts, executors)
    session.execute(insert(WebhookMessage).from_select(_COLUMNS, wanted))
