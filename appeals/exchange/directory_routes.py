"""Directories for programs: addresses while one is typed, classifier, topics, executors, rules of terms, applicants."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from appeals.addresses import finding
from appeals.applicants import service as applicants_of
from appeals.classifier import queries as classifier_of
from appeals.classifier.model import Section
from appeals.exchange import shapes, telling
from appeals.exchange.appeal_routes import eyes_of
from appeals.executors import queries as executors_of
from appeals.terms import queries as terms_of
from calls import directory
from db.validity import in_force
from staff.keys.access import Caller, KeySession, by_key
from web.periods import midnight

router = APIRouter(tags=["directories"])

User = Annotated[Caller, by_key("exchange.use")]
Finder = Annotated[Caller, by_key("addresses.find")]
Looker = Annotated[Caller, by_key("applicants.read")]
Typed = Annotated[str, Query(min_length=1, max_length=200)]
Day = Annotated[date | None, Query(description="of that day; today where none is given")]


@router.get("/addresses")
def addresses(session: KeySession, caller: Finder, q: Typed) -> shapes.Suggestions:
    """Streets and houses for what was typed: former names, slips and both alphabets are understood."""
    found = finding.offers(session, caller.organisation, q) if q.strip() else []
    items = [
        shapes.Suggestion(
            text=each.text, street=each.street, house=each.house, formerly=each.formerly, district=each.where
        )
        for each in found
    ]
    return shapes.Suggestions(items=items)


@router.get("/applicants")
def applicants(session: KeySession, caller: Looker, q: Typed) -> shapes.Applicants:
    """Applicants by name, telephone or address; who was shown is written down."""
    found = applicants_of.suggest(session, caller.organisation, q, by=caller.person) if q.strip() else ()
    told = [telling.applicant(each, eyes_of(caller)) for each in found]
    return shapes.Applicants(items=[each for each in told if each is not None])


@router.get("/applicants/{applicant_id}")
def applicant(session: KeySession, caller: Looker, applicant_id: int) -> shapes.Applicant:
    """One applicant; the reading is written down."""
    found = applicants_of.open_page(session, applicant_id, why="exchange", by=caller.person)
    told = telling.applicant(found, eyes_of(caller))
    assert told is not None  # who may look at applicants sees who they are
    return told


@router.get("/classifier")
def classifier(
    session: KeySession, caller: User, *, section: Section | None = None, on: Day = None
) -> shapes.Classifier:
    """The classifier as it is on a day."""
    offered = classifier_of.offered(session, on or midnight().date())
    fields = ("section", "code", "parent", "name", "valid_from", "valid_until", "verified")
    items = [
        shapes.ClassifierEntry(**{name: getattr(each, name) for name in fields})
        for of_section, entries in offered.items()
        for each in entries
        if section in (None, of_section)
    ]
    return shapes.Classifier(items=items)


@router.get("/topics")
def topics(session: KeySession, caller: User) -> shapes.Topics:
    """Topics in use, in the order of the directory."""
    known = directory.choices(session)
    return shapes.Topics(items=[shapes.Topic(code=code, name=name) for code, name in known.items()])


@router.get("/executors")
def executors(session: KeySession, caller: User, *, closed: bool = False) -> shapes.Executors:
    """Executors by name; closed ones where they are asked for."""
    found = executors_of.executors(session, closed=closed)
    codes = executors_of.codes(session, [each.parent_id for each in found])
    fields = ("code", "name", "kind", "connected", "active")
    items = [
        shapes.Executor(**{name: getattr(each, name) for name in fields}, parent=codes.get(each.parent_id or 0))
        for each in found
    ]
    return shapes.Executors(items=items)


@router.get("/terms")
def terms(session: KeySession, caller: User, on: Day = None) -> shapes.TermRules:
    """The rules of terms in force on a day."""
    day = on or midnight().date()
    items = [
        shapes.TermRule(**{name: getattr(each, name) for name in shapes.TermRule.model_fields})
        for each in terms_of.rules(session, caller.organisation.id)
        if in_force(each, day)
    ]
    return shapes.TermRules(items=items)
