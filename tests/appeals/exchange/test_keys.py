"""Keys: made on the page, known by a hash alone, bounded by scopes, roles, pace and time, revoked at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update

from appeals.exchange.application import ROUTERS
from db import EVERY_ORGANISATION, transaction
from run.metrics.process import REGISTRY
from staff.keys.access import KeyPermission
from staff.keys.model import SCOPES, Scope, opens
from staff.keys.tables import ApiKey
from staff.model import PERMISSIONS, Role
from staff.passwords import password_is_right
from staff.tables import Audit, Person
from tests.appeals.exchange.conftest import AT, Systems, card
from tests.appeals.workflow.conftest import City
from tests.client import Client
from tests.rules.test_routes import _dependencies

Browser = Callable[[str], Client]


def _called(app: FastAPI, key: str, url: str = "/topics") -> httpx.Response:
    with Client(app) as program:
        return program.get(f"{AT}{url}", headers={"authorization": f"Bearer {key}", "accept": "application/json"})


def test_an_administrator_makes_a_key_that_is_shown_once_and_revokes_it(
    app: FastAPI, city: City, client: Browser
) -> None:
    admin = client("admin.khm")
    form = {"name": "Водоканал", "roles": "operator", "scopes": ["read", "register"], "per_minute": "5"}
    made = admin.post("/exchange/keys", data=form)
    assert made.status_code == 303, made.text
    page = admin.get(made.headers["location"]).text
    [key] = set(re.findall(r"holos_[\w-]{40,}", page))
    assert key not in admin.get(made.headers["location"]).text + admin.get("/exchange").text, "it is shown once"
    with transaction(EVERY_ORGANISATION) as session:
        stored = session.scalars(select(ApiKey)).one()
        account = session.get_one(Person, stored.person_id)
        assert key not in f"{stored.key_hash}{stored.hint}"
        assert not any(password_is_right(account.password_hash, word) for word in (account.password_hash, "", key))
    answer = _called(app, key)
    assert answer.json() == {"items": [{"code": "water", "name": "Вода"}]}
    assert answer.headers["x-ratelimit-remaining"] == "4"
    assert "testclient" in admin.get("/exchange").text, "from where it was used last"
    follower = admin.post(f"{made.headers['location']}/follow")
    [second] = set(re.findall(r"holos_[\w-]{40,}", admin.get(follower.headers["location"]).text))
    assert admin.post(f"{made.headers['location']}/revoke").status_code == 303
    assert _called(app, key).status_code == 401
    assert _called(app, second).status_code == 200, "the other key of the account goes on"
    admin.post(f"/people/{account.id}/disable")
    assert _called(app, second).status_code == 401
    with transaction(EVERY_ORGANISATION) as session:
        deeds = session.scalars(select(Audit.deed).where(Audit.subject.startswith("key:")).order_by(Audit.id)).all()
    assert deeds == ["key.made", "key.made", "key.revoked"]


def test_a_key_that_opens_nothing_is_told_so_in_problem_details(app: FastAPI, system: Systems) -> None:
    good = system(Role.MANAGER)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ApiKey).values(valid_until=datetime.now(UTC) - timedelta(seconds=1)))
    for headers in ({}, {"authorization": "Bearer holos_no"}, {"authorization": "Basic eDp5"}, good.headers):
        with Client(app) as program:
            said = {**headers, "accept": "*/*", "accept-language": "uk"}
            answer = program.get(f"{AT}/topics", headers=said)
        assert answer.status_code == 401, headers
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert (told["status"], told["instance"]) == (401, f"{AT}/topics")
        assert re.search("[а-яі]", told["title"])


def test_a_key_may_call_so_often_a_minute(system: Systems) -> None:
    slow = system(Role.MANAGER, per_minute=3)
    answers = [slow.get("/topics") for _ in range(8)]  # a minute may begin in between
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert 1 <= int(refused[0].headers["retry-after"]) <= 60
    assert {each.status_code for each in answers} == {200, 429}


def test_calls_are_counted_apart_from_pages(system: Systems) -> None:
    system(Role.MANAGER).get("/topics")
    counted = REGISTRY.get_sample_value("holos_web_request_duration_seconds_count", {"route": f"{AT}/topics"})
    assert counted


def test_each_call_asks_for_a_permission_that_a_scope_opens() -> None:
    for route in chain.from_iterable(router.routes for router in ROUTERS):
        assert isinstance(route, APIRoute)
        [asked] = {each for each in _dependencies(route.dependant) if isinstance(each, KeyPermission)}
        assert any(opens([scope], asked.name) for scope in Scope), asked
    assert set().union(*SCOPES.values()) <= set(PERMISSIONS)


CALLS = {  # method, address, scope without which it is closed
    ("GET", "/appeals"): Scope.READ,
    ("GET", "/appeals/{number}"): Scope.READ,
    ("GET", "/addresses?q=Прибузька"): Scope.READ,
    ("GET", "/applicants?q=Коваль"): Scope.PERSONAL,
    ("POST", "/appeals"): Scope.REGISTER,
    ("POST", "/appeals/{number}/deeds"): Scope.WORK,
}


def test_what_a_scope_or_a_role_does_not_open_is_closed(city: City, system: Systems) -> None:
    whole, executor = system(Role.SUPERVISOR), system(Role.EXECUTOR)
    for (method, url), scope in CALLS.items():
        address = url.format(number=city.appeal().number)
        sent = {"json": card() if url == "/appeals" else {"deed": "cancel", "reason": "помилка"}}
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        options: dict[str, Any] = {"headers": headers, **(sent if method == "POST" else {})}
        narrow = system(Role.SUPERVISOR, scopes=[each for each in Scope if each is not scope])
        assert narrow.request(method, address, **options).status_code == 403, url
        allowed = {200} if "addresses" in url else {403}
        assert executor.request(method, address, **options).status_code in allowed, url
        assert whole.request(method, address, **options).status_code in {200, 201}, url


def test_another_organisations_appeals_are_not_there(city: City, system: Systems) -> None:
    number = city.appeal().number
    foreign = system(Role.SUPERVISOR, of="admin.dtm")
    assert foreign.get(f"/appeals/{number}").status_code == 404
    assert foreign.get("/appeals").json()["items"] == []
    assert foreign.does(f"/appeals/{number}", "cancel", reason="помилка").status_code == 404
