"""Who is proposed, over HTTP: the part of the card, whom a complaint is about, and the box to try rules in."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
from appeals.model import Kind
from appeals.routing import panel, places, queries, service
from appeals.routing.model import Matter, Place, ordered
from db import Conflict
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter()

Writer = Annotated[Person, may("appeals.register")]
Reader = Annotated[Person, may("routing.read")]
Short = Annotated[str, Field(max_length=500)]


class CardAsked(BaseModel):
    """What stands in the card; nonsense is proposed nobody."""

    kind: Short = ""
    problem: Short = ""
    address: Short = ""
    house: Short = ""
    also: list[Short] = Field([], max_length=30)
    also_house: list[Short] = Field([], max_length=30)
    against: Short = ""


class TryAsked(BaseModel):
    """An address, a problem and a day."""

    address: Short = ""
    house: Short = ""
    problem: Short = ""
    on: Short = ""
    against: Short = ""


class AboutForm(BaseModel):
    """Whom the appeal complains of, by code or name; nobody where it is empty."""

    against: Short = ""


@router.get("/appeals/executor")
def proposed(request: Request, session: DbSession, person: Writer, asked: Annotated[CardAsked, Query()]) -> Response:
    """Who would be proposed for the card as it is filled in: a part."""
    organisation = staff.organisation(session, person.organisation_id)
    typed = [(asked.address, asked.house), *zip(asked.also, [*asked.also_house, *[""] * len(asked.also)], strict=False)]
    known = [places.of_address(session, organisation, text, row_id(house)) for text, house in typed if text.strip()]
    about, near = service.named(session, asked.against) if asked.kind == Kind.COMPLAINT else (None, ())
    found = service.propose(
        session, list(dict.fromkeys(known)), asked.problem, midnight().date(), complained_of=[about.id] if about else []
    )
    told = panel.told(session, person.organisation_id, found)
    missing = bool(asked.problem and known) and not found
    about_words: dict[str, Any] = {"about": about, "near": near, "against": asked.against.strip(), "kind": asked.kind}
    return render(request, "appeals/routing/_proposed.html", missing=missing, **about_words, **told)


@router.post("/appeals/{number}/complained-of")
def complain_of(
    session: DbSession, person: Writer, number: str, form: Annotated[Submitted[AboutForm], submitted(AboutForm)]
) -> Response:
    """Says whom the appeal complains of; it is proposed to nobody of them from then on."""
    appeal = appeals.queries.get(session, number)
    written = form.value.against if form.value is not None else ""
    about, near = service.named(session, written)
    if written and about is None:
        told = _("No executor is called so") if not near else _("Several are meant: %s")
        listed = ", ".join(each.code for each in near)
        return see_other(f"/appeals/{appeal.number}", notice=told % listed if near else told)
    if appeal.kind != Kind.COMPLAINT:
        raise Conflict(f"{number} is no complaint")
    service.complain_of(session, appeal, [about.id] if about is not None else [], by=person)
    return see_other(f"/appeals/{appeal.number}", notice=_("Saved"))


@router.get("/routing/try")
def try_it(request: Request, session: DbSession, person: Reader, asked: Annotated[TryAsked, Query()]) -> Response:
    """Who carries out what at an address on a day, and by which rule; and the rules that would follow."""
    organisation = staff.organisation(session, person.organisation_id)
    day = _day(asked.on) or midnight().date()
    typed = asked.model_dump() | {"on": day.isoformat()}
    form: Submitted[Any] = blank(**typed)
    place = places.of_address(session, organisation, asked.address, row_id(asked.house))
    about, _near = service.named(session, asked.against)
    if asked.address.strip() and place == Place():
        form.errors["address"] = _("This address is not in the directory: only rules for the whole territory count")
    if asked.against.strip() and about is None:
        form.errors["against"] = _("No executor is called so")
    is_asked = bool(asked.address.strip() or asked.problem)
    barred = [about.id] if about else []
    found = service.propose(session, [place], asked.problem, day, complained_of=barred) if is_asked else []
    return render(
        request,
        "appeals/routing/try.html",
        form=form,
        is_asked=is_asked,
        problems=panel.problems_listed(session),
        following=_following(session, person, place, asked.problem, day)[1:] if is_asked else [],
        names=panel.names(session, person.organisation_id, _following(session, person, place, asked.problem, day)),
        **panel.told(session, person.organisation_id, found),
    )


def _following(session: Session, person: Person, place: Place, problem: str, on: date) -> list[Any]:
    """All rules that fit, the one that decides first."""
    groups = service.groups_of(session, problem, on) if problem else ()
    rules = queries.candidates(session, [place], (problem, *groups), on)
    return ordered(rules, Matter(place=place, problem=problem, groups=groups, on=on))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
