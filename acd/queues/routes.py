"""Pages of queues, skills, teams and priority, and why an agent was rung, a part for the call's page."""

from datetime import date, timedelta
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
from acd.queues.model import LEVELS, OPERATORS_A_LEADER, OverflowDeed, PriorityKind, SkillKind
from acd.tables import Queue
from calls import queries as calls
from calls import words as call_words
from calls.model import interface_of
from db import Conflict, NotFound
from staff.access import DbSession, has, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/queues")

Reader = Annotated[Person, may("queues.read")]
Arranger = Annotated[Person, may("queues.arrange")]

CODE = r"^[a-z][a-z0-9_]{0,31}$"
Seconds = Annotated[int, Field(ge=1, le=3600)]


class TimesForm(BaseModel):
    """What a queue waits for and says; times in seconds."""

    ring_timeout: Annotated[int, Field(ge=5, le=120)]
    wrap_up_limit: Seconds
    service_target: Seconds
    short_abandon: Annotated[int, Field(ge=0, le=60)] = 0
    weight: Annotated[int, Field(ge=0, le=10)] = 0
    says_wait: bool = False


class StepForm(BaseModel):
    """A step of overflow: after so many seconds, or when more than so many wait."""

    deed: OverflowDeed
    after: Seconds | None = None
    longer_than: Annotated[int, Field(ge=1, le=1000)] | None = None
    target: str = ""
    prompt: str = Field("", max_length=64)


class SkillForm(BaseModel):
    """A skill."""

    kind: SkillKind
    code: str = Field(pattern=CODE)
    name: str = Field("", max_length=80)


class RuleForm(BaseModel):
    """A rule of priority."""

    kind: PriorityKind
    raises: Annotated[int, Field(ge=1, le=4)]
    queue: str = ""
    times: Annotated[int, Field(ge=1, le=20)] = 2
    hours: Annotated[int, Field(ge=1, le=168)] = 24


class NumberForm(BaseModel):
    """A number favoured."""

    number: str = Field(pattern=r"^\+?[0-9]{3,15}$")
    reason: str = Field(min_length=2, max_length=200)
    until: date | None = None


class TeamForm(BaseModel):
    """A new team."""

    name: str = Field(min_length=2, max_length=80)


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """Every queue at a glance."""
    ready = queries.ready(session)
    rows = [
        (each, ready.get(each.queue.id, queries.Ready()), words.expected(queries.wait_now(session, each.queue)))
        for each in desk.waiting(session)
    ]
    return render(request, "acd/queues/list.html", rows=rows, named=named)


@router.get("/skills")
def skills(request: Request, session: DbSession, person: Reader) -> Response:
    """Who can do what, and how well."""
    return _skills(request, session, blank(kind=SkillKind.LANGUAGE, code="", name=""))


@router.post("/skills")
def add_skill(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[SkillForm], submitted(SkillForm)]
) -> Response:
    """A further skill."""
    if form.value is not None:
        given = form.value
        if given.kind is SkillKind.LANGUAGE and given.code not in LANGUAGES:
            form.refuse("code", _("Callers cannot choose this language"))
        elif given.kind is SkillKind.TOPIC and not given.name:
            form.refuse("name", _("Enter this"))
    if form.value is None:
        return _skills(request, session, form, status=422)
    given = form.value
    name = {audience().language: given.name} if given.name else {}
    try:
        service.add_skill(session, person.organisation_id, given.kind, given.code, name)
    except Conflict:
        form.refuse("code", _("There is one already"))
        return _skills(request, session, form, status=422)
    return see_other("/queues/skills", notice=_("Saved"))


@router.post("/skills/levels")
def set_levels(session: DbSession, person: Arranger, level: Annotated[list[str] | None, Form()] = None) -> Response:
    """The whole matrix; each field says `person:skill:level`, without a level for not at all."""
    wanted: dict[tuple[int, int], int | None] = {}
    for each in level or []:
        who, skill, how = [*each.split(":"), "", ""][:3]
        if who.isdecimal() and skill.isdecimal() and (how == "" or (how.isdecimal() and int(how) in LEVELS)):
            wanted[int(who), int(skill)] = int(how) if how else None
    service.set_levels(session, person.organisation_id, wanted)
    return see_other("/queues/skills", notice=_("Saved"))


