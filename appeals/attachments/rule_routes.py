"""The directory of attachments over HTTP: what must be attached to which problems, and how rows and store agree."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.attachments import jobs, queries, service, words
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/attachments")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]


class RuleForm(BaseModel):
    """A kind that is compulsory, for a problem or for any."""

    problem: str = Field("", max_length=16)
    kind: str = Field(max_length=16)


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """What must be attached, and what the last look at the store has found."""
    return _page(request, session, person, blank(problem="", kind=""))


@router.post("/compulsory")
def ask_for(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """One kind more, from today on."""
    given = form.value
    if given is not None and given.problem and given.problem not in _entries(session, Section.PROBLEM):
        form.refuse("problem", _("Choose one of the values offered"))
    if given is not None and given.kind not in _entries(session, Section.ATTACHMENT):
        form.refuse("kind", _("Choose one of the values offered"))
    if form.value is not None:
        try:
            service.ask_for(session, form.value.problem, form.value.kind, today=midnight().date(), by=person)
        except service.BeginsThen:
            form.refuse("kind", _("This is asked for already"))
        else:
            return see_other("/attachments", notice=_("Added"))
    return _page(request, session, person, form, status=422)


@router.post("/compulsory/{rule_id}/end")
def ask_no_longer(session: DbSession, person: Keeper, rule_id: int) -> Response:
    """One kind less, from today on."""
    rule = queries.compulsory_kind(session, rule_id)
    service.ask_no_longer(session, rule, today=midnight().date(), by=person)
    return see_other("/attachments", notice=_("Removed"))


@router.post("/verify")
def verify(request: Request, person: Keeper) -> Response:
    """Everything is read whole now, by a worker."""
    asked = request.app.state.verify_attachments(person.organisation_id)
    told = (
        _("The store is being read; look again in a few minutes") if asked else _("Nobody could be asked. Try again.")
    )
    return see_other("/attachments", notice=told)


def _entries(session: Session, section: Section) -> dict[str, str]:
    return {each.code: entry_words.name(each) for each in classifier.in_force(session, section, midnight().date())}


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    return render(
        request,
        "appeals/attachments/directory.html",
        status=status,
        form=form,
        rules=queries.compulsory(session, midnight().date()),
        problems=_entries(session, Section.PROBLEM),
        kinds=_entries(session, Section.ATTACHMENT),
        faults=queries.faults(session, person.organisation_id),
        last=jobs.last(person.organisation_id),
        words=words,
    )
