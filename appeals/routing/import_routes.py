"""A file of rules over HTTP: sent, looked at, and only then carried out; and the file it is taken from."""

from collections.abc import Iterator
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import previewing
from appeals.previewing import FileForm, Preview, SeenForm
from appeals.routing import as_file, importing, panel, queries
from appeals.routing.importing import Plan
from appeals.routing.queries import Line
from appeals.routing.service import Wanted
from staff.access import DbSession, may
from staff.tables import Person
from web.files import excel
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/routing")

Reader = Annotated[Person, may("routing.read")]
Keeper = Annotated[Person, may("routing.rule")]
SHOWN = 200  # rules of a kind on a page


@router.get("/routing.xlsx")
def as_excel(session: DbSession, person: Reader) -> Response:
    """The rules that count now or later, as a file that can be changed and imported."""
    with SpooledTemporaryFile(max_size=10_000_000) as file:
        as_file.write(file, session, person.organisation_id, midnight().date(), audience().language)
        return excel(file, "routing")


@router.get("/import")
def form(request: Request, session: DbSession, person: Keeper) -> Response:
    """Where a file is chosen."""
    return _page(request, session, person, Preview(blank()), status=200)


@router.post("/import")
def look(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[FileForm], submitted(FileForm)]
) -> Response:
    """What the file would change; nothing changes yet."""
    found = previewing.look(form, partial(_plan, session, person), _told)
    return _page(request, session, person, found, status=found.status)


@router.post("/import/carry-out")
def carry_out(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[SeenForm], submitted(SeenForm)]
) -> Response:
    """What was looked at happens; where it would be something else by now, it is shown anew."""
    queries.wait_for_turn(session, person.organisation_id)  # pressed twice, the second finds what the first did
    found = previewing.once_more(form, partial(_plan, session, person), _told)
    if found.plan is None or not found.is_as_seen:
        return _page(request, session, person, found, status=found.status)
    count = importing.carry_out(session, person.organisation_id, found.plan, by=person)
    told = _("Rules changed: %s") % count if count else _("The rules are as the file has them")
    return see_other("/routing", notice=told)


def _plan(session: Session, person: Person, content: bytes) -> Plan:
    return importing.planned(session, person.organisation_id, content, midnight().date())


def _told(plan: Plan) -> Iterator[str]:
    """Tells two plans apart."""
    yield from map(repr, plan.added)
    for rule, until in plan.ended:
        yield f"{rule!r} {until}"


def _line(wanted: Wanted) -> Line:
    """A rule that is not there yet, as lists of rules show one."""
    place = (wanted.place.house, wanted.place.street, wanted.place.district)
    days = (wanted.valid_from, wanted.valid_until)
    return Line(0, *place, wanted.problem, wanted.executor_id, list(wanted.co_ids), wanted.basis, *days)


def _page(request: Request, session: Session, person: Person, found: Preview[Plan], *, status: int) -> Response:
    language, plan = audience().language, found.plan or Plan()
    added, ended = [_line(each) for each in plan.added[:SHOWN]], plan.ended[:SHOWN]
    return render(
        request,
        "appeals/routing/import.html",
        status=status,
        faults=[(row, _(why) % {"value": value}) for row, why, value in plan.faults],
        added=added,
        ended=ended,
        names=panel.names(session, person.organisation_id, [*added, *(rule for rule, _until in ended)]),
        headings=[(words[language][0], name in as_file.NEEDED) for name, words in as_file.HEADINGS.items()],
        **found.shown(),
    )
