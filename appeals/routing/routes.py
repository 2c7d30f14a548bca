"""Rules of routing over HTTP: those there are, a new one, the end of one; gaps and conflicts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.addresses.queries
import appeals.executors.queries
from appeals.addresses import finding
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.executors.tables import Executor
from appeals.routing import model, panel, places, queries, service, words
from appeals.routing.model import Place, Scope
from appeals.routing.queries import Filters
from db.validity import in_force
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Day, Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/routing")

Reader = Annotated[Person, may("routing.read")]
Keeper = Annotated[Person, may("routing.rule")]
Short = Annotated[str, Field(max_length=500)]
MOST_CO = 50
SHOWN = 300  # conflicts on a page


class RuleForm(BaseModel):
    """A rule from a day on."""

    scope: Scope
    address: Short = ""
    house: Short = ""
    district: Short = ""
    problem: str = Field("", max_length=16)
    executor: str = Field(min_length=1, max_length=300)
    co: str = Field("", max_length=2000)
    basis: str = Field("", max_length=500)
    valid_from: Day
    valid_until: Day | None = None
    replaces: bool = False


class Asked(BaseModel):
    """What the list's address asks for; nonsense narrows nothing."""

    scope: Short = ""
    problem: Short = ""
    executor: Short = ""
    street: Short = ""
    over: bool = False
    after: Short = ""


@router.get("")
def rules(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The rules, the newest first, and the form of a new one."""
    typed = dict.fromkeys(RuleForm.model_fields, "") | {"scope": Scope.DISTRICT, "replaces": "true"}
    typed |= {"valid_from": midnight().date().isoformat()}
    return _page(request, session, person, blank(**typed), asked)


@router.post("")
def set_rule(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A rule from a day on."""
    wanted = _wanted(session, person, form)
    if wanted is not None and form.value is not None:
        try:
            service.set_rule(session, person.organisation_id, wanted, replaces=form.value.replaces, by=person)
        except service.BeginsThen:
            form.refuse("valid_from", _("Another rule for this place and problem begins that day"))
        except service.NotOpen:
            form.refuse("executor", _("This executor, or one of the co-executors, is closed"))
        except service.NotInOrder:
            form.refuse("valid_until", _("The last day lies before the first one"))
        else:
            return see_other("/routing", notice=_("The rule is set"))
    return _page(request, session, person, form, Asked(), status=422)


@router.get("/gaps")
def gaps(request: Request, session: DbSession, person: Reader) -> Response:
    """Rules in each other's way, and problems that nobody is responsible for in a district."""
    today, organisation = midnight().date(), person.organisation_id
    known = queries.current(session, today)
    tree = queries.executors(session)
    problems = classifier.in_force(session, Section.PROBLEM, today)
    parents = {each.code: each.parent for each in problems}
    groups = {code: model.groups(code, parents) for code in parents}
    found = model.conflicts(
        known,
        today,
        active=tree.active,
        place_of=queries.places_of(session, {each.house_id for each in known if each.house_id is not None}),
        groups_of=groups,
        districts_of=queries.districts_of(session, {each.street_id for each in known if each.street_id is not None}),
    )
    districts = {each.id: each.name for each in appeals.addresses.queries.districts(session)}
    above = set(parents.values())
    missing = model.uncovered(
        known,
        today,
        problems=[each.code for each in problems if each.code not in above],
        districts=list(districts) or [None],
        groups_of=lambda code: groups.get(code, ()),
        executors=tree,
    )
    shown = found[:SHOWN]
    concerned = [rule for each in shown for rule in (each.rule, each.other) if rule is not None]
    return render(
        request,
        "appeals/routing/gaps.html",
        conflicts=shown,
        more=max(len(found) - SHOWN, 0),
        missing=missing,
        districts=districts,
        problems=panel.problems_of(session),
        names=panel.names(session, organisation, concerned),
        routing_words=words,
    )


@router.post("/{rule_id}/end")
def end_rule(session: DbSession, person: Keeper, rule_id: int) -> Response:
    """Today is its last day; one that has not begun goes away."""
    service.end_rule(session, queries.get(session, rule_id), last_day=midnight().date(), by=person)
    return see_other("/routing", notice=_("The rule ends today"))


def _wanted(session: Session, person: Person, form: Submitted[Any]) -> service.Wanted | None:
    """What the form says, once its place, problem and executors are found."""
    if form.value is None:
        return None
    given: RuleForm = form.value
    place = _place(session, person, form, given)
    if given.problem and given.problem not in panel.problems_of(session):
        form.refuse("problem", _("Choose one of the values offered"))
    main = _executor(session, form, "executor", given.executor)
    parts = [each.strip() for each in given.co.split(",") if each.strip()]
    if len(parts) > MOST_CO:
        form.refuse("co", _("These are too many"))
    helping = [_executor(session, form, "co", each) for each in parts[:MOST_CO]]
    if form.errors or main is None or place is None:
        return None
    return service.Wanted(
        place=place, problem=given.problem, executor_id=main.id, co_ids=[each.id for each in helping if each],
        basis=given.basis, valid_from=given.valid_from, valid_until=given.valid_until,
    )  # fmt: skip


def _place(session: Session, person: Person, form: Submitted[Any], given: RuleForm) -> Place | None:
    organisation = staff.organisation(session, person.organisation_id)
    match given.scope:
        case Scope.HOUSE:
            house, _flat = finding.house_named(session, organisation, given.address, row_id(given.house))
            if house is None:
                form.refuse("address", _("Choose a house that is in the directory"))
                return None
            return Place(house=house.id)
        case Scope.STREET:
            street = places.street_named(session, organisation, given.address)
            if street is None:
                form.refuse("address", _("Choose a street that is in the directory"))
                return None
            return Place(street=street)
        case Scope.DISTRICT:
            district = row_id(given.district)
            if district not in {each.id for each in appeals.addresses.queries.districts(session)}:
                form.refuse("district", _("Choose one of the values offered"))
                return None
            return Place(district=district)
        case _:
            return Place()


def _executor(session: Session, form: Submitted[Any], field: str, written: str) -> Executor | None:
    found, near = service.named(session, written)
    if found is None and near:
        form.refuse(field, _("Several are meant: %s") % ", ".join(each.code for each in near))
    elif found is None:
        form.refuse(field, _("No executor is called so"))
    return found


def _page(
    request: Request, session: Session, person: Person, form: Submitted[Any], asked: Asked, *, status: int = 200
) -> Response:
    today, organisation = midnight().date(), staff.organisation(session, person.organisation_id)
    about, _near = service.named(session, asked.executor)
    problems = panel.problems_listed(session)
    filters = Filters(
        scope=asked.scope if asked.scope in words.SCOPES else "",
        problem=asked.problem if asked.problem in problems else "",
        executor=about.id if about is not None else None,
        street=places.street_named(session, organisation, asked.street),
        over=asked.over,
    )
    rows = queries.page(session, filters, today, before=row_id(asked.after))
    shown = rows[: queries.PAGE]
    keeps = bool(request.state.viewer.may("routing.rule"))
    return render(
        request,
        "appeals/routing/rules.html",
        status=status,
        form=form,
        asked=asked,
        filters=filters,
        rules=shown,
        older=str(shown[-1].id) if len(rows) > len(shown) else None,
        count=queries.count(session, today),
        names=panel.names(session, organisation.id, shown),
        problems=problems,
        districts={each.id: each.name for each in appeals.addresses.queries.districts(session)} if keeps else {},
        known=appeals.executors.queries.executors(session) if keeps else (),
        in_force=in_force,
        today=today,
        routing_words=words,
    )
