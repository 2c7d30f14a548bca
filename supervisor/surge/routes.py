"""Incident mode over HTTP: begun and ended by hand, the script for desks, the bar."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acd import queries as desk
from acd.desk import named
from calls.model import Language
from db import Conflict, transaction
from ivr import queries as menus
from ivr.sound.speaking import LONGEST, refuse_silence, spoken_in
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from supervisor.surge import queries, service, words
from supervisor.surge.service import Content
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/surge")

Reader = Annotated[Person, may("surge.read")]
Leader = Annotated[Person, may("surge.lead")]
Agent = Annotated[Person, may("desk.use")]


class IncidentForm(BaseModel):
    """What an incident says, and how long it may last."""

    topic: str = Field(min_length=2, max_length=80)
    uk: str = Field("", max_length=LONGEST)
    uz: str = Field("", max_length=LONGEST)
    ru: str = Field("", max_length=LONGEST)
    en: str = Field("", max_length=LONGEST)
    script: str = Field("", max_length=2000)
    offers_callback: bool = False
    hours: Literal["1", "4", "12", "24"] = "4"
    queues: list[str] = Field(default_factory=list)  # codes; none: everybody hears it


@router.get("")
def incident_page(request: Request, session: DbSession, person: Reader) -> Response:
    """The incident of this moment, the form of one, and those that were."""
    return _page(request, session, person, blank(offers_callback=True, hours="4"))


@router.post("")
def begin(
    request: Request, person: Leader, form: Annotated[Submitted[IncidentForm], submitted(IncidentForm)]
) -> Response:
    """Speaks the words in each language; callers hear them, who waits too, and desks show the script from now on."""
    with transaction(person.organisation_id) as session:
        languages = languages_of(session, person)
        refuse_closed(session, form)
    said = spoken_of(request, form, languages)
    with transaction(person.organisation_id) as session:
        if form.value is None:
            return _page(request, session, person, form, status=422)
        try:
            service.begin(session, content_of(form.value), said, by=person)
        except service.RunsAlready:
            return see_other("/surge", notice=runs_already())
    return see_other("/surge", notice=begun(form.value.queues))


@router.get("/script")
def script(session: DbSession, person: Agent) -> Response:
    """What operators answer briefly as long as an incident lasts; for the desks of those whose callers hear it."""
    incident = queries.now_on(session, person.organisation_id, datetime.now(UTC))
    codes = queries.queues_of(session, [incident]).get(incident.id) if incident else None
    if incident is None or (codes and not queries.answers_in(session, person.id, codes)):
        return JSONResponse({"topic": None})
    told = {"topic": incident.topic, "script": incident.script, "since": incident.began_at.isoformat()}
    return JSONResponse(told)


@router.get("/bar")
def bar(request: Request, session: DbSession, person: Reader) -> Response:
    """A part for the board and the status page: the incident of this moment, or nothing."""
    incident = queries.now_on(session, person.organisation_id, datetime.now(UTC))
    codes = queries.queues_of(session, [incident] if incident else []).values()
    names = names_of(session)
    return render(
        request, "surge/_bar.html", incident=incident, heard_in=[names[code] for each in codes for code in each]
    )


@router.post("/{incident_id}/end")
def end(session: DbSession, person: Leader, incident_id: int) -> Response:
    """Callers hear it no more, desks show no script."""
    notice = _("Incident mode is off.")
    try:
        service.end(session, queries.get(session, incident_id), by=person)
    except Conflict:
        return see_other("/surge", notice=notice)  # it ended by itself, or somebody was faster
    return see_other("/surge", notice=notice)


def languages_of(session: Session, person: Person) -> list[Language]:
    """The languages in which the person's callers are spoken to."""
    return [Language(code) for code in staff.organisation(session, person.organisation_id).languages]


def refuse_closed(session: Session, form: Submitted[Any]) -> None:
    """Nobody waits in a queue that is closed, or is not there: whose callers hear it is to be chosen."""
    chosen = form.value.queues if form.value is not None else []
    if not set(chosen) <= {queue.code for queue in desk.open_queues(session)}:
        form.refuse("queues", _("One of these queues is closed: choose others"))


def begun(queues: Sequence[str]) -> str:
    """What is told to who began one."""
    if queues:
        return _("Incident mode is on: callers of these queues hear the announcement, those who wait too.")
    return _("Incident mode is on: every caller hears the announcement, those who wait too.")


def runs_already() -> str:
    """What is told to who pressed a second time."""
    return _("This incident runs already. Nothing was changed.")


def names_of(session: Session) -> dict[str, str]:
    """Every queue by its code, also those closed."""
    return {queue.code: named(queue.name) for queue in desk.queues(session)}


def spoken_of(
    request: Request, form: Submitted[Any], languages: Sequence[Language]
) -> dict[Language, tuple[str, bytes]]:
    """The words with their sound in each language; nothing of a form that is refused."""
    refuse_silence(languages, form)
    return spoken_in(languages, form, request.app.state.voices) if form.value is not None else {}


def content_of(given: IncidentForm) -> Content:
    """What the form says of the incident."""
    return Content(
        topic=given.topic,
        script=given.script,
        offers_callback=given.offers_callback,
        lasting=timedelta(hours=int(given.hours)),
        queues=given.queues,
    )


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    incident = queries.now_on(session, person.organisation_id, datetime.now(UTC))
    emergency = menus.emergency(session, incident.emergency_id) if incident else None
    past = queries.past(session)
    people = {id_ for row in (*past, *([incident] if incident else ())) for id_ in (row.began_by, row.ended_by) if id_}
    return render(
        request,
        "surge/page.html",
        status=status,
        incident=incident,
        emergency=emergency,
        said=service.words_of(session, {emergency.prompt}) if emergency else {},
        past=past,
        heard_in=queries.queues_of(session, [*past, *([incident] if incident else ())]),
        plans=queries.plans(session, ready=True),
        people=staff.names(session, people),
        form=form,
        **shared(session, person),
    )


def shared(session: Session, person: Person) -> Mapping[str, Any]:
    """What each page of incidents needs."""
    return {
        "spoken": staff.organisation(session, person.organisation_id).languages,
        "longest": LONGEST,
        "lasting": {value: _(text) for value, text in words.LASTING.items()},
        "words": words,
        "offered": {queue.code: named(queue.name) for queue in desk.open_queues(session)},
        "names_of": names_of(session),
        "leads": has(person, "surge.lead"),
    }
