"""The editor's and the chancellery's lists over HTTP, and whether an organisation has them at all (Z-26)."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.words
from appeals.terms import panel as terms
from appeals.workflow import filing, queries, words
from calls import directory
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter()

Editor = Annotated[Person, may("appeals.formalise")]
Clerk = Annotated[Person, may("chancellery.work")]
Manager = Annotated[Person, may("organisation.manage")]
Number = Annotated[str, Query(max_length=40)]
Pattern = Annotated[str, Field(min_length=1, max_length=40)]
MEASURED: Final = timedelta(days=30)
PLACES: Final = {"editor": "/appeals/editing", "chancellery": "/appeals/chancellery"}
COUNTED: Final = {"editor": ("formalise", "sent_back"), "chancellery": ("to_enter", "to_give", "to_dispatch")}


class ChancelleryForm(BaseModel):
    """Whether there is a chancellery, and how it numbers."""

    on: bool = False
    incoming: Pattern
    outgoing: Pattern


@router.get("/appeals/editing")
def editing(request: Request, session: DbSession, person: Editor, of: str = "") -> Response:
    """What waits for an editor; the part alone for its news."""
    return _desk(request, session, person, "editor", of)


@router.get("/appeals/editing/count")
def to_formalise(request: Request, session: DbSession, person: Editor) -> Response:
    """How many wait for an editor: a part of the rail."""
    return _count(request, session, "editor")


@router.get("/appeals/chancellery")
def chancellery(request: Request, session: DbSession, person: Clerk, of: str = "", number: Number = "") -> Response:
    """What waits for the chancellery; a number of its register leads to the appeal."""
    found = queries.filed_as(session, number.strip()) if number.strip() else ()
    if len(found) == 1:
        return see_other(f"/appeals/{found[0].number}")
    return _desk(request, session, person, "chancellery", of, number=number)


@router.get("/appeals/chancellery/count")
def to_enter(request: Request, session: DbSession, person: Clerk) -> Response:
    """How many wait for the chancellery: a part of the rail."""
    return _count(request, session, "chancellery")


@router.get("/organisation/chancellery")
def rules(request: Request, session: DbSession, person: Manager) -> Response:
    """Whether appeals pass an editor and a chancellery."""
    office = queries.chancellery(session, person.organisation_id)
    typed = {
        "on": "true" if office is not None and office.since is not None else "",
        "incoming": office.incoming if office is not None else filing.PATTERN,
        "outgoing": office.outgoing if office is not None else filing.PATTERN,
    }
    return _rules(request, session, person, blank(**typed))


@router.post("/organisation/chancellery")
def arrange(
    request: Request,
    session: DbSession,
    person: Manager,
    form: Annotated[Submitted[ChancelleryForm], submitted(ChancelleryForm)],
) -> Response:
    """From the next registration on."""
    if form.value is not None:
        given = form.value
        try:
            filing.arrange(session, on=given.on, incoming=given.incoming, outgoing=given.outgoing, by=person)
        except filing.Unnumbered as refused:
            form.refuse(refused.register, _("Write {number} and {year} where the number and the year shall stand"))
        else:
            return see_other("/organisation/chancellery", notice=_("Saved"))
    return _rules(request, session, person, form, status=422)


def _desk(request: Request, session: Session, person: Person, desk: str, of: str, *, number: str = "") -> Response:
    lists = queries.DESKS[desk]
    counts = queries.counts(session, lists)
    chosen = of if of in lists else next((each for each in lists if counts[each]), lists[0])
    found = queries.waiting(session, chosen)
    ids = [each.id for each in found]
    filings = queries.filings_of(session, ids)
    editors = {each.editor_id for each in filings.values() if each.editor_id is not None}
    office = queries.chancellery(session, person.organisation_id)
    return render(
        request,
        "appeals/workflow/_office.html" if is_part(request) else "appeals/workflow/office.html",
        desk=desk,
        place=PLACES[desk],
        lists=lists,
        counts=counts,
        chosen=chosen,
        appeals=found,
        filings=filings,
        editors=staff.names(session, editors),
        executors=queries.executors_of(session, ids),
        bars=terms.bars(found),
        pace=queries.pace(session, datetime.now(UTC) - MEASURED),
        is_on=office is not None and office.since is not None,
        number=number,
        topics=directory.names(session),
        appeal_words=appeals.words,
        words=words,
    )


def _count(request: Request, session: Session, desk: str) -> Response:
    count = sum(queries.counts(session, COUNTED[desk]).values())
    return render(request, "appeals/workflow/_count.html", count=count)


def _rules(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    counts = queries.counts(session, COUNTED["editor"] + COUNTED["chancellery"])
    office = queries.chancellery(session, person.organisation_id)
    return render(
        request,
        "appeals/workflow/chancellery.html",
        status=status,
        form=form,
        office=office,
        on_the_way=sum(counts.values()),
    )
