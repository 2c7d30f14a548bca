"""The dispatchers' side of the work over HTTP: what waits for them, and every deed on one appeal and its executors."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import appeals.words
from appeals.tables import Appeal
from appeals.terms import panel as terms
from appeals.workflow import correcting, doing, forms, panel, queries, words
from appeals.workflow.forms import BLANK, DeedForm
from appeals.workflow.model import Deed
from appeals.workflow.news import OF_ORGANISATION
from appeals.workflow.office_routes import PLACES
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
Doer = Annotated[Person, may("appeals.act")]  # what each may do the table says
Typed = Annotated[str, Query(max_length=400)]
OFFERED: Final = 20  # executors while a name is typed
BACK_TO: Final = {  # whoever has done this goes on with their list
    Deed.SUBMIT: PLACES["editor"],
    Deed.SEND_BACK: PLACES["chancellery"],
    Deed.DISPATCH: PLACES["chancellery"],
}


@router.get("/work")
def queue(request: Request, session: DbSession, person: Dispatcher, of: str = "verify") -> Response:
    """What waits for a dispatcher, one list a reason; the part alone for its news."""
    lists = queries.DESKS["dispatch"]
    chosen = of if of in lists else lists[0]
    found = queries.waiting(session, chosen)
    return render(
        request,
        "appeals/workflow/_queue.html" if is_part(request) else "appeals/workflow/queue.html",
        appeals=found,
        chosen=chosen,
        lists=lists,
        counts=queries.counts(session, lists),
        bars=terms.bars(found),
        executors=queries.executors_of(session, [each.id for each in found]),
        topics=directory.names(session),
        appeal_words=appeals.words,
        words=words,
    )


@router.get("/work-live")
async def live_news(request: Request, person: Doer) -> Response:
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
    person: Doer,
    number: str,
    form: Annotated[Submitted[DeedForm], submitted(DeedForm)],
) -> Response:
    """One deed on the appeal or on one of its assignments; refused, the page says why and keeps what was typed."""
    appeals.queries.get(session, number)
    given, status = form.value, 422
    if given is not None:
        try:
            reached = doing.of_appeal(session, number, given, by=person)
        except forms.REFUSED as why:
            status = forms.refuse(session, form, why)
        else:
            return see_other(BACK_TO.get(given.deed, f"/appeals/{reached}"), notice=_(words.DONE[given.deed]))
    return _page(request, session, person, number, form, status=status)


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
    work = panel.panel(session, appeal, person)
    corrects = any(each.deed is Deed.CORRECT for each in work.deeds)
    return {
        "work": work,
        "work_choices": correcting.offered(session, appeal) if corrects else {},
        "work_corrections": correcting.shown(session, appeal, person),
        "work_words": words,
        "work_form": form or blank(**BLANK),
    }
