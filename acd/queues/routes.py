"""The page of a queue: its times, people and steps of overflow; why an agent was rung, a part for the call's page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from acd.queues import queries, service, words
from acd.queues.model import MOST_MESSAGES, Message, OverflowDeed, SkillKind
from acd.tables import Queue
from calls import queries as calls
from calls import words as call_words
from db import Conflict
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web import names
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES
from web.languages import gettext as _
from web.names import NamesForm
from web.pages import render, see_other

router = APIRouter(prefix="/queues")

Reader = Annotated[Person, may("queues.read")]
Arranger = Annotated[Person, may("queues.arrange")]

Seconds = Annotated[int, Field(ge=1, le=3600)]


class TimesForm(BaseModel):
    """What a queue waits for and says; times in seconds."""

    ring_timeout: Annotated[int, Field(ge=5, le=120)]
    wrap_up_limit: Seconds
    service_target: Seconds
    short_abandon: Annotated[int, Field(ge=0, le=60)] = 0
    weight: Annotated[int, Field(ge=0, le=10)] = 0
    says_wait: bool = False
    messages: Annotated[list[str], Field(max_length=MOST_MESSAGES)] = []
    messages_every: Annotated[int, Field(ge=20, le=600)] = 90


class StepForm(BaseModel):
    """A step of overflow: after so many seconds, or when more than so many wait."""

    deed: OverflowDeed
    after: Seconds | None = None
    longer_than: Annotated[int, Field(ge=1, le=1000)] | None = None
    target: str = ""
    prompt: str = Field("", max_length=64)


@router.get("/offers")
def offers(
    request: Request, session: DbSession, person: Annotated[Person, may("calls.read_own")], call: UUID
) -> Response:
    """Why each agent was rung for a call. NotFound for calls the person may not read."""
    calls.readable(session, person, call)
    reasons = queries.reasons_of(session, call)
    skills = queries.names_of(session, {code for reason, _name in reasons for code in reason.skills})
    told = [(reason, name, words.because(reason, skills, call_words.LANGUAGES)) for reason, name in reasons]
    return render(request, "acd/queues/_offers.html", told=told)


@router.get("/of/{code}")
def show(request: Request, session: DbSession, person: Reader, code: str) -> Response:
    """One queue: its times, people, skills and what it does with whom it does not serve."""
    return queue_page(request, session, person, queries.queue(session, code))


@router.post("/of/{code}")
def set_times(
    request: Request,
    session: DbSession,
    person: Arranger,
    code: str,
    form: Annotated[Submitted[TimesForm], submitted(TimesForm)],
) -> Response:
    """What the queue waits for and says."""
    queue = queries.queue(session, code)
    if form.value is not None:
        _hear(form, _offered(request, session, person))
    if form.value is None:
        return queue_page(request, session, person, queue, times=form, status=422)
    given = form.value
    service.set_times(
        session,
        queue,
        ring_timeout=timedelta(seconds=given.ring_timeout),
        wrap_up_limit=timedelta(seconds=given.wrap_up_limit),
        service_target=timedelta(seconds=given.service_target),
        short_abandon=timedelta(seconds=given.short_abandon),
        weight=given.weight,
        says_wait=given.says_wait,
        messages=_chosen(given.messages),
        messages_every=timedelta(seconds=given.messages_every),
        by=person,
    )
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


def _offered(request: Request, session: Session, person: Person) -> Mapping[str, Message]:
    """The organisation's prompts by name, with the languages in which nobody can hear them."""
    offered: Mapping[str, Message] = request.app.state.messages(session, person.organisation_id)
    return offered


def _chosen(messages: Iterable[str]) -> list[str]:
    """What was chosen, once each; empty choices are none."""
    return list(dict.fromkeys(message for message in messages if message))


def _hear(form: Submitted[TimesForm], offered: Mapping[str, Message]) -> None:
    """Refuses prompts that are not there, or that callers of one language would not hear."""
    assert form.value is not None, "checked"
    for name in _chosen(form.value.messages):
        if name not in offered:
            form.refuse("messages", _("There is no such prompt"))
            return
        if offered[name].missing:
            values = {"name": name, "languages": ", ".join(LANGUAGES[code] for code in offered[name].missing)}
            form.refuse("messages", _("The prompt %(name)s cannot be heard in: %(languages)s") % values)
            return


