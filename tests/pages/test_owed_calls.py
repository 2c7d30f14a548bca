"""Owed calls on the page and at the desk, with and without a line out."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from acd.callbacks.model import State
from acd.callbacks.tables import OwedCall
from acd.tables import Queue, QueueMember, Shift
from db import EVERY_ORGANISATION, transaction
from run.scheduler import jobs_of
from run.settings import Settings
from tests.centre import Centre
from tests.client import Client
from tests.pages.belongings.calls import owed_call
from tests.pages.test_status import in_language, words_of

SignIn = Callable[[str], Client]
SEAT = "seat-of-this-test-page"


@pytest.fixture
def owed(centre: Centre) -> int:
    """A call that somebody asked for and that is due; Olena works in its queue and is on a shift."""
    khm, olena = centre.organisations["khm"], centre.people["olena"]
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(organisation_id=khm.id, code="water", asterisk_name="khm-water", name={"en": "Water"})
        session.add(queue)
        session.flush()
        session.add(QueueMember(organisation_id=khm.id, queue_id=queue.id, person_id=olena.id))
        found = owed_call(session, olena, "+380671112233")
        found.asked_at, found.reason = datetime.now(UTC), "asked"
        found.deadline_at = datetime.now(UTC) + timedelta(hours=1)
        return found.id


@pytest.fixture
def line_out(app: FastAPI) -> Iterator[None]:
    """Calls to citizens go somewhere."""
    before, app.state.line_out = app.state.line_out, True
    yield
    app.state.line_out = before


def comes_ready(operator: Client) -> str:
    """Begins a shift with a phone that works and presses Ready; what the desk shows then."""
    operator.post("/desk/shift", data={"seat": SEAT})
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Shift).values(phone_reachable=True))
    return str(operator.post("/desk/ready").json()["state"])


def state_of(owed: int) -> str:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.get(OwedCall, owed)
        assert found is not None
        return found.state


def offered_by_the_clock(settings: Settings) -> int:
    job = next(job for job in jobs_of(settings) if job.name == "desk.callbacks")
    return job.done()["callbacks_offered"]


def test_without_a_line_out_the_desk_takes_calls_and_says_so(client: SignIn, owed: int, settings: Settings) -> None:
    olena = in_language(client, "en", "olena")
    assert comes_ready(olena) == "ready"
    assert offered_by_the_clock(settings) == 0
    said = words_of(olena.get("/desk").text)
    assert "There is no line out, so owed calls are not offered here." in said
    assert state_of(owed) == State.WAITING


def test_without_a_line_out_the_list_asks_for_calls_by_hand(client: SignIn, owed: int) -> None:
    olena = in_language(client, "en", "olena")
    comes_ready(olena)
    page = olena.get("/callbacks").text
    assert "There is no line out, so owed calls are offered to nobody." in words_of(page)
    assert f"/callbacks/{owed}/take" not in page
    assert f"/callbacks/{owed}/take" not in olena.get(f"/callbacks/{owed}").text
    olena.post(f"/callbacks/{owed}/take")
    assert state_of(owed) == State.WAITING
    assert "There is no line out." in words_of(olena.get("/callbacks").text)
    assert f'action="/callbacks/{owed}/settle"' in page
    assert olena.post(f"/callbacks/{owed}/settle").headers["location"] == f"/callbacks?closed={owed}"
    assert state_of(owed) == State.CALLED_BACK


def test_with_a_line_out_the_first_ready_is_offered_the_call(client: SignIn, owed: int, line_out: None) -> None:
    olena = in_language(client, "en", "olena")
    assert comes_ready(olena) == "paused"
    assert state_of(owed) == State.OFFERED
    assert "no line out" not in olena.get("/desk").text
    assert "no line out" not in olena.get("/callbacks").text


def test_with_a_line_out_the_clock_offers_the_call(client: SignIn, owed: int, settings: Settings) -> None:
    assert comes_ready(client("olena")) == "ready"
    assert offered_by_the_clock(settings.model_copy(update={"trunk_far_end": "192.0.2.1"})) == 1
    assert state_of(owed) == State.OFFERED
