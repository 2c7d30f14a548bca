"""Questions to specialists: asked from an appeal and a call, answered once, told at once, timed; who sees which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from acd import news
from appeals.executors import queries as directory
from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.questions import model, queries, service
from appeals.questions.model import Figures, State
from appeals.questions.tables import Question
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import Browser, form, stored
from tests.centre import Centre
from tests.pages.a_call import answered_call
from web import hints

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASKED = {"text": "Чи планують вмикати воду сьогодні?"}


@pytest.fixture
def water(centre: Centre) -> int:
    """The waterworks, where Vasyl works; and one that has no workplaces here."""
    admin, vasyl = centre.people["admin.khm"], centre.people["vasyl"]
    with transaction(admin.organisation_id) as session:
        own = admin.organisation_id
        body = executors.add(session, own, "ВК", Said(name="Водоканал", connected=True), by=admin)
        executors.add(session, own, "ЕМ", Said(name="Електромережі"), by=admin)
        executors.add_member(session, body, vasyl, MemberRole.WORKER, since=date(2026, 1, 1), by=admin)
        return body.id


@pytest.fixture
def told() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What desks are told."""
    heard: list[tuple[str, dict[str, Any]]] = []
    hints.connect(lambda channel, message: heard.append((channel, message)))
    service.connect(news.tell_desk)
    yield heard
    hints.connect(lambda channel, message: None)


def question() -> Question:
    """The one question."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Question)).one()


def test_a_question_from_an_appeal_is_answered_and_whoever_asked_is_told(
    client: Browser, centre: Centre, water: int, told: list[tuple[str, dict[str, Any]]]
) -> None:
    olena, vasyl = client("olena"), client("vasyl")
    olena.post("/appeals", data=form())
    [appeal] = stored()
    part = olena.get("/questions/of", params={"appeal": appeal.number}).text
    assert "Водоканал" in part
    assert "Електромережі" not in part, "it is written to"
    sent = ASKED | {"executor": str(water), "appeal": appeal.number}
    assert olena.post("/questions", data=sent).status_code == 303
    assert vasyl.get("/questions/number").text == "1"
    assert ASKED["text"] in vasyl.get("/questions").text
    page = f"/questions/{question().id}"
    assert "Коваленко" not in vasyl.get(page).text, "the matter, not the citizen"
    assert vasyl.post(f"{page}/take").status_code == 303
    assert vasyl.post(f"{page}/answer", data={"answer": ""}).status_code == 422
    assert vasyl.post(f"{page}/answer", data={"answer": "Так, о 18:00"}).status_code == 303
    olena_id = centre.people["olena"].id
    assert (f"desk:{olena_id}", {"kind": "answer", "question": question().id}) in told
    assert olena.get("/questions/number").text == "1"
    assert "Так, о 18:00" in olena.get(page).text
    assert olena.get("/questions/number").text == ""
    assert "Так, о 18:00" in olena.get("/questions/of", params={"appeal": appeal.number}).text
    late = vasyl.post(f"{page}/answer", data={"answer": "Ні"})
    assert (late.status_code, question().answer) == (303, "Так, о 18:00")
    found = question()
    assert found.answered_at is not None
    assert found.taken_at is not None
    assert found.asked_at <= found.taken_at <= found.answered_at
    assert client("iryna").get("/questions").text.count('scope="row"') == 1, "the figures of the waterworks"


def test_a_question_from_a_call_stands_beside_its_card(client: Browser, centre: Centre, water: int) -> None:
    call = answered_call(centre.people["olena"])
    olena = client("olena")
    as_part = {"HX-Request": "true"}
    answer = olena.post("/questions", data=ASKED | {"executor": str(water), "call": str(call)}, headers=as_part)
    assert answer.status_code == 200
    assert ASKED["text"] in answer.text
    assert question().call_id == call
    wrong = olena.post("/questions", data={"executor": str(water), "call": str(call)}, headers=as_part)
    assert (wrong.status_code, 'id="error-text"' in wrong.text) == (422, True)
    assert olena.post("/questions", data=ASKED | {"executor": str(water)}).status_code == 404, "about nothing"
    stranger = ASKED | {"executor": str(water + 1), "call": str(call)}
    assert olena.post("/questions", data=stranger, headers=as_part).status_code == 422


def test_a_question_is_seen_by_whom_it_concerns(client: Browser, centre: Centre, water: int) -> None:
    olena = client("olena")
    olena.post("/appeals", data=form())
    olena.post("/questions", data=ASKED | {"executor": str(water), "appeal": stored()[0].number})
    page = f"/questions/{question().id}"
    seen = {"olena": 200, "andrii": 404, "iryna": 200, "mykola": 200, "vasyl": 200, "yurii": 403}
    assert {login: client(login).get(page).status_code for login in seen} == seen
    assert client("jasur").get(page).status_code == 404
    with transaction(centre.organisations["khm"].id) as session:
        [member] = [each.member for each in directory.members(session, water)]
        executors.end_member(session, member, last_day=date(2026, 1, 2), name="", by=centre.people["admin.khm"])
    assert client("vasyl").get(page).status_code == 404, "who works there no longer"
    assert client("vasyl").post(f"{page}/answer", data={"answer": "Так"}).status_code == 404


def test_only_one_of_two_answers_counts(centre: Centre, water: int, client: Browser) -> None:
    client("olena").post("/appeals", data=form())
    [appeal] = stored()
    vasyl = centre.people["vasyl"]
    with transaction(vasyl.organisation_id) as session:
        body = directory.get(session, water)
        asked = service.ask(session, body, "?", appeal=appeal, by=centre.people["olena"]).id
    with transaction(vasyl.organisation_id) as session:
        service.answer(session, asked, "Так", by=vasyl)
    with transaction(vasyl.organisation_id) as session, pytest.raises(service.Answered):
        service.answer(session, asked, "Ні", by=vasyl)
    with transaction(vasyl.organisation_id) as session:
        assert queries.get(session, asked).answer == "Так"


@dataclass(frozen=True)
class Timed:
    """The times of a question, in minutes after noon."""

    asked: int
    taken: int | None = None
    answered: int | None = None

    @property
    def asked_at(self) -> datetime:
        return NOON + self.asked * MINUTE

    @property
    def taken_at(self) -> datetime | None:
        return NOON + self.taken * MINUTE if self.taken is not None else None

    @property
    def answered_at(self) -> datetime | None:
        return NOON + self.answered * MINUTE if self.answered is not None else None


def test_the_state_and_the_figures_follow_from_the_times() -> None:
    waits, taken, quick, slow = Timed(0), Timed(0, 5), Timed(10, 12, 14), Timed(0, 1, 20)
    assert [model.state(each) for each in (waits, taken, quick)] == [State.ASKED, State.TAKEN, State.ANSWERED]
    now = NOON + 30 * MINUTE
    assert [model.waited(each, now) for each in (waits, quick, slow)] == [30 * MINUTE, 4 * MINUTE, 20 * MINUTE]
    assert model.figures([waits, quick, slow], now) == Figures(3, 2, 12 * MINUTE, 30 * MINUTE)
    assert model.figures([], now) == Figures(0, 0, None, None)
