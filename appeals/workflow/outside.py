"""Work for a body that does not work here: written to its mailbox, so that it is sent online all the same (U-12).

How far a letter is stands in the outbox; a body with a system of its own is told by a webhook or asks by its key. Who
gives work out sees with each piece how far the word is, and telephones where it does not arrive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from appeals.executors.tables import Executor
from appeals.tables import Appeal
from appeals.webhooks import model as webhooks
from appeals.webhooks import queries as of_webhooks
from appeals.webhooks.tables import Webhook, WebhookMessage
from appeals.workflow import queries, words
from appeals.workflow.model import WITH_EXECUTOR, Deed, Reach
from appeals.workflow.tables import Assignment
from notify import queries as channels
from notify import service as outbox
from notify.model import ChannelKind, MessageState, Template, is_recipient
from notify.tables import Message
from staff import queries as staff

LATER: Final[Mapping[Deed, Template]] = {  # what a body hears that was written to
    Deed.RETURN: words.BACK_TO_A_BODY,
    Deed.REASSIGN: words.NO_LONGER,
    Deed.WITHDRAW: words.NO_LONGER,
}
_ENDED: Final[Mapping[str, Reach]] = {  # both outboxes say it by the same words
    MessageState.SENT: Reach.TOLD,
    MessageState.DELIVERED: Reach.TOLD,
    MessageState.FAILED: Reach.FAILED,
    MessageState.DEAD: Reach.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far the word to a body is, by one way."""

    reach: Reach
    to: str = ""  # a mailbox, or the name of a webhook
    at: datetime | None = None  # when it arrived
    why: str = ""  # it did not, in the far end's words


def write_to(session: Session, appeal: Appeal, work: Assignment, executor: Executor) -> bool:
    """Puts the letter into the outbox, once for each piece of work; whether there was a way."""
    return _write(session, appeal, work, executor, words.TO_A_BODY, key=_keys(work)[0])


def write_again(session: Session, appeal: Appeal, work: Assignment, deed: Deed, reason: str) -> bool:
    """To a body that was written to: its part comes back, or is its part no longer; whether there was a way."""
    template, keys = LATER.get(deed), _keys(work)
    if template is None or not channels.with_keys(session, appeal.organisation_id, keys[:1]):
        return False
    key = keys[-1] if deed is Deed.RETURN else f"{keys[0]}:gone"
    return _write(session, appeal, work, queries.executor(session, work.executor_id), template, key=key, reason=reason)


def deliveries(session: Session, appeal: Appeal, works: Sequence[Assignment]) -> dict[int, list[Delivery]]:
    """How far the word is to those who have a part of the appeal and do not work here, by assignment."""
    there = [each for each in works if each.state in WITH_EXECUTOR and not each.executor.connected]
    if not there:
        return {}
    letters = channels.with_keys(session, appeal.organisation_id, [key for each in there for key in _keys(each)])
    told = of_webhooks.last_told(session, appeal.id, {each.executor_id for each in there})
    found: dict[int, list[Delivery]] = {}
    for each in there:
        last = next((letters[key] for key in reversed(_keys(each)) if key in letters), None)
        ways = [_of_letter(last)] if last is not None else []
        ways += [_of_webhook(hook, message) for hook, message in told if hook.executor_id == each.executor_id]
        is_new = each.assigned_at > datetime.now(UTC) - webhooks.KEPT  # later nobody knows what was told
        found[each.id] = ways or ([Delivery(reach=Reach.NOBODY)] if is_new else [])
    return found


def _keys(work: Assignment) -> list[str]:
    """Under which the letters about a piece of work stand in the outbox: given, then sent back, time after time."""
    given = f"assignment:{work.id}"
    return [given, *(f"{given}:back:{time}" for time in range(1, work.reworks + 1))]


def _of_letter(letter: Message) -> Delivery:
    tried = Reach.RETRYING if letter.last_error else Reach.WAITING
    reach = _ENDED.get(letter.state, tried)
    return Delivery(reach=reach, to=letter.recipient, at=letter.sent_at, why=_why(reach, letter.last_error))


def _of_webhook(webhook: Webhook, message: WebhookMessage) -> Delivery:
    tried = Reach.RETRYING if message.failures else Reach.WAITING
    reach = _ENDED.get(message.state, tried)
    return Delivery(reach=reach, to=webhook.name, at=message.sent_at, why=_why(reach, message.last_error))


def _why(reach: Reach, said: str | None) -> str:
    return said or "" if reach in {Reach.RETRYING, Reach.FAILED} else ""


def _write(
    session: Session,
    appeal: Appeal,
    work: Assignment,
    executor: Executor,
    template: Template,
    *,
    key: str,
    reason: str = "",
) -> bool:
    if executor.connected or not is_recipient(ChannelKind.EMAIL, executor.email):
        return False
    organisation = staff.organisation(session, appeal.organisation_id)
    ways = channels.listening_channels(session, [ChannelKind.EMAIL], organisation=organisation.id)
    if not ways:
        return False
    due = work.due_at or appeal.due_at
    told = {
        "number": appeal.number,
        "organisation": organisation.called(),
        "substance": appeal.substance,
        "address": appeal.address or "–",
        "task": work.task or "–",
        "until": f"{due.astimezone(organisation.zone):%d.%m.%Y %H:%M}" if due is not None else "–",
        "reason": reason.strip() or "–",
    }
    outbox.put(
        session, ways[0], executor.email, template, language=organisation.default_language, key=key, parameters=told
    )
    return True
