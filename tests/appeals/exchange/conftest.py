"""Information systems with keys, in a city with executors and appeals."""

from collections.abc import Callable, Collection, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from appeals.executors.model import MemberRole
from appeals.executors.tables import ExecutorMember
from db import transaction
from staff.keys import service
from staff.keys.model import Scope
from staff.keys.tables import ApiKey
from staff.model import Role
from tests.appeals.workflow.conftest import City, city
from tests.client import Client

__all__ = ["city"]

AT = "/api/v1"
EVERY_SCOPE = tuple(Scope)


class System(Client):
    """A program with a key."""

    def __init__(self, app: FastAPI, key: ApiKey, secret: str) -> None:
        super().__init__(app)
        self.key = key
        self.headers.update(
            {"authorization": f"Bearer {secret}", "accept": "application/json", "accept-language": "en"}
        )

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        return super().request(method, f"{AT}{url}" if str(url).startswith("/") else url, **options)

    def registers(self, **changes: Any) -> httpx.Response:
        """A new appeal, right but for the changes."""
        return self.post("/appeals", json=card(**changes), headers={"Idempotency-Key": str(uuid4())})

    def does(self, url: str, deed: str, seen: str = "*", **told: Any) -> httpx.Response:
        """A deed."""
        return self.post(f"{url}/deeds", json={"deed": deed, **told}, headers={"If-Match": seen})


def card(**changes: Any) -> dict[str, Any]:
    """What is sent to register."""
    return {
        "kind": "complaint",
        "topic": "water",
        "substance": "Немає води третій день",
        "source": "letter",
        "applicant": {"surname": "Коваленко", "given_name": "Марія", "phone": "067 123 45 67"},
        "addresses": [{"text": "вул. Прибузька, 12"}],
    } | changes


Systems = Callable[..., System]


@pytest.fixture
def system(app: FastAPI, city: City) -> Iterator[Systems]:
    """`system(Role.OPERATOR)`: a program whose account has these roles and whose key has every scope, or those."""
    opened: list[System] = []

    def made(
        *roles: Role, scopes: Collection[Scope] = EVERY_SCOPE, per_minute: int = 1000, of: str = "admin.khm"
    ) -> System:
        by = city.centre.people[of]
        with transaction(by.organisation_id) as session:
            key, secret = service.make(
                session, name="Облік", roles=roles or (Role.OPERATOR,), scopes=scopes, per_minute=per_minute,
                valid_until=None, by=by,
            )  # fmt: skip
        opened.append(System(app, key, secret))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def waterworks(city: City, system: Systems) -> System:
    """The system of the water works: its account works for that executor."""
    made = system(Role.EXECUTOR)
    with transaction(city.olena.organisation_id) as session:
        since = made.key.created_at.date()
        member = ExecutorMember(
            organisation_id=city.olena.organisation_id, executor_id=city.executors["water"],
            person_id=made.key.person_id, role=MemberRole.WORKER, valid_from=since,
        )  # fmt: skip
        session.add(member)
    return made
