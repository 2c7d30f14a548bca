"""The ladder over HTTP: which alarms an organisation wants, and who is told when."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from notify import queries as notify
from notify.model import ChannelKind, is_recipient
from notify.tables import Channel
from staff.access import DbSession, may
from staff.audit import audit, moved
from staff.channels import words as channel_words
from staff.tables import Person
from supervisor.alarms import queries, service, words
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import AlarmStep
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, Code
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/alarms/ladder")

Keeper = Annotated[Person, may("alarms.rules")]


class WantedForm(BaseModel):
    """The kinds of alarms that are raised."""

    kinds: set[Kind] = Field(default_factory=set)


class StepForm(BaseModel):
    """One step of the ladder."""

    after: int = Field(ge=0, le=72 * 60)  # minutes
    again: int | None = Field(None, ge=1, le=24 * 60)  # minutes
    channel: int
    recipient: str = Field(max_length=254)
    language: Code
    about: set[Kind] = Field(min_length=1)


@router.get("")
def ladder(request: Request, session: DbSession, person: Keeper) -> Response:
    """The rules, the steps in their order, and the form for one more."""
    return _page(request, session, person, _blank(person))


@router.post("/wanted")
def want(session: DbSession, person: Keeper, form: Annotated[Submitted[WantedForm], submitted(WantedForm)]) -> Response:
    """Other kinds of alarms."""
    if form.value is not None:
        before, kinds = queries.wanted(session, person.organisation_id), frozenset(form.value.kinds)
        service.want(session, person.organisation_id, kinds)
        if told := moved(before, kinds):
            audit(session, person, "alarms.wanted", "alarms:rules", **told)
    return see_other("/alarms/ladder", notice=_("Saved") if form.value is not None else "")


@router.post("")
def add_step(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[StepForm], submitted(StepForm)],
) -> Response:
    """One step more; whom the channel cannot reach is refused at once."""
    channel = _channel(session, form.value.channel) if form.value is not None else None
    recipient = str(form.typed["recipient"]).replace(" ", "")
    if form.value is not None and channel is None:
        form.refuse("channel", _("Choose one of the values offered"))
    if channel is not None and not is_recipient(ChannelKind(channel.kind), recipient):
        form.refuse("recipient", channel_words.refusal(ChannelKind(channel.kind)))
    if form.value is None or channel is None:
        return _page(request, session, person, form, status=422)
    given = form.value
    step = AlarmStep(
        organisation_id=person.organisation_id,
        after=timedelta(minutes=given.after),
        again_every=timedelta(minutes=given.again) if given.again else None,
        channel_id=channel.id,
        recipient=recipient,
        language=given.language,
        kinds=sorted(given.about),
    )
    service.add_step(session, step)
    audit(session, person, "alarms.step_added", f"alarm_step:{step.id}", recipient=recipient, channel=channel.name)
    return see_other("/alarms/ladder", notice=_("Added"))


@router.post("/{step_id}/remove")
def remove_step(session: DbSession, person: Keeper, step_id: int) -> Response:
    """One step less."""
    service.remove_step(session, step_id)
    audit(session, person, "alarms.step_removed", f"alarm_step:{step_id}")
    return see_other("/alarms/ladder", notice=_("Removed"))


def _channel(session: Session, channel_id: int) -> Channel | None:
    return next((each for each in notify.channels(session) if each.id == channel_id), None)


def _blank(person: Person) -> Submitted[Any]:
    about = [kind for kind in Kind if kind is not Kind.INSTALLATION]
    return blank(after="0", again="", channel="", recipient="", language=person.language, about=about)


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    channels = {channel.id: channel for channel in notify.channels(session)}
    return render(
        request,
        "alarms/ladder.html",
        status=status,
        form=form,
        steps=queries.steps(session, person.organisation_id),
        channels=channels,
        wanted=blank(kinds=list(queries.wanted(session, person.organisation_id))),
        words=words,
        channel_words=channel_words,
        language_names=LANGUAGES,
    )
