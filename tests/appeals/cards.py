"""Cards of appeals as a browser sends and reads them, and appeals registered without one."""

import html
import re
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from appeals import service
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from db import EVERY_ORGANISATION, transaction
from staff.tables import Person
from tests.client import Client

Browser = Callable[[str], Client]


def form(**changes: str) -> dict[str, str]:
    """A card filled in rightly."""
    filled = {
        "submission": str(uuid4()),
        "source": "reception",
        "surname": "Коваленко",
        "given_name": "Марія",
        "phone": "067 123 45 67",
        "address": "вул. Прибузька, 12",
        "kind": "complaint",
        "topic": "water",
        "substance": "Немає води другий день",
    }
    return filled | changes


def searched(browser: Client, url: str = "/appeals/find", **typed: str) -> httpx.Response:
    """The card after a search, as the script of the page asks for it."""
    return browser.post(url, data=typed, headers={"HX-Request": "true"})


def fields(card: str) -> dict[str, str]:
    """What stands in the fields of one line, and in the hidden ones."""
    return {name: html.unescape(text) for name, text in re.findall(r'name="(\w+)" value="([^"]*)"', card)}


def offered(card: str) -> dict[str, str]:
    """Whom the card offers to choose from, and where each choice leads."""
    return {name: url for url, name in re.findall(r'formaction="(/appeals/find\?applicant=\d+)"[^>]*>([^<]+)<', card)}


def written(
    person: Person, surname: str, substance: str, submission: UUID | None = None, *, kind: Kind = Kind.APPLICATION
) -> str:
    """The number of an appeal registered without a browser."""
    appeal = Appeal(kind=kind, topic="water", substance=substance, address="", source=Source.PHONE)
    applicant = Applicant(surname=surname, given_name="", patronymic="", email="", address="")
    with transaction(person.organisation_id) as session:
        return service.register(session, appeal, applicant, by=person, submission=submission or uuid4()).number


def stored() -> list[Appeal]:
    """All appeals there are."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Appeal)))
