"""Taking a file in by a worker: a transaction a row, so that nobody waits long for a number; each row is done once.

What is under way is in PostgreSQL, and is asked for again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appeals.asking import ask
from appeals.xml import queries, service
from appeals.xml.model import State
from appeals.xml.reading import read
from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from staff.rights import has
from web.languages import Audience, speaking_to

_SILENT: Final = timedelta(seconds=30)  # then it is asked for again


def ask_for(file_id: int) -> None:
    """Asks a worker to take the file in now."""
    ask(take_in, file_id)


def look_after() -> Mapping[str, int]:
    """Files that nobody goes on with are asked for, those that nobody decides about are gone. The scheduler does it."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = service.ask_again(session, _SILENT)
        service.forget_undecided(session)
    for file_id in waiting:
        ask_for(file_id)
    return {"asked_for": len(waiting)}


def take_in(file_id: int) -> None:
    """The job: one file to its end; who finds it taken in, or a colleague at it, does nothing twice."""
    with transaction(EVERY_ORGANISATION) as session:
        kept = queries.whole(session, file_id)
        if kept is None or kept.state != State.RUNNING:
            return
        by = staff.get(session, kept.person_id)
        if not has(by, "appeals.import"):  # no longer: somebody else decides
            kept.state = State.KEPT
            return
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
