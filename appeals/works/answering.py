"""Appeals that wait for a work: linked instead of assigned, and answered together when it is over (U-116)."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import appeals.model
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow import queries as workflow
from appeals.works import queries
from appeals.works.history import note
from appeals.works.model import OPEN, RESULTS, Change, State
from appeals.works.tables import Work, WorkAppeal
from db import Conflict, NotFound
from staff.audit import audit
from staff.tables import Person

log = structlog.get_logger()

REGISTERED, IN_WORK = appeals.model.State.REGISTERED, appeals.model.State.IN_WORK


class Over(Conflict):
    """The work or the appeal is over: nothing can wait any more."""


class Filed(Conflict):
    """The chancellery answers this appeal, and nobody else."""


@dataclass(slots=True)
class Answered:
    """What became of the appeals: numbers by outcome."""

    done: list[str] = field(default_factory=list)
    closed_before: list[str] = field(default_factory=list)  # by whomever else, or by this answer sent twice
    failed: list[str] = field(default_factory=list)  # they wait as before


def link(session: Session, appeal: Appeal, work_id: int, *, by: Person) -> WorkAppeal:
    """The appeal waits for this work from now on, and for no other. Over; Filed; NotFound."""
    work = queries.locked(session, work_id)
    appeal = queries.appeal_locked(session, appeal.id)
    before = queries.link_locked(session, appeal.id)
    if before is not None and before.work_id == work_id:
        return before
    if work.state not in OPEN or appeal.state not in appeals.model.OPEN:
        raise Over(f"work {work_id} and appeal {appeal.number}")
    if workflow.is_filed(session, appeal.number):
        raise Filed(appeal.number)
    if before is None:
        begun = appeal.state == REGISTERED
        before = WorkAppeal(organisation_id=appeal.organisation_id, appeal_id=appeal.id, begun=begun)
        session.add(before)
    before.work_id, before.linked_by, before.linked_at = work_id, by.id, datetime.now(UTC)
    if appeal.state == REGISTERED:
        appeal.state = IN_WORK
    session.flush()
    audit(session, by, "appeal.linked", f"appeal:{appeal.number}", work=str(work_id))
    return before


def link_new(session: Session, appeal: Appeal, work_id: int | None, *, by: Person) -> bool:
    """The appeal just registered waits for the work chosen in its card; not for one that is over meanwhile.

    A form sent twice links once. Whether it waits for a work.
    """
    if work_id is not None and queries.link_of(session, appeal.id) is None:
        with suppress(NotFound, Over):
            link(session, appeal, work_id, by=by)
    return queries.link_of(session, appeal.id) is not None


def unlink(session: Session, appeal: Appeal, *, by: Person) -> None:
    """The appeal waits no longer, and stands where it stood. Over where it was answered."""
    appeal = queries.appeal_locked(session, appeal.id)
    found = queries.link_locked(session, appeal.id)
    if found is None:
        return
    if found.answered_at is not None:
        raise Over(f"appeal {appeal.number} is answered")
    if appeal.state == IN_WORK and found.begun:
        appeal.state = REGISTERED
    work = found.work_id
    session.delete(found)
    session.flush()
    audit(session, by, "appeal.unlinked", f"appeal:{appeal.number}", work=str(work))


def answer(session: Session, work_id: int, chosen: Collection[int], text: str, *, by: Person) -> Answered:
    """Each chosen appeal that still waits is closed with the text; sent twice it answers nobody twice.

    One that cannot be closed keeps nobody else from the answer. Conflict while the work goes on.
    """
    work = queries.locked(session, work_id)
    if work.state not in RESULTS:
        raise Conflict(f"work {work_id} goes on")
    outcome = Answered()
    for appeal, _link in queries.linked(session, work_id):
        if appeal.id in chosen:
            try:
                with session.begin_nested():
                    done = _answer(session, work, appeal.id, text, by)
            except DBAPIError as error:
                log.warning("appeal_not_answered", appeal=appeal.id, error=type(error.orig).__name__)
                outcome.failed.append(appeal.number)
            else:
                (outcome.done if done else outcome.closed_before).append(appeal.number)
    if outcome.done or outcome.failed:
        details = {"appeals": len(outcome.done), "failed": len(outcome.failed)}
        note(session, work, Change.ANSWERED, by=by, reason=text, details=details)
    return outcome


def _answer(session: Session, work: Work, appeal_id: int, text: str, by: Person) -> bool:
    """Whether the appeal was open and is closed now."""
    appeal, now = queries.appeal_locked(session, appeal_id), datetime.now(UTC)
    waiting = queries.link_locked(session, appeal_id)
    if waiting is None or waiting.work_id != work.id or waiting.answered_at is not None:
        return False
    if appeal.state not in appeals.model.OPEN:
        return False
    ending.close_with_work(session, appeal.number, RESULTS[State(work.state)], text, by=by)
    waiting.answered_at, waiting.answered_by = now, by.id
    session.flush()
    audit(session, by, "appeal.answered", f"appeal:{appeal.number}", work=str(work.id))
    return True
