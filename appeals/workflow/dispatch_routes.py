"""The dispatchers' side of the work over HTTP: what waits for them, and every deed on one appeal and its executors."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import appeals.words
from appeals.attachments import service as attachments
from appeals.tables import Appeal
from appeals.terms import panel as terms
from appeals.workflow import ending, forms, panel, queries, service, words
from appeals.workflow.forms import BLANK, DeedForm
from appeals.workflow.model import OF_ASSIGNMENT, Deed, Order, Part, Refusal
from appeals.workflow.news import OF_ORGANISATION
from appeals.workflow.tables import Assignment
from calls import directory
from staff.access import DbSession, may
from staff.tables import Person
from web import live
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/appeals")

Reader = Annotated[Person, may("appeals.read")]
Dispatcher = Annotated[Person, may("appeals.assign")]
Typed = Annotated[str, Query(max_length=400)]
OFFERED: Final = 20  # executors while a name is typed
ENDS: Final[dict[Deed, Callable[..., Appeal]]] = {
    Deed.CLOSE: ending.close,
    Deed.EXPLAIN: ending.explain,
    Deed.FORWARD: ending.forward,
    Deed.RETURN_TO_AUTHOR: ending.return_to_author,
    Deed.NOT_SUBJECT: ending.leave_unconsidered,
    Deed.CANCEL: ending.cancel,
    Deed.REOPEN: ending.reopen,
}
PIECES: Final[dict[Deed, Callable[..., Assignment]]] = {
    Deed.RETURN: service.send_back,
    Deed.ACCEPT: service.accept,
    Deed.WITHDRAW: service.withdraw,
}


@router.get("/work")
def queue(request: Request, session: DbSession, person: Dispatcher, of: str = "verify") -> Response:
    """What waits for a dispatcher, one list a reason; the part alone for its news."""
    chosen = of if of in queries.QUEUES else "verify"
    found = queries.waiting(session, chosen)
    return render(
        request,
        "appeals/workflow/_queue.html" if is_part(request) else "appeals/workflow/queue.html",
        appeals=found,
        chosen=chosen,
        counts=queries.counts(session),
        bars=terms.bars(found),
        executors=queries.executors_of(session, [each.id for each in found]),
        topics=directory.names(session),
        appeal_words=appeals.words,
        words=words,
    )


@router.get("/work-live")
async def live_news(request: Request, person: Dispatcher) -> Response:
    """The news of the organisation's appeals, as server-sent events; holds no database session."""
    return await live.stream(request, request.state.streams, [f"{OF_ORGANISATION}{person.organisation_id}"])


@router.get("/work-executors")
def offered(
    request: Request, session: DbSession, person: Reader, *, executor: Typed = "", co: Typed = "", nobody: Typed = ""
) -> Response:
    """Executors with these words in their names or codes: a part, while one is typed; for a filter, nobody as well."""
    found = queries.like(session, executor or co, at_most=OFFERED, closed=bool(nobody))
    return render(request, "appeals/workflow/_offered.html", found=found, nobody=bool(nobody))


@router.get("/{number}/work")
def page(request: Request, session: DbSession, person: Reader, number: str) -> Response:
    """The work on one appeal: who has it, what may be done with it now, what was done."""
    return _page(request, session, person, number, blank(**BLANK))


@router.post("/{number}/work")
def act(
    request: Request,
    session: DbSession,
    person: Dispatcher,
    number: str,
    form: Annotated[Submitted[DeedForm], submitted(DeedForm)],
) -> Response:
    """One deed on the appeal or on one of its assignments; refused, the page says why and keeps what was typed."""
    appeals.queries.get(session, number)
    given, status = form.value, 422
    if given is not None:
        try:
            reached = _done(session, number, given, by=person)
        except forms.REFUSED as why:
            status = forms.refuse(session, form, why)
        else:
            return see_other(f"/appeals/{reached}", notice=_(words.DONE[given.deed]))
    return _page(request, session, person, number, form, status=status)


def _done(session: Session, number: str, given: DeedForm, *, by: Person) -> str:
    """The deed, done; the number of the appeal that it leads to."""
    told, deed = given.told(), given.deed
    if deed is Deed.ASSIGN:
        service.assign(session, number, _orders(session, given), told, by=by)
    elif deed in ENDS:
        return ENDS[deed](session, number, told, by=by).number
    elif deed in OF_ASSIGNMENT and given.assignment is not None:
        if queries.number_of(session, given.assignment) != number:
            raise service.NotDone(Refusal.NOT_NOW)
        if deed is Deed.REASSIGN:
            order = Order(executor=_executor(session, given.executor), task=given.task, until=given.until_at)
            service.reassign(session, given.assignment, order, told, by=by)
        elif deed is Deed.ANSWER_FOR:
            lacking = attachments.missing_kinds(session, appeals.queries.get(session, number))
            codes = [each.code for each in lacking]
            service.answer_for(session, given.assignment, told, by=by, lacking=codes)
        elif deed in PIECES:
            PIECES[deed](session, given.assignment, told, by=by)
        else:
            raise service.NotDone(Refusal.NOT_NOW)
    else:
        raise service.NotDone(Refusal.NOT_NOW)
    return number


def _orders(session: Session, given: DeedForm) -> list[Order]:
    """The main executor, where one is named, and the others."""
    named = [(given.executor, Part.MAIN)] if given.executor.strip() else []
    named += [(each, Part.CO) for each in given.co if each.strip()]
    return [
        Order(executor=_executor(session, written), part=part, task=given.task, until=given.until_at)
        for written, part in named
    ]


def _executor(session: Session, written: str) -> int:
    found = queries.meant(session, written)
    if found is None:
        raise service.NotDone(Refusal.NO_EXECUTOR)
    return found.id


def _page(
    request: Request, session: Session, person: Person, number: str, form: Submitted[Any], *, status: int = 200
) -> Response:
    appeal = appeals.queries.get(session, number)
    form.typed = BLANK | form.typed
    return render(
        request,
        "appeals/workflow/page.html",
        status=status,
        appeal=appeal,
        bar=terms.bar(appeal),
        words_of_appeal=appeals.words,
        **shown(session, appeal, person, form),
    )


def shown(session: Session, appeal: Appeal, person: Person, form: Submitted[Any] | None = None) -> dict[str, Any]:
    """What the page of an appeal shows of the work on it: one fragment, `appeals/workflow/_work.html`."""
    return {
        "work": panel.panel(session, appeal, person),
        "work_words": words,
        "work_form": form or blank(**BLANK),
    }
