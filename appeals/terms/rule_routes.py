"""Rules of terms over HTTP: what is in force, with which basis, what is yet to be verified."""

from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.words
from appeals.classifier import queries as classifier
from appeals.classifier import words as classifier_words
from appeals.classifier.model import Section
from appeals.model import Kind
from appeals.terms import queries, rules, words
from appeals.terms.model import Deed, Start, Unit, Variant
from calls import directory
from db.validity import in_force
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Day, Submitted, blank, submitted
from web.languages import gettext as _
from web.languages import later
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/terms")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]


class RuleForm(BaseModel):
    """A rule from a day on."""

    deed: Deed = Deed.ANSWER
    variant: Variant = Variant.USUAL
    kind: Kind | None = None
    topic: str = Field("", max_length=64)
    problem: str = Field("", max_length=16)
    amount: int = Field(ge=1, le=1000)
    unit: Unit
    start: Start = Start.RECEIPT
    whole_days: bool = False
    moves: bool = False
    most_amount: int | None = Field(None, ge=1, le=1000)
    most_unit: Unit | None = None
    most_is_more: bool = False
    basis: str = Field(min_length=3, max_length=500)
    verified: bool = False
    valid_from: Day

    @model_validator(mode="after")
    def _of_one_unit(self) -> Self:
        if (self.most_amount is None) != (self.most_unit is None):
            raise ValueError(later("Write the maximum with its unit, or leave both empty"))
        return self


class VerifiedForm(BaseModel):
    """What the official text is."""

    basis: str = Field("", max_length=500)


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """The rules in force, those of other times, and the form of a new one."""
    typed = dict.fromkeys(RuleForm.model_fields, "") | {"deed": "answer", "variant": "usual", "unit": "day"}
    typed |= {"start": "receipt", "whole_days": "true", "moves": "true", "valid_from": midnight().date().isoformat()}
    return _page(request, session, person, blank(**typed))


@router.post("")
def set_rule(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RuleForm], submitted(RuleForm)]
) -> Response:
    """A rule from a day on; open appeals are looked at anew."""
    given = form.value
    if given is not None and given.topic and given.topic not in directory.choices(session):
        form.refuse("topic", _("Choose one of the values offered"))
    if given is not None and given.problem and given.problem not in _problems(session):
        form.refuse("problem", _("Choose one of the values offered"))
    if form.value is not None:
        said = form.value.model_dump() | {"kind": form.value.kind or ""}
        try:
            rules.set_rule(session, rules.Wanted(**said), by=person)
        except rules.BeginsThen:
            form.refuse("valid_from", _("Another rule for the same appeals begins that day"))
        else:
            return see_other("/terms", notice=_("The rule is set; open appeals are being reckoned anew"))
    return _page(request, session, person, form, status=422)


@router.post("/national")
def load_national(session: DbSession, person: Keeper) -> Response:
    """The country's terms where the organisation lacks them."""
    count = rules.load_national(session, staff.organisation(session, person.organisation_id))
    return see_other("/terms", notice=_("Rules loaded: %s") % count if count else _("Nothing was missing"))


@router.post("/rules/{rule_id}/end")
def end_rule(session: DbSession, person: Keeper, rule_id: int) -> Response:
    """Today is its last day."""
    rules.end_rule(session, queries.rule(session, rule_id), last_day=midnight().date(), by=person)
    return see_other("/terms", notice=_("The rule ends today"))


@router.post("/rules/{rule_id}/verify")
def verify(
    session: DbSession, person: Keeper, rule_id: int, form: Annotated[Submitted[VerifiedForm], submitted(VerifiedForm)]
) -> Response:
    """Somebody has compared it with the official text."""
    basis = form.value.basis if form.value is not None else ""
    rules.verify(session, queries.rule(session, rule_id), basis, by=person)
    return see_other("/terms", notice=_("Saved"))


def _problems(session: Session) -> dict[str, str]:
    found = classifier.in_force(session, Section.PROBLEM, midnight().date())
    return {entry.code: classifier_words.name(entry) for entry in found}


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    today, known = midnight().date(), queries.rules(session, person.organisation_id)
    now = [rule for rule in known if in_force(rule, today)]
    topics, problems = directory.choices(session), _problems(session)
    kinds = {code: _(name) for code, name in appeals.words.KINDS.items()}
    return render(
        request,
        "appeals/terms/rules.html",
        status=status,
        now=now,
        others=[rule for rule in known if rule not in now],
        today=today,
        topics=topics,
        problems=problems,
        kinds=kinds,
        recount=queries.recount(session, person.organisation_id),
        form=form,
        words=words,
    )