@router.post("/of/{code}/people")
def set_members(
    session: DbSession,
    person: Arranger,
    code: str,
    people: Annotated[list[int] | None, Form()] = None,
    skills: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Who is in the queue, and which skills it asks for."""
    queue = queries.queue(session, code)
    service.set_members(session, queue, people or [], by=person)
    service.ask_skills(session, queue, skills or [], by=person)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


@router.post("/of/{code}/steps")
def add_step(
    request: Request,
    session: DbSession,
    person: Arranger,
    code: str,
    form: Annotated[Submitted[StepForm], submitted(StepForm)],
) -> Response:
    """A further step of overflow."""
    queue = queries.queue(session, code)
    if form.value is not None:
        _take_step(session, queue, form, by=person)
    if form.value is None:
        return queue_page(request, session, person, queue, step=form, status=422)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


def _take_step(session: Session, queue: Queue, form: Submitted[StepForm], *, by: Person) -> None:
    assert form.value is not None, "checked"
    given = form.value
    if (given.after is None) == (given.longer_than is None):
        form.refuse("after", _("Say either after how many seconds, or at how many callers"))
    elif given.deed is OverflowDeed.WIDER and given.after is None:
        form.refuse("after", _("Fill in this field"))
    elif given.deed is OverflowDeed.QUEUE and given.target not in {each.code for each in _others(session, queue)}:
        form.refuse("target", _("Choose another queue"))
    elif given.deed is OverflowDeed.ANNOUNCEMENT and given.prompt not in words.ANNOUNCEMENTS:
        form.refuse("prompt", _("There is no such prompt"))
    else:
        try:
            service.add_step(
                session,
                queue,
                given.deed,
                after=timedelta(seconds=given.after) if given.after else None,
                longer_than=given.longer_than,
                target=queries.queue(session, given.target) if given.deed is OverflowDeed.QUEUE else None,
                prompt=given.prompt if given.deed is OverflowDeed.ANNOUNCEMENT else None,
                by=by,
            )
        except Conflict:
            form.refuse("deed", _("This step does not go with the others: the same moment, or a circle"))


def _others(session: Session, queue: Queue) -> list[Queue]:
    """Where its callers may go on to."""
    return [each for each in desk.open_queues(session) if each.id != queue.id]


@router.post("/of/{code}/steps/{step_id}/remove")
def remove_step(session: DbSession, person: Arranger, code: str, step_id: int) -> Response:
    """The step is no longer taken."""
    queue = queries.queue(session, code)
    service.remove_step(session, queue, queries.step(session, queue.id, step_id), by=person)
    return see_other(f"/queues/of/{code}", notice=_("Removed"))


def queue_page(
    request: Request,
    session: Session,
    person: Person,
    queue: Queue,
    *,
    times: Submitted[TimesForm] | None = None,
    step: Submitted[StepForm] | None = None,
    naming: Submitted[NamesForm] | None = None,
    needs: Sequence[str] = (),
    status: int = 200,
) -> Response:
    """The page, with a form that was refused in its place; `needs` is why the queue cannot be closed."""
    seconds = {
        name: round(getattr(queue, name).total_seconds())
        for name in ("ring_timeout", "wrap_up_limit", "service_target", "short_abandon", "messages_every")
    }
    return render(
        request,
        "acd/queues/queue.html",
        status=status,
        queue=queue,
        times=times or blank(**seconds, weight=queue.weight, says_wait=queue.says_wait, messages=queue.messages),
        step=step or blank(deed=OverflowDeed.WIDER, after=60),
        naming=naming or blank(**names.typed(queue.name)),
        needs=needs,
        prompts=_offered(request, session, person),
        most_messages=MOST_MESSAGES,
        needed=staff.organisation(session, person.organisation_id).languages,
        steps=queries.overflow_steps(session, queue.id),
        queues={each.id: each for each in desk.queues(session)},
        targets=_others(session, queue),
        agents=queries.agents(session),
        members=queries.members(session).get(queue.id, set()),
        skills=queries.skills(session, SkillKind.TOPIC),
        asked={skill.id for skill in queries.asked_of(session).get(queue.id, [])},
        expected=words.expected(queries.wait_now(session, queue)),
        words=words,
        named=named,
    )
