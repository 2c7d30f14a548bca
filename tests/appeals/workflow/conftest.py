"""Executors with their people, and appeals given to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from appeals import service as appeals
from appeals.classifier import service as classifier
from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor, ExecutorMember
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.terms import rules
from appeals.workflow import service
from appeals.workflow.model import Order, Part, Told
from appeals.workflow.tables import Assignment
from db import EVERY_ORGANISATION, transaction
from staff.model import Role
from staff.tables import Person
from tests.centre import Centre, person


@dataclass
class City:
    """The Ukrainian city with its executors, by their codes, and whoever works for them."""

    centre: Centre
    executors: dict[str, int] = field(default_factory=dict)

    @property
    def olena(self) -> Person:
        """A dispatcher."""
        return self.centre.people["olena"]

    @property
    def iryna(self) -> Person:
        """A senior dispatcher."""
        return self.centre.people["iryna"]

    @property
    def vasyl(self) -> Person:
        """Who works for the water works."""
        return self.centre.people["vasyl"]

    @property
    def petro(self) -> Person:
        """Who works for the road service."""
        return self.centre.people["petro"]

    def appeal(self, **changes: object) -> Appeal:
        """A new appeal."""
        matter = {"kind": Kind.COMPLAINT, "topic": "water", "substance": "Немає води", "source": Source.LETTER}
        appeal = Appeal(**matter | {"address": "вул. Прибузька, 12"} | changes)
        applicant = Applicant(
            surname="Коваль", given_name="Ольга", patronymic="", email="koval@example.org", address="",
            phone="+380671112233",
        )  # fmt: skip
        with transaction(self.olena.organisation_id) as session:
            return appeals.register(session, appeal, applicant, by=self.olena, submission=uuid4())

    def given(self, appeal: Appeal, *codes: str, by: Person | None = None) -> list[Assignment]:
        """The appeal is given to these executors, the first of them the main one."""
        orders = [
            Order(executor=self.executors[code], part=Part.CO if place else Part.MAIN)
            for place, code in enumerate(codes)
        ]
        with transaction(self.olena.organisation_id) as session:
            return service.assign(session, appeal.number, orders, Told(), by=by or self.olena)


@pytest.fixture
def city(centre: Centre, topics: None) -> City:
    """Terms, classifier, executors and their people; the agency has an executor too."""
    made = City(centre)
    khm, dtm = centre.organisations["khm"], centre.organisations["dtm"]
    with transaction(EVERY_ORGANISATION) as session:
        rules.load_national(session, khm)
        classifier.load_national(session, khm, today=datetime.now(UTC).date() - timedelta(days=1))
        centre.people["petro"] = person(session, khm, "petro", Role.EXECUTOR)
        for code, name, whose in (
            ("water", "Водоканал", "vasyl"), ("roads", "Шляховик", "petro"), ("heat", "Тепломережа", None),
            ("lift", "Ліфт-сервіс", None),
        ):  # fmt: skip
            made.executors[code] = _executor(session, khm.id, code, name, whose and centre.people[whose])
        made.executors["foreign"] = _executor(session, dtm.id, "suv", "Suv taʼminoti", centre.people["jasur"])
    return made


def _executor(session, organisation: int, code: str, name: str, who: Person | None) -> int:
    executor = Executor(organisation_id=organisation, code=code, name=name, connected=who is not None)
    session.add(executor)
    session.flush()
    if who is not None:
        since = datetime.now(UTC).date() - timedelta(days=30)
        member = ExecutorMember(
            organisation_id=organisation, executor_id=executor.id, person_id=who.id, role=MemberRole.WORKER,
            valid_from=since,
        )  # fmt: skip
        session.add(member)
    return executor.id


@pytest.fixture
def now() -> Callable[[int], Assignment]:
    """The assignment as it is stored."""

    def read(which: int) -> Assignment:
        with transaction(EVERY_ORGANISATION) as session:
            return session.get_one(Assignment, which)

    return read
