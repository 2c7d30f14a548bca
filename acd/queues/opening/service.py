"""Opening, renaming and closing queues; Asterisk follows without a restart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from acd.news import tell_board
from acd.queues.opening import queries
from acd.queues.opening.queries import Needs
from acd.queues.service import EVERYBODY
from acd.tables import Queue
from db import Conflict, notify
from db.notices import ASTERISK_CONFIG, FIGURES, MEMBERS
from staff.audit import audit
from staff.tables import Organisation, Person

NEWS = "arranged"  # told to desks: they look at their queues anew


class CodeTaken(Conflict):
    """Another queue has this code, perhaps one that is closed."""


class StillNeeded(Conflict):
    """Callers are led to the queue, or wait there."""

    def __init__(self, needs: Needs) -> None:
        super().__init__("queue still needed")
        self.needs = needs


def add(session: Session, organisation: Organisation, code: str, names: Mapping[str, str], *, by: Person) -> Queue:
    """A new queue, the last on pages, with nobody in it yet. CodeTaken."""
    queue = Queue(
        organisation_id=organisation.id,
        code=code,
        asterisk_name=f"{organisation.code}-{code}",
        name=dict(names),
        position=queries.last_position(session) + 1,
    )
    try:
        with session.begin_nested():
            session.add(queue)
    except IntegrityError as error:
        raise CodeTaken(code) from error
    audit(session, by, "queue.added", f"queue:{code}", **names)
    _tell(session, queue)
    return queue


def rename(session: Session, queue: Queue, names: Mapping[str, str], *, by: Person) -> None:
    """Another name in these languages, for what is to come and for what was."""
    changes = {
        language: f"{queue.name.get(language, '')} → {names.get(language, '')}"
        for language in sorted({*queue.name, *names})
        if queue.name.get(language, "") != names.get(language, "")
    }
    if changes:
        queue.name = dict(names)
        audit(session, by, "queue.renamed", f"queue:{queue.code}", **changes)
        notify(session, FIGURES, str(queue.organisation_id))
        tell_board(session, queue.organisation_id, NEWS)


def close(session: Session, queue: Queue, led_from: Sequence[str], *, by: Person) -> None:
    """Nobody waits there any more; calls of before keep its name, and its rules stay for another day. StillNeeded."""
    if queue.closed_at is not None:
        return
    found = queries.needs(session, queue, led_from)
    if found:
        raise StillNeeded(found)
    queue.closed_at = datetime.now(UTC)
    audit(session, by, "queue.closed", f"queue:{queue.code}")
    _tell(session, queue)


def open_again(session: Session, queue: Queue, *, by: Person) -> None:
    """With the people, the times and the steps that it had."""
    if queue.closed_at is not None:
        queue.closed_at = None
        audit(session, by, "queue.opened", f"queue:{queue.code}")
        _tell(session, queue)


def _tell(session: Session, queue: Queue) -> None:
    session.flush()
    notify(session, ASTERISK_CONFIG, queue.asterisk_name)
    notify(session, MEMBERS, EVERYBODY)
    notify(session, FIGURES, str(queue.organisation_id))
    tell_board(session, queue.organisation_id, NEWS)
