"""Who can do what, and how well: the matrix of agents and skills."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from acd.desk import named
from acd.queues import queries, service, words
from acd.queues.model import LEVELS, SkillKind
from acd.queues.service import Levels
from acd.queues.tables import Skill
from db import Conflict, NotFound
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web import names
from web.forms import Submitted, blank, submitted
from web.languages import LANGUAGES, audience
from web.languages import gettext as _
from web.names import NamesForm
from web.pages import render, see_other

router = APIRouter(prefix="/queues/skills")

Reader = Annotated[Person, may("queues.read")]
Arranger = Annotated[Person, may("queues.arrange")]

NONE = blank(kind=SkillKind.TOPIC, code="", name="")  # typed yet
CODE = r"^[a-z][a-z0-9_]{0,31}$"


class SkillForm(BaseModel):
    """A skill."""

    kind: SkillKind
    code: str = Field(pattern=CODE)
    name: str = Field("", max_length=80)


@router.get("")
def skills(request: Request, session: DbSession, person: Reader) -> Response:
    """Who can do what, and how well."""
    return _skills(request, session, person, NONE)


@router.post("")
def add_skill(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[SkillForm], submitted(SkillForm)]
) -> Response:
    """A further skill."""
    if form.value is not None:
        _take_skill(session, form, by=person)
    if form.value is None:
        return _skills(request, session, person, form, status=422)
    return see_other("/queues/skills", notice=_("Saved"))


def _take_skill(session: Session, form: Submitted[SkillForm], *, by: Person) -> None:
    assert form.value is not None, "checked"
    given = form.value
    if given.kind is SkillKind.LANGUAGE and given.code not in LANGUAGES:
        form.refuse("code", _("Callers cannot choose this language"))
    elif given.kind is SkillKind.TOPIC and not given.name:
        form.refuse("name", _("Enter this"))
    else:
        try:
            name = {audience().language: given.name} if given.name else {}
            service.add_skill(session, given.kind, given.code, name, by=by)
        except Conflict:
            form.refuse("code", _("There is one already"))


@router.post("/levels")
def set_levels(
    request: Request,
    session: DbSession,
    person: Arranger,
    level: Annotated[list[str] | None, Form()] = None,
    shown: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """What was changed of the matrix as it was shown; where a colleague was faster with the same, nothing is saved.

    Each field says `person:skill:level`, without a level for not at all.
    """
    wanted, seen = _cells(level or []), _cells(shown or [])
    try:
        service.set_levels(session, wanted, shown=seen, by=person)
    except service.LevelsChanged as refused:
        typed = {cell: how for cell, how in wanted.items() if how != seen.get(cell)}
        return _skills(request, session, person, NONE, typed=typed, newer=refused.cells, status=409)
    return see_other("/queues/skills", notice=_("Saved"))


def _cells(fields: Iterable[str]) -> dict[tuple[int, int], int | None]:
    """Levels by person and skill; what cannot be one is left out."""
    cells: dict[tuple[int, int], int | None] = {}
    for each in fields:
        who, skill, how = [*each.split(":"), "", ""][:3]
        if who.isdecimal() and skill.isdecimal() and (how == "" or (how.isdecimal() and int(how) in LEVELS)):
            cells[int(who), int(skill)] = int(how) if how else None
    return cells


def _who_set(session: Session, known: Iterable[Skill], cells: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Who was the last to set each of these cells, as the audit trail has it."""
    codes = {skill.id: skill.code for skill in known}
    found: dict[tuple[int, int], str] = {}
    for agent, skill in cells:
        deeds = staff.deeds(session, f"person:{agent}")
        names = (
            name for done, name in deeds if done.deed == "skill.level" and done.details["skill"] == codes.get(skill)
        )
        found[agent, skill] = next(names, None) or ""
    return found


@router.post("/{skill_id}/name")
def rename_skill(
    request: Request,
    session: DbSession,
    person: Arranger,
    skill_id: int,
    form: Annotated[Submitted[NamesForm], submitted(NamesForm)],
) -> Response:
    """Another name for a topic's skill; a language has its own."""
    skill = queries.skill(session, skill_id)
    if skill.kind != SkillKind.TOPIC:
        raise NotFound(f"a topic's skill {skill_id}")
    names.refuse_unnamed(form, staff.organisation(session, person.organisation_id).languages)
    if form.value is None:
        return _skills(request, session, person, NONE, naming={skill_id: form}, status=422)
    service.rename_skill(session, skill, names.names_of(form.value), by=person)
    return see_other("/queues/skills", notice=_("Saved"))


@router.post("/{skill_id}/remove")
def remove_skill(session: DbSession, person: Arranger, skill_id: int) -> Response:
    """Operators have it no more, queues do not ask for it."""
    service.remove_skill(session, queries.skill(session, skill_id), by=person)
    return see_other("/queues/skills", notice=_("Removed"))


def _skills(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[SkillForm],
    *,
    naming: Mapping[int, Submitted[NamesForm]] | None = None,
    typed: Levels | None = None,
    newer: Collection[tuple[int, int]] = (),
    status: int = 200,
) -> Response:
    """The page; `typed` stands in its cells instead of what holds now, `newer` are those that a colleague has set."""
    known = queries.skills(session)
    forms = {skill.id: blank(**names.typed(skill.name)) for skill in known} | dict(naming or {})
    return render(
        request,
        "acd/queues/skills.html",
        status=status,
        form=form,
        skills=known,
        naming=forms,
        refused=set(naming or ()),
        needed=staff.organisation(session, person.organisation_id).languages,
        agents=queries.agents(session),
        levels=(now := queries.levels(session)) | dict(typed or {}),
        now=now,
        newer=_who_set(session, known, newer),
        words=words,
        named=named,
        language_names=LANGUAGES,
    )
