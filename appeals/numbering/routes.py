"""Registration indexes over HTTP: the rule of an organisation."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from appeals import words as appeal_words
from appeals.model import Source
from appeals.numbering import model, queries, service, words
from appeals.numbering.tables import IndexRule
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/organisation/numbering")

Manager = Annotated[Person, may("organisation.manage")]
Sign = Annotated[str, Field(max_length=5)]
AN_EXAMPLE = 123


class NumberingForm(BaseModel):
    """Whether there are indexes, how they are written, and the sign of each channel."""

    on: bool = False
    pattern: Annotated[str, Field(min_length=1, max_length=40)]
    by_source: bool = False
    sign_phone: Sign = ""
    sign_reception: Sign = ""
    sign_letter: Sign = ""
    sign_email: Sign = ""
    sign_site: Sign = ""
    sign_telegram: Sign = ""

    def signs(self) -> dict[str, str]:
        """By source."""
        return {source.value: getattr(self, f"sign_{source.value}").strip() for source in Source}


@router.get("")
def rule(request: Request, session: DbSession, person: Manager) -> Response:
    """How appeals are indexed."""
    found = queries.rule(session, person.organisation_id)
    return _page(request, blank(**_typed(found)), found)


@router.post("")
def arrange(
    request: Request,
    session: DbSession,
    person: Manager,
    form: Annotated[Submitted[NumberingForm], submitted(NumberingForm)],
) -> Response:
    """From the next registration on."""
    if form.value is not None:
        given = form.value
        rules: dict[str, Any] = {"on": given.on, "pattern": given.pattern.strip(), "by_source": given.by_source}
        try:
            service.arrange(session, **rules, signs=given.signs(), by=person)
        except service.Unfit as refused:
            form.refuse("pattern", _(words.FAULTS[refused.why]))
        else:
            return see_other("/organisation/numbering", notice=_("Saved"))
    return _page(request, form, queries.rule(session, person.organisation_id), status=422)


def _typed(found: IndexRule | None) -> dict[str, str]:
    signs = found.signs if found is not None else {}
    return {
        "on": "true" if found is not None and found.since is not None else "",
        "pattern": found.pattern if found is not None else model.USUAL,
        "by_source": "true" if found is not None and found.by_source else "",
    } | {f"sign_{source.value}": signs.get(source.value, "") for source in Source}


def _page(request: Request, form: Submitted[Any], found: IndexRule | None, *, status: int = 200) -> Response:
    pattern, sign = str(form.typed["pattern"]), str(form.typed["sign_letter"])
    year, name = datetime.now(audience().zone).year, _("Kovalenko")
    example = model.written(pattern, number=AN_EXAMPLE, year=year, name=name, sign=sign)
    return render(
        request,
        "appeals/numbering/page.html",
        status=status,
        form=form,
        rule=found,
        example=example,
        name=name,
        sources={source.value: appeal_words.SOURCES[source] for source in Source},
    )
