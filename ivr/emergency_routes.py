"""The emergency announcement: what every caller hears first, switched on with one button and off by itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls.model import Language
from db import Conflict, transaction
from ivr import queries, service
from ivr.sound.speaking import LONGEST, refuse_silence, spoken_in
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.languages import later
from web.pages import render, see_other

router = APIRouter(prefix="/menus/emergency")

Announcer = Annotated[Person, may("menus.announce")]

LASTING = {"1": later("one hour"), "4": later("four hours"), "12": later("twelve hours"), "24": later("a day")}
Hours = Literal["1", "4", "12", "24"]


class AnnouncementForm(BaseModel):
    """What is said in each language, and for how long."""

    uk: str = Field("", max_length=LONGEST)
    uz: str = Field("", max_length=LONGEST)
    ru: str = Field("", max_length=LONGEST)
    en: str = Field("", max_length=LONGEST)
    hours: Hours = "4"


class AgainForm(BaseModel):
    """For how long."""

    hours: Hours = "4"


@router.get("")
def emergency_page(request: Request, session: DbSession, person: Announcer) -> Response:
    """What is announced now, the form of the next announcement, and the last ones to be announced again."""
    return _page(request, session, person, blank(hours="4"))


@router.post("")
def announce(
    request: Request,
    person: Announcer,
    form: Annotated[Submitted[AnnouncementForm], submitted(AnnouncementForm)],
) -> Response:
    """Speaks the words in each language, and every caller hears them from now on."""
    with transaction(person.organisation_id) as session:
        languages = [Language(code) for code in staff.organisation(session, person.organisation_id).languages]
    refuse_silence(languages, form)
    said = spoken_in(languages, form, request.app.state.voices) if form.value is not None else {}
    with transaction(person.organisation_id) as session:
        if form.value is None:
            return _page(request, session, person, form, status=422)
        lasting = timedelta(hours=int(form.value.hours))
        emergency = service.announce(session, person.organisation_id, spoken=said, lasting=lasting, by=person.id)
        audit(session, person, "menus.announced", f"emergency:{emergency.id}", hours=form.value.hours)
    return see_other("/menus/emergency", notice=_("Every caller hears the announcement from now on."))


@router.post("/{emergency}/again")
def announce_again(
    session: DbSession,
    person: Announcer,
    emergency: int,
    form: Annotated[Submitted[AgainForm], submitted(AgainForm)],
) -> Response:
    """The words of an earlier announcement."""
    before = queries.emergency(session, emergency)
    hours = form.value.hours if form.value else "4"
    service.announce_again(session, before, lasting=timedelta(hours=int(hours)), by=person.id)
    audit(session, person, "menus.announced", f"emergency:{emergency}", hours=hours)
    return see_other("/menus/emergency", notice=_("Every caller hears the announcement from now on."))


@router.post("/{emergency}/end")
def end(session: DbSession, person: Announcer, emergency: int) -> Response:
    """Nobody hears it any more."""
    notice = _("Callers no longer hear the announcement.")
    try:
        service.end_emergency(session, queries.emergency(session, emergency), by=person.id)
    except Conflict:
        return see_other("/menus/emergency", notice=notice)  # it ended by itself or somebody was faster
    audit(session, person, "menus.announcement_ended", f"emergency:{emergency}")
    return see_other("/menus/emergency", notice=notice)


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    past = queries.past_emergencies(session)
    said: dict[str, dict[str, str]] = {}
    for typed in queries.typed_prompts(session):
        said.setdefault(typed.prompt, {})[typed.language] = typed.words
    return render(
        request,
        "ivr/emergency.html",
        status=status,
        now=queries.emergency_now(session),
        past=past,
        said=said,
        moment=datetime.now(UTC),
        by=staff.names(session, {row.announced_by for row in past if row.announced_by is not None}),
        spoken=organisation.languages,
        form=form,
        lasting=_translated(LASTING),
        longest=LONGEST,
    )


def _translated(words: Mapping[str, str]) -> dict[str, str]:
    return {value: _(text) for value, text in words.items()}
