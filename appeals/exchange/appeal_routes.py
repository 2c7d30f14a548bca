"""Appeals for programs: the list with the journal's filters, one, a new one, deeds of dispatchers."""

from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import queries, service
from appeals.exchange import asking, entering, shapes, telling
from appeals.exchange.asking import IdempotencyKey, IfMatch, MaybeIdempotencyKey
from appeals.exchange.sent import NewAppeal, NewDeed
from appeals.exchange.telling import Eyes
from appeals.journal import conditions, listing
from appeals.journal import service as journal
from appeals.journal.conditions import Asker
from appeals.tables import Appeal
from appeals.workflow import doing, forms
from appeals.workflow import queries as workflow
from appeals.workflow.forms import DeedForm
from appeals.workflow.service import Changed
from staff.keys.access import Caller, KeySession, by_key
from web.forms import Submitted
from web.problems import Rejected

router = APIRouter(prefix="/appeals", tags=["appeals"])

Reader = Annotated[Caller, by_key("appeals.read")]
Writer = Annotated[Caller, by_key("appeals.register")]
Dispatcher = Annotated[Caller, by_key("appeals.assign")]


@router.get("", openapi_extra=asking.filters_described())
def appeals(request: Request, session: KeySession, caller: Reader) -> shapes.Appeals:
    """A page of the journal. Whose data were shown is written down."""
    eyes = eyes_of(caller)
    asked, size = asking.asked(request, caller), asking.rows(request)
    after = request.query_params.get("after", "")[:500]
    asker = Asker.of(caller.person, personal=eyes.personal)
    page = listing.page(session, asked, asker, after=after, rows=size)
    found = telling.lines(session, page.appeals, eyes)
    if eyes.personal and found:
        names = conditions.looks_for_people(asked) or list(asked.filters)
        journal.note_search(session, caller.person, names, count=page.count, shown=[each.number for each in found])
    return shapes.Appeals(items=found, count=page.count, next=asking.next_page(request, page.after))


@router.get("/{number}")
def appeal(response: Response, session: KeySession, caller: Reader, number: str) -> shapes.Appeal:
    """One appeal; the reading is written down. Its ETag is what a deed is sent with."""
    found = service.open_card(session, number, why="exchange", by=caller.person)
    response.headers["ETag"] = asking.etag(_last(session, found))
    return telling.whole(session, found, eyes_of(caller))


@router.post("", status_code=201)
def register(
    response: Response,
    session: KeySession,
    caller: Writer,
    sent: NewAppeal,
    idempotency_key: IdempotencyKey,
) -> shapes.Registered:
    """A new appeal, sent to whom the rules name. The same call again tells the same number, with 200."""
    made = entering.register(session, sent, idempotency_key, by=caller.person, may=caller.may)
    appeal_made = made.appeal
    response.status_code = 201 if made.is_new else 200
    response.headers["Location"] = f"/api/v1/appeals/{appeal_made.number}"
    response.headers["ETag"] = asking.etag(_last(session, appeal_made))
    return shapes.Registered(number=appeal_made.number, state=appeal_made.state, waits_for_work=made.waits)


@router.post("/{number}/deeds")
def act(
    response: Response,
    session: KeySession,
    caller: Dispatcher,
    number: str,
    sent: NewDeed,
    *,
    if_match: IfMatch = None,
    idempotency_key: MaybeIdempotencyKey = None,
) -> shapes.Done:
    """A dispatcher's deed on the appeal or on one of its pieces of work, by the table of the workflow."""
    found = queries.get(session, number)
    seen = asking.seen(if_match)
    if seen is not None and sent.assignment is not None:  # of one piece of work counts what was done with it
        last = workflow.last_deed(session, found.id, assignment=sent.assignment)
        seen = last.id if last is not None and last.id <= seen else seen
    given = DeedForm(**sent.model_dump(), seen=seen, submission=idempotency_key)
    try:
        reached = doing.of_appeal(session, found.number, given, by=caller.person)
    except forms.REFUSED as why:
        raise refusal(session, given, why) from why
    led_to = queries.get(session, reached)
    response.headers["ETag"] = asking.etag(_last(session, led_to))
    return shapes.Done(number=led_to.number, state=led_to.state)


def eyes_of(caller: Caller, *, of_own_work: bool = False) -> Eyes:
    """What this caller sees."""
    return Eyes(caller.may, caller.organisation.default_language, of_own_work)


def refusal(session: Session, given: DeedForm, why: Exception) -> Rejected:
    """Why a deed is not done, told as beside the form of the page."""
    form: Submitted[DeedForm] = Submitted(typed=given.model_dump())
    status = forms.refuse(session, form, why)
    return Rejected(412 if isinstance(why, Changed) else status, " ".join(form.errors.values()), fields=form.errors)


def _last(session: Session, found: Appeal) -> int:
    last = workflow.last_deed(session, found.id)
    return last.id if last is not None else 0
