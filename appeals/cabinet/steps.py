"""The way of an appeal as its author is told it: no comments of colleagues, no names, no counts of returns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from appeals.cabinet.model import Step
from appeals.model import State
from appeals.tables import Appeal
from appeals.terms import queries as terms
from appeals.terms.model import Change
from appeals.workflow import queries as workflow
from appeals.workflow.model import Deed
from appeals.workflow.tables import AppealDeed

ENDS: Final = {
    State.CLOSED: Step.CLOSED,
    State.NOT_SUBJECT: Step.CLOSED,
    State.FORWARDED: Step.FORWARDED,
    State.RETURNED_TO_AUTHOR: Step.RETURNED,
    State.CANCELLED: Step.CANCELLED,
}
BEGUN: Final = frozenset({Deed.ASSIGN, Deed.TAKE, Deed.RETURN})
REPORTED: Final = frozenset({Deed.FINISH, Deed.ANSWER_FOR})
GONE: Final = frozenset({Deed.DECLINE, Deed.WITHDRAW, Deed.REASSIGN, Deed.PASS_ON})
MOVED: Final = frozenset({Change.EXTENDED, Change.SHORTENED})


@dataclass(frozen=True, slots=True)
class Told:
    """One step."""

    at: datetime
    step: Step
    until: datetime | None = None
    said: str = ""  # what the law has the author told: to which body, why a longer term was asked for


def steps(session: Session, appeal: Appeal) -> list[Told]:
    """What has happened, in order; work that goes to and fro is in work."""
    begun = Step.REOPENED if appeal.reopens_id is not None else Step.REGISTERED
    found = [Told(appeal.registered_at, begun), *_worked(workflow.history(session, appeal.id))]
    asked: dict[datetime | None, str] = {
        each.until_at: each.reason for each in terms.granted_requests(session, appeal.id)
    }
    for change in terms.changes(session, appeal.id):
        if change.change in MOVED and change.person_id is not None:
            said = asked.get(change.due_at, "") if change.change == Change.EXTENDED else ""
            found.append(Told(change.at, Step.LATER, change.due_at, said))
    if appeal.closed_at is not None:
        step = ENDS.get(State(appeal.state), Step.CLOSED)
        found.append(Told(appeal.closed_at, step, said=_body(session, appeal) if step is Step.FORWARDED else ""))
    return _without_repeats(sorted(found, key=lambda each: each.at))


def _worked(deeds: Sequence[AppealDeed]) -> list[Told]:
    """In work from the first executor on; being checked while all who have it have reported."""
    found: list[Told] = []
    with_executors: set[int] = set()
    for each in deeds:
        if each.assignment_id is None:
            continue
        if each.deed in BEGUN:
            with_executors.add(each.assignment_id)
            found.append(Told(each.at, Step.IN_WORK))
        elif each.deed in REPORTED | GONE:
            with_executors.discard(each.assignment_id)
            if each.deed in REPORTED and not with_executors:
                found.append(Told(each.at, Step.CHECKED))
    return found


def _body(session: Session, appeal: Appeal) -> str:
    """To which body it was forwarded."""
    return next((each.body for each in workflow.history(session, appeal.id) if each.deed == Deed.FORWARD), "")


def _without_repeats(found: Iterable[Told]) -> list[Told]:
    """A step that lasts is told once, whatever is moved meanwhile."""
    told: list[Told] = []
    standing: Step | None = None
    for each in found:
        if each.step is not Step.LATER and each.step is standing:
            continue
        told.append(each)
        standing = each.step if each.step is not Step.LATER else standing
    return told
