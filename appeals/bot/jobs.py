"""What the scheduler does for citizens who wrote from a chat."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from appeals.bot import queries, service
from appeals.bot.model import FORGOTTEN_AFTER
from db import EVERY_ORGANISATION, transaction

log = structlog.get_logger()

LOOK_BACK: Final = timedelta(days=1)  # what was closed longer ago is told to nobody
AT_ONCE: Final = 100


def look_after() -> Mapping[str, int]:
    """Answers go to their chats, each once; talks that are over are forgotten."""
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        forgotten = service.forget(session, now - FORGOTTEN_AFTER)
        found = queries.untold(session, now - LOOK_BACK, at_most=AT_ONCE)
    told = 0
    for each in found:
        try:
            with transaction(each.organisation_id) as session:
                service.answer(session, each)
            told += 1
        except Exception:  # the edge: the others must have their answers
            log.exception("answer_not_told", organisation=each.organisation_id)
    return {"chats_answered": told, "talks_forgotten": forgotten}
