"""Applicants for tests, and what is asked about them."""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy.orm import Session

from appeals import service as appeals
from appeals.applicants import finding
from appeals.applicants.tables import Applicant
from appeals.model import Kind, Source
from appeals.tables import Appeal
from db import transaction
from staff.tables import Organisation, Person
from tests.client import Client

Browser = Callable[[str], Client]


def somebody(name: str, phone: str = "", **more: str) -> Applicant:
    """Somebody with this surname, name and patronymic."""
    surname, given, patronymic = (*name.split(), "", "", "")[:3]
    fields = {"email": "", "address": ""} | more
    return Applicant(surname=surname, given_name=given, patronymic=patronymic, phone=phone or None, **fields)


def registered(by: Person, applicant: Applicant, substance: str = "Немає води", chosen: int | None = None) -> Appeal:
    """An appeal of theirs, in a transaction of its own."""
    appeal = Appeal(kind=Kind.APPLICATION, topic="water", substance=substance, address="", source=Source.PHONE)
    with transaction(by.organisation_id) as session:
        made = appeals.register(session, appeal, applicant, by=by, submission=uuid4(), chosen=chosen)
        session.refresh(made)
        return made


def names(session: Session, organisation: Organisation, typed: str) -> list[str]:
    """Who is offered for what was typed."""
    return [each.name for each in finding.offers(session, organisation, typed)]


def offered(browser: Client, typed: str) -> list[str]:
    """Who is offered to that person for what was typed."""
    answer = browser.get("/appeals/applicants/suggest", params={"q": typed})
    return [offer["text"] for offer in answer.json()["offers"]]
