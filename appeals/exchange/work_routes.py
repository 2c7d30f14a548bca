"""An executor's work for the information system of a body: what waits for it, one piece, what is done with it."""

from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from appeals import queries as appeals
from appeals.exchange import asking, shapes, telling
from appeals.exchange.appeal_routes import eyes_of, refusal
from appeals.exchange.asking import IfMatch, MaybeIdempotencyKey
from appeals.exchange.sent import NewDeed
from appeals.workflow import doing, forms, queries
from appeals.workflow.forms import DeedForm
from appeals.workflow.tables import Assignment
from staff.audit import audit
from staff.keys.access import Caller, KeySession, by_key
from staff.keys.model import Scope
from web.periods import midnight

router = APIRouter(prefix="/assignments", tags=["assignments"])

Reader = Annotated[Caller, by_key("assignments.work", Scope.READ)]
Executor = Annotated[Caller, by_key("assignments.work", Scope.WORK)]


@router.get("")
def assignments(session: KeySession, caller: Reader) -> shapes.Assignments:
    """What waits for the executors that the key's account works for, the first due on top (U-03)."""
    theirs = queries.seen_by(session, caller.person.id, midnight().date())
    waiting = queries.inbox(session, theirs.keys())
    eyes = eyes_of(caller, of_own_work=True)
    if waiting and eyes.personal:
        shown = ", ".join(str(each.id) for each in waiting)
        audit(session, caller.person, "assignments.listed", "assignments", shown=shown)
    return shapes.Assignments(items=telling.inbox(session, waiting, eyes))


@router.get("/{assignment_id}")
def assignment(response: Response, session: KeySession, caller: Reader, assignment_id: int) -> shapes.Assignment:
    """One piece of work with its appeal; the reading is written down."""
    work = own(session, assignment_id, caller)
    audit(session, caller.person, "assignment.opened", f"assignment:{work.id}")
    response.headers["ETag"] = asking.etag(_last(session, work))
    return telling.assignment(session, work, eyes_of(caller, of_own_work=True))


@router.post("/{assignment_id}/deeds")
def act(
    response: Response,
    session: KeySession,
    caller: Executor,
    assignment_id: int,
    sent: NewDeed,
    *,
    if_match: IfMatch = None,
    idempotency_key: MaybeIdempotencyKey = None,
) -> shapes.Done:
    """Taken to work, reported, declined, a later term asked for."""
    work = own(session, assignment_id, caller)
    number = work.appeal.number
    given = DeedForm(**sent.model_dump(), seen=asking.seen(if_match), submission=idempotency_key)
    try:
        doing.of_assignment(session, work, given, by=caller.person)
    except forms.REFUSED as why:
        raise refusal(session, given, why) from why
    response.headers["ETag"] = asking.etag(_last(session, work))
    return shapes.Done(number=number, state=appeals.get(session, number).state)


def own(session: Session, assignment_id: int, caller: Caller) -> Assignment:
    """The piece of work, if it is of an executor that the account works for. NotFound."""
    return queries.own(session, assignment_id, caller.person.id, midnight().date())


def _last(session: Session, work: Assignment) -> int:
    last = queries.last_deed(session, work.appeal_id, assignment=work.id)
    return last.id if last is not None else 0
