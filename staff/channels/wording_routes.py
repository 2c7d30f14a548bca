"""An organisation's own wording of its messages over HTTP, language by language."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from db import NotFound
from notify import queries
from notify.far.sms_parts import parts_of
from notify.model import PLACEHOLDER, Template, faults_of_wording
from notify.wordings import forget_wording, word, worded
from staff.access import DbSession, may
from staff.audit import audit, changes
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/channels/wordings")

Keeper = Annotated[Person, may("channels.manage")]


class WordingForm(BaseModel):
    """A message with its placeholders."""

    subject: str = Field(min_length=2, max_length=200)
    text: str = Field(min_length=2, max_length=2000)


@router.get("")
def wordings(request: Request, person: Keeper) -> Response:
    """The first message, in the reader's language."""
    return see_other(f"/channels/wordings/{_templates(request)[0].code}/{audience().language}")


@router.get("/{code}/{language}")
def wording(request: Request, session: DbSession, person: Keeper, code: str, language: str) -> Response:
    """One message in one language."""
    template = _named(request, code, language)
    subject, text = worded(session, person.organisation_id, template, language)
    return _page(
        request,
        session,
        template,
        language,
        blank(subject=subject, text=text),
        organisation=person.organisation_id,
    )


@router.post("/{code}/{language}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    *,
    code: str,
    language: str,
    form: Annotated[Submitted[WordingForm], submitted(WordingForm)],
) -> Response:
    """Words of one's own; a placeholder that would stay empty is refused."""
    template = _named(request, code, language)
    for name in ("subject", "text"):
        if faults := faults_of_wording(str(form.typed[name]), f"{template.subject} {template.text}"):
            form.refuse(name, _("This is not filled in: %s") % ", ".join(faults))
    if form.value is None:
        return _page(request, session, template, language, form, organisation=person.organisation_id, status=422)
    given = form.value
    was = worded(session, person.organisation_id, template, language)
    word(session, person.organisation_id, template, language, subject=given.subject, text=given.text)
    if told := changes(heading=(was[0], given.subject), text=(was[1], given.text)):
        audit(session, person, "wording.changed", f"wording:{code}", language=language, **told)
    return see_other(f"/channels/wordings/{code}/{language}", notice=_("Saved"))


@router.post("/{code}/{language}/forget")
def forget(request: Request, session: DbSession, person: Keeper, code: str, language: str) -> Response:
    """The wording that came with Holos again."""
    template = _named(request, code, language)
    was = worded(session, person.organisation_id, template, language)
    forget_wording(session, person.organisation_id, template, language)
    ours = worded(session, person.organisation_id, template, language)
    told = changes(heading=(was[0], ours[0]), text=(was[1], ours[1]))
    audit(session, person, "wording.forgotten", f"wording:{code}", language=language, **told)
    return see_other(f"/channels/wordings/{code}/{language}", notice=_("Saved"))


def _templates(request: Request) -> Sequence[Template]:
    found: Sequence[Template] = request.app.state.templates
    return found


def _named(request: Request, code: str, language: str) -> Template:
    found = next((each for each in _templates(request) if each.code == code), None)
    if found is None or language not in LANGUAGES:
        raise NotFound(f"wording {code}")
    return found


def _page(
    request: Request,
    session: Session,
    template: Template,
    language: str,
    form: Submitted[Any],
    *,
    organisation: int,
    status: int = 200,
) -> Response:
    templates = [
        (_(each.name), f"/channels/wordings/{each.code}/{language}", each is template) for each in _templates(request)
    ]
    tongues = [
        (name, f"/channels/wordings/{template.code}/{code}", code == language) for code, name in LANGUAGES.items()
    ]
    return render(
        request,
        "notify/wording.html",
        status=status,
        worded=template,
        templates=templates,
        tongue=language,
        tongues=tongues,
        form=form,
        own=queries.wording(session, organisation, template.code, language) is not None,
        names=sorted(f"%({name})s" for name in set(PLACEHOLDER.findall(f"{template.subject} {template.text}"))),
        parts=len(parts_of(str(form.typed["text"])[:2000], 0).octets),
    )
