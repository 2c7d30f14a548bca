"""The page of a queue: its times, people and steps of overflow; why an agent was rung, a part for the call's page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd import queries as desk
from acd.desk import named
from acd.queues import queries, service, words
from acd.queues.model import MOST_MESSAGES, Message, OverflowDeed, SkillKind
from acd.queues.tables import OverflowStep
from acd.tables import Queue
from calls import queries as calls
from calls import words as call_words
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


class PeopleForm(BaseModel):
    """Who is in a queue and which skills it asks for, as ticked and as the page had shown it."""

    people: list[int] = []
    skills: list[int] = []
    people_shown: list[int] = []
    skills_shown: list[int] = []


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
def show(
    request: Request, session: DbSession, person: Reader, code: str, step: Annotated[int | None, Query()] = None
) -> Response:
    """One queue: its times, people, skills and what it does with whom it does not serve; with a step, its form."""
    queue = queries.queue(session, code)
    changed = queries.step(session, queue.id, step) if step is not None else None
    return queue_page(request, session, person, queue, changed=changed)


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
        _hear(form, offered_to(request, session, person))
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


def offered_to(request: Request, session: Session, person: Person) -> Mapping[str, Message]:
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
def set_members(session: DbSession, person: Arranger, code: str, form: Annotated[PeopleForm, Form()]) -> Response:
    """Who is in the queue, and which skills it asks for: only what differs from what the page showed is changed."""
    queue = queries.queue(session, code, lock=True)
    service.set_members(session, queue, form.people, shown=form.people_shown, by=person)
    service.ask_skills(session, queue, form.skills, shown=form.skills_shown, by=person)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


@router.post("/of/{code}/people/{person_id}/leave")
def leave(session: DbSession, person: Arranger, code: str, person_id: int) -> Response:
    """One person leaves this queue and stays in their others."""
    service.leave(session, queries.queue(session, code), person_id, by=person)
    return see_other(f"/queues/of/{code}", notice=_("Removed"))


def queue_page(
    request: Request,
    session: Session,
    person: Person,
    queue: Queue,
    *,
    times: Submitted[TimesForm] | None = None,
    step: Submitted[Any] | None = None,
    changed: OverflowStep | None = None,
    naming: Submitted[NamesForm] | None = None,
    needs: Sequence[str] = (),
    status: int = 200,
) -> Response:
    """The page, with a form that was refused in its place; `needs` is why the queue cannot be closed."""
    seconds = {
        name: round(getattr(queue, name).total_seconds())
        for name in ("ring_timeout", "wrap_up_limit", "service_target", "short_abandon", "messages_every")
    }
    offered = offered_to(request, session, person)
    return render(
        request,
        "acd/queues/queue.html",
        status=status,
        queue=queue,
        times=times or blank(**seconds, weight=queue.weight, says_wait=queue.says_wait, messages=queue.messages),
        step=step or _step_typed(session, changed),
        changed=changed,
        announcements=announcements(offered, changed),
        naming=naming or blank(**names.typed(queue.name)),
        needs=needs,
        prompts=offered,
        most_messages=MOST_MESSAGES,
        needed=staff.organisation(session, person.organisation_id).languages,
        steps=queries.overflow_steps(session, queue.id),
        queues={each.id: each for each in desk.queues(session)},
        targets=others(session, queue),
        agents=queries.agents(session),
        members=queries.members(session).get(queue.id, set()),
        skills=queries.skills(session, SkillKind.TOPIC),
        asked={skill.id for skill in queries.asked_of(session).get(queue.id, [])},
        expected=words.expected(queries.wait_now(session, queue)),
        words=words,
        named=named,
    )


def _step_typed(session: Session, step: OverflowStep | None) -> Submitted[Any]:
    """A step as its form would have been typed; a new one is blank."""
    if step is None:
        return blank(deed=OverflowDeed.WIDER, after=60)
    target = session.get(Queue, step.target_id) if step.target_id is not None else None
    return blank(
        deed=step.deed,
        after=round(step.after.total_seconds()) if step.after else "",
        longer_than=step.longer_than or "",
        target=target.code if target else "",
        prompt=step.prompt or "",
    )


def announcements(offered: Mapping[str, Message], step: OverflowStep | None = None) -> Mapping[str, str]:
    """What may end a call: what the catalogue has for it, what callers of every language can hear, what it says now."""
    own = {name: f"{name}: {told.words}" for name, told in offered.items() if not told.missing}
    known = {name: _(text) for name, text in words.ANNOUNCEMENTS.items()}
    now = {step.prompt: step.prompt} if step is not None and step.prompt else {}
    return now | own | known


def others(session: Session, queue: Queue) -> list[Queue]:
    """Where its callers may go on to."""
    return [each for each in desk.open_queues(session) if each.id != queue.id]
