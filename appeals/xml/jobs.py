"""Taking a file in by a worker: a transaction a row, so that nobody waits long for a number; each row is done once."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from redis.exceptions import RedisError

from appeals.journal import jobs as journal
from appeals.xml import queries, service
from appeals.xml.reading import read
from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from web.languages import Audience, speaking_to

log = structlog.get_logger()

SILENT: Final = timedelta(seconds=20)  # then it is asked for again
_LIMIT: Final = timedelta(minutes=30)


def take_in(file_id: int) -> None:
    """The job: one file to its end; who finds it taken in, or a colleague at it, does nothing twice."""
    with transaction(EVERY_ORGANISATION) as session:
        kept = queries.whole(session, file_id)
        if kept is None:
            return
        by = staff.get(session, kept.person_id)
        organisation = staff.organisation(session, kept.organisation_id)
        content, language = kept.content, kept.language
    file = read(content)
    with speaking_to(Audience(language, ZoneInfo(organisation.time_zone), organisation.country)):
        while True:
            with transaction(organisation.id) as session:
                next_one = service.next_row(session, file_id)
                if next_one is None:
                    return
                service.take_in_next(session, next_one, file, by=by)


def ask_for(file_id: int) -> None:
    """Asks a worker; without Redis the page that waits for it asks again."""
    try:
        journal.queue().enqueue(take_in, args=(file_id,), job_timeout=int(_LIMIT.total_seconds()), result_ttl=0)
    except RedisError as error:
        log.warning("worker_not_asked", wish="file of appeals", error=str(error))
