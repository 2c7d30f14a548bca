"""What a story arranges in an organisation, as its administrator would, and puts right again afterwards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import select

from acd.outgoing import queries as outgoing
from acd.outgoing.service import arrange
from appeals import service as appeals
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from db import notify
from db.notices import ASTERISK_CONFIG
from ivr import document, queries, service
from ivr.model import Menus, OpeningHours
from staff.tables import Person
from tests.town.town import Town
from tests.town.waiting import wait_for

NEVER = OpeningHours(weekly=((),) * 7, public_holidays=False)


@contextmanager
def capacity(town: Town, code: str, channels: int) -> Iterator[None]:
    """For a while the organisation has room for so many."""

    def change(capacity: int) -> int:
        with town.product.office(code) as (session, organisation):
            before, organisation.capacity = organisation.capacity, capacity
            notify(session, ASTERISK_CONFIG)
        rule = f"CAPACITY={capacity}"
        wait_for(f"the dialplan to know {rule}", lambda: rule in town.product.says("dialplan show arrival"))
        return before

    usual = change(channels)
    try:
        yield
    finally:
        change(usual)


@contextmanager
def calls_an_hour(town: Town, code: str, login: str, more: int) -> Iterator[None]:
    """For a while people of the organisation may call within an hour as often as this one has, and so often more."""

    def change(most: int | None) -> int | None:
        with town.product.office(code) as (session, organisation):
            usual = outgoing.rules(session, organisation.id)
            admin = session.scalars(select(Person).where(Person.login == f"admin.{code}")).one()
            arrange(session, admin, replace(usual, most_of_person=most))
        rule = f"COUNTED={'yes' if most else ''})"
        wait_for(f"the dialplan to know {rule}", lambda: rule in town.product.says(f"dialplan show dials-out-{code}"))
        return usual.most_of_person

    placed = (
        "SELECT 1 FROM call_leg JOIN call ON call.id = call AND direction = 'out'"
        " WHERE call_leg.number = 1 AND call_leg.agent = %s"
    )
    usual = change(len(town.product.rows(placed, town.agent(login).interface)) + more)
    try:
        yield
    finally:
        change(usual)


@contextmanager
def closed(town: Town, code: str) -> Iterator[None]:
    """For a while the organisation has no opening hours."""
    with town.product.office(code) as (session, _):
        usual = document.read(queries.documents(session)[0].document)
    _publish(town, code, replace(usual, hours=NEVER))
    try:
        yield
    finally:
        _publish(town, code, usual)


def registered_appeal(town: Town, code: str, *, by: str) -> str:
    """The number of an appeal that somebody of the organisation has registered, as it is keyed in."""
    with town.product.office(code) as (session, _):
        appeal = appeals.register(
            session,
            Appeal(kind=Kind.APPLICATION, topic="general", substance="No answer yet", address="", source=Source.PHONE),
            Applicant(surname="Test", given_name="", patronymic="", email="", address=""),
            by=session.scalars(select(Person).where(Person.login == by)).one(),
            submission=uuid4(),
        )
        return appeal.number.replace("-", "")


def _publish(town: Town, code: str, menus: Menus) -> None:
    with town.product.office(code) as (session, organisation):
        service.publish(session, organisation.id, menus)
    kept = town.product.settings.data / "agi" / "menus.json"  # what the running AGI server last loaded
    written = document.write(menus)

    def loaded() -> bool:
        return any(entry["code"] == code and entry["document"] == written for entry in json.loads(kept.read_text()))

    wait_for("the menus to be spoken", loaded)