def _skills(request: Request, session: Session, form: Submitted[SkillForm], *, status: int = 200) -> Response:
    return render(
        request,
        "acd/queues/skills.html",
        status=status,
        form=form,
        skills=queries.skills(session),
        agents=queries.agents(session),
        levels=queries.levels(session),
        words=words,
        named=named,
        language_names=LANGUAGES,
    )


@router.get("/teams")
def teams(request: Request, session: DbSession, person: Reader) -> Response:
    """Teams and their leaders; a team with too many on a shift is warned of."""
    return _teams(request, session, blank(name=""))


@router.post("/teams")
def add_team(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[TeamForm], submitted(TeamForm)]
) -> Response:
    """A further team."""
    if form.value is not None:
        try:
            service.add_team(session, person.organisation_id, form.value.name)
        except Conflict:
            form.refuse("name", _("There is one already"))
    if form.value is None:
        return _teams(request, session, form, status=422)
    return see_other("/queues/teams", notice=_("Saved"))


@router.post("/teams/{team_id}")
def change_team(
    session: DbSession,
    person: Arranger,
    team_id: int,
    leader: Annotated[str, Form(max_length=20)] = "",
    people: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """The leader and the people."""
    team = queries.team(session, team_id)
    service.change_team(session, team, leader=int(leader) if leader.isdecimal() else None, people=people or [])
    return see_other("/queues/teams", notice=_("Saved"))


@router.post("/teams/{team_id}/remove")
def remove_team(session: DbSession, person: Arranger, team_id: int) -> Response:
    """The team is no more."""
    service.remove_team(session, queries.team(session, team_id))
    return see_other("/queues/teams", notice=_("Removed"))


def _teams(request: Request, session: Session, form: Submitted[TeamForm], *, status: int = 200) -> Response:
    return render(
        request,
        "acd/queues/teams.html",
        status=status,
        form=form,
        teams=queries.teams(session),
        agents=queries.agents(session),
        most=OPERATORS_A_LEADER,
    )


@router.get("/offers")
def offers(
    request: Request, session: DbSession, person: Annotated[Person, may("calls.read_own")], call: UUID
) -> Response:
    """Why each agent was rung for a call. NotFound for calls the person may not read."""
    calls.get(session, call)
    if not has(person, "calls.read") and not calls.took_part(session, call, interface_of(person.id)):
        raise NotFound(f"call {call}")
    reasons = queries.reasons_of(session, call)
    skills = queries.names_of(session, {code for reason, _name in reasons for code in reason.skills})
    told = [(reason, name, words.because(reason, skills, call_words.LANGUAGES)) for reason, name in reasons]
    return render(request, "acd/queues/_offers.html", told=told)


@router.get("/of/{code}")
def queue_page(request: Request, session: DbSession, person: Reader, code: str) -> Response:
    """One queue: its times, people, skills and what it does with whom it does not serve."""
    return _queue(request, session, queries.queue(session, code), None, blank(deed=OverflowDeed.WIDER, after=60))


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
    if form.value is None:
        return _queue(request, session, queue, form, blank(), status=422)
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
        messages=queue.messages,
    )
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


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
    service.set_members(session, queue, people or [])
    service.ask_skills(session, queue, skills or [])
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
        _take_step(session, queue, form)
    if form.value is None:
        return _queue(request, session, queue, None, form, status=422)
    return see_other(f"/queues/of/{code}", notice=_("Saved"))


