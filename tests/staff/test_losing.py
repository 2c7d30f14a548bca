"""Access that ends takes everything with it: live news, the shift, the phone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

import acd.queries
import acd.service
from acd.tables import Shift
from db import EVERY_ORGANISATION, transaction
from run.asterisk.config import configuration
from staff import rights
from staff.access import COOKIE
from staff.sign_in import hash_of
from staff.tables import Person
from tests.centre import Centre
from tests.client import Client
from web import live

SEAT = "a-seat-of-tests"


def told(app: FastAPI, session: str) -> list[str]:
    """What the streams of this session were told."""
    news: Any = app.state.redis.xrange(live.PREFIX + live.OF_SESSION + session)
    return [json.loads(fields[b"m"])["kind"] for _, fields in news]


def on_shift(person: Person) -> None:
    """The person begins a shift and takes calls."""
    with transaction(EVERY_ORGANISATION) as session:
        acd.service.start_shift(session, person, SEAT)
        acd.service.go_ready(session, person)


def shift_runs(person: Person) -> bool:
    """Whether the person has a shift, and Asterisk their phone; one cannot be without the other."""
    with transaction(EVERY_ORGANISATION) as session:
        phones = {agent.person_id for agent in configuration(session).agents}
        runs = acd.queries.open_shift(session, person.id) is not None
        assert runs == (person.id in phones)
        return runs


def test_somebody_disabled_loses_news_shift_and_phone(app: FastAPI, centre: Centre, client: Callable[[str], Client]):
    olena, browser = centre.people["olena"], client("olena")
    on_shift(olena)
    assert shift_runs(olena)
    assert client("admin.khm").post(f"/people/{olena.id}/disable").status_code == 303
    assert not shift_runs(olena)
    assert told(app, hash_of(browser.cookies[COOKIE])) == ["signed-out"]


@pytest.mark.parametrize(("roles", "stays"), [(["manager"], False), (["supervisor"], True)])
def test_a_role_that_is_lost_takes_the_desk_with_it(
    app: FastAPI, centre: Centre, client: Callable[[str], Client], roles: list[str], stays: bool
):
    andrii, browser = centre.people["andrii"], client("andrii")
    on_shift(andrii)
    form = {"name": "Andrii", "roles": roles, "language": "uk"}
    assert client("admin.khm").post(f"/people/{andrii.id}", data=form).status_code == 303
    assert shift_runs(andrii) == stays
    assert told(app, hash_of(browser.cookies[COOKIE])) == ([] if stays else ["access-changed"])


def test_signing_out_ends_the_news_of_this_browser_only(app: FastAPI, client: Callable[[str], Client]):
    here, elsewhere = client("olena"), client("olena")
    ours, other = (hash_of(browser.cookies[COOKIE]) for browser in (here, elsewhere))
    assert here.post("/sign-out").status_code == 303
    assert told(app, ours) == ["signed-out"]
    assert told(app, other) == []


def test_signing_out_works_without_redis(
    app: FastAPI, client: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.state._state, "redis", redis.Redis(port=1, socket_connect_timeout=1))
    browser = client("olena")
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/me").status_code == 303


def test_a_shift_left_open_by_somebody_disabled_has_no_phone(centre: Centre):
    olena = centre.people["olena"]
    on_shift(olena)
    with transaction(EVERY_ORGANISATION) as session:
        person = session.get(Person, olena.id)
        assert person is not None
        person.disabled_at = person.created_at
        session.flush()
        assert _open(session) == [olena.id]
        assert configuration(session).agents == []
        assert rights.permissions(person) == frozenset()


def _open(session: Session) -> list[int]:
    return list(session.scalars(select(Shift.person_id).where(Shift.ended_at.is_(None))))
