"""Work for a body that does not work here: written to its mailbox, so that it is sent online all the same (U-12).

How far the letter is stands in the outbox; a body with a system of its own is told by a webhook or asks by its key.
"""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appeals.executors.tables import Executor
from appeals.tables import Appeal
from appeals.workflow import words
from appeals.workflow.tables import Assignment
from notify import queries as channels
from notify import service as outbox
from notify.model import ChannelKind, is_recipient
from staff import queries as staff


def write_to(session: Session, appeal: Appeal, work: Assignment, executor: Executor) -> bool:
    """Puts the letter into the outbox, once for each piece of work; whether there was a way."""
    if executor.connected or not is_recipient(ChannelKind.EMAIL, executor.email):
        return False
    organisation = staff.organisation(session, appeal.organisation_id)
    for channel in channels.listening_channels(session, [ChannelKind.EMAIL]):
        if channel.organisation_id == organisation.id:
            due = work.due_at or appeal.due_at
            until = f"{due.astimezone(ZoneInfo(organisation.time_zone)):%d.%m.%Y %H:%M}" if due is not None else "–"
            told = {
                "number": appeal.number,
                "organisation": organisation.name.get(organisation.default_language) or organisation.code,
                "substance": appeal.substance,
                "address": appeal.address or "–",
                "task": work.task or "–",
                "until": until,
            }
            outbox.put(
                session, channel, executor.email, words.TO_A_BODY, language=organisation.default_language,
                key=f"assignment:{work.id}", parameters=told,
            )  # fmt: skip
            return True
    return False