def _take_step(session: Session, queue: Queue, form: Submitted[StepForm]) -> None:
    assert form.value is not None, "checked"
    given = form.value
    if (given.after is None) == (given.longer_than is None):
        form.refuse("after", _("Say either after how many seconds, or at how many callers"))
    elif given.deed is OverflowDeed.WIDER and given.after is None:
        form.refuse("after", _("Fill in this field"))
    elif given.deed is OverflowDeed.QUEUE and given.target in ("", queue.code):
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
            )
        except Conflict:
            form.refuse("deed", _("This step does not go with the others: the same moment, or a circle"))


@router.post("/of/{code}/steps/{step_id}/remove")
def remove_step(session: DbSession, person: Arranger, code: str, step_id: int) -> Response:
    """The step is no longer taken."""
    queue = queries.queue(session, code)
    service.remove_step(session, queue, queries.step(session, queue.id, step_id))
    return see_other(f"/queues/of/{code}", notice=_("Removed"))


def _queue(
    request: Request,
    session: Session,
    queue: Queue,
    times: Submitted[TimesForm] | None,
    step: Submitted[StepForm],
    *,
    status: int = 200,
) -> Response:
    seconds = {
        name: round(getattr(queue, name).total_seconds())
        for name in ("ring_timeout", "wrap_up_limit", "service_target", "short_abandon")
    }
    return render(
        request,
        "acd/queues/queue.html",
        status=status,
        queue=queue,
        times=times or blank(**seconds, weight=queue.weight, says_wait=queue.says_wait),
        step=step,
        steps=queries.overflow_steps(session, queue.id),
        queues={each.id: each for each in desk.queues(session)},
        agents=queries.agents(session),
        members=queries.members(session).get(queue.id, set()),
        skills=queries.skills(session, SkillKind.TOPIC),
        asked={skill.id for skill in queries.asked_of(session).get(queue.id, [])},
        expected=words.expected(queries.wait_now(session, queue)),
        words=words,
        named=named,
    )


@router.get("/priority")
def priority(request: Request, session: DbSession, person: Reader) -> Response:
    """Who stands before others."""
    return _priority(request, session, blank(kind=PriorityKind.REPEAT, raises=1, times=2, hours=24), blank())


@router.post("/priority/rules")
def add_rule(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A further rule."""
    if form.value is None:
        return _priority(request, session, form, blank(), status=422)
    given = form.value
    service.add_rule(
        session,
        person.organisation_id,
        given.kind,
        raises=given.raises,
        queue=queries.queue(session, given.queue) if given.queue else None,
        times=given.times,
        within=timedelta(hours=given.hours),
    )
    return see_other("/queues/priority", notice=_("Saved"))


@router.post("/priority/rules/{rule_id}/remove")
def remove_rule(session: DbSession, person: Arranger, rule_id: int) -> Response:
    """The rule applies to nobody any longer."""
    service.remove_rule(session, queries.rule(session, rule_id))
    return see_other("/queues/priority", notice=_("Removed"))


@router.post("/priority/numbers")
def favour(
    request: Request,
    session: DbSession,
    person: Arranger,
    form: Annotated[Submitted[NumberForm], submitted(NumberForm)],
) -> Response:
    """A number of somebody with a benefit."""
    if form.value is None:
        return _priority(request, session, blank(), form, status=422)
    service.favour(session, person, form.value.number, form.value.reason, form.value.until)
    return see_other("/queues/priority", notice=_("Saved"))


@router.post("/priority/numbers/remove")
def favour_no_longer(session: DbSession, person: Arranger, number: Annotated[str, Form(max_length=20)]) -> Response:
    """The number waits as all others do."""
    service.favour_no_longer(session, number)
    return see_other("/queues/priority", notice=_("Removed"))


def _priority(
    request: Request,
    session: Session,
    form: Submitted[RuleForm],
    number: Submitted[NumberForm],
    *,
    status: int = 200,
) -> Response:
    return render(
        request,
        "acd/queues/priority.html",
        status=status,
        form=form,
        number=number,
        rules=queries.priority_rules(session),
        numbers=queries.favoured_numbers(session),
        queues={each.id: each for each in desk.queues(session)},
        words=words,
        named=named,
    )
