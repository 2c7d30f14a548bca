"""Deeds done to many appeals by a worker: an appeal a transaction, each once, those that were left told by number."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from appeals import asking
from appeals.journal import jobs, many
from appeals.journal.tables import Deed
from appeals.tables import Appeal
from appeals.workflow import service as work
from appeals.workflow.model import Told
from appeals.workflow.queries import assignments, history
from db import EVERY_ORGANISATION, transaction
from run.settings import Settings
from staff.model import Role
from tests.appeals.cards import Browser
from tests.appeals.workflow.conftest import City, city
from tests.client import Client
from web import workers

__all__ = ["city"]


@pytest.fixture(autouse=True)
def few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """More than three are many; this process is a worker as well."""
    monkeypatch.setattr(many, "WHILE_ONE_WAITS", 3)
    workers.connect(settings.redis_url.get_secret_value())
    asking.queue().empty()
    yield
    asking.queue().empty()


def given(browser: Client, appeals: list[Appeal], **changes: str) -> str:
    """The page of the deed that a worker is to do."""
    data = {"number": [each.number for each in appeals], "executor": "water · Водоканал", "part": "main"}
    answer = browser.post("/appeals/bulk/give", data=data | changes)
    assert answer.status_code == 303
    assert re.fullmatch(r"/appeals/bulk/\d+", answer.headers["location"])
    return answer.headers["location"]


def id_of(page: str) -> int:
    """Of the deed whose page it is."""
    return int(page.rpartition("/")[2])


def text_of(browser: Client, page: str) -> str:
    """What stands on it, in one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", browser.get(page).text)))


def deeds_of(appeal: Appeal) -> list[str]:
    """What was done with it."""
    with transaction(EVERY_ORGANISATION) as session:
        return [each.deed for each in history(session, appeal.id)]


def go_on(deed: int, organisation: int) -> bool:
    """One appeal more."""
    with transaction(organisation) as session:
        return many.go_on(session, deed)


def test_many_are_given_one_by_one_and_taken_back(city: City, client: Browser) -> None:
    made = [city.appeal() for _ in range(5)]
    city.given(made[3], "roads")
    olena, here = client("olena"), city.olena.organisation_id
    page = given(olena, made)
    assert [job.func_name for job in asking.queue().jobs] == ["appeals.journal.jobs.change_many"]
    assert given(olena, made) == page, "asked for twice it is one deed"
    assert "0 із 5" in text_of(olena, page)
    assert 'hx-trigger="every 1s"' in olena.get(page).text
    assert go_on(id_of(page), here)
    assert [deeds_of(each) for each in made[:2]] == [["assign"], []], "each in its own transaction"
    assert "1 із 5" in text_of(olena, page)
    assert olena.post(f"{page}/undo").status_code == 409, "it is still being done"
    for _ in range(2):  # a worker that comes twice finds nothing the second time
        jobs.change_many(id_of(page))
    assert [deeds_of(each) for each in made] == [["assign"]] * 5
    told = text_of(olena, page)
    assert "4 звернення: передано виконавцю: Водоканал" in told
    assert re.search(rf"Один виконавець головний[^:]*: {made[3].number}", told)
    assert 'hx-trigger="every 1s"' not in olena.get(page).text
    assert page in olena.get("/appeals/bulk").text
    for login in ("andrii", "anna"):
        assert client(login).get(page).status_code == client(login).post(f"{page}/undo").status_code == 404

    with transaction(here) as session:
        [mine] = assignments(session, made[0].id)
        work.take(session, mine.id, Told(), by=city.vasyl)
    assert olena.post(f"{page}/undo").headers["location"] == page
    assert "дія скасовується" in text_of(olena, page)
    jobs.change_many(id_of(page))
    assert [deeds_of(each)[1:] for each in made] == [["take"], ["withdraw"], ["withdraw"], [], ["withdraw"]]
    told = text_of(olena, page)
    assert "3 звернення знову як було" in told
    assert f"лишено так: {made[0].number}" in told, "who has begun keeps it"
    assert f"{page}/undo" not in olena.get(page).text
    with transaction(EVERY_ORGANISATION) as session:
        deed = session.scalars(select(Deed)).one()
    assert (deed.undone_at is not None, deed.left) == (True, [made[0].number])


def test_long_control_of_many_needs_a_reason_and_comes_back(city: City, client: Browser) -> None:
    made = [city.appeal() for _ in range(4)]
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(long_control=False))
    iryna = client("iryna")
    wanted = {"number": [each.number for each in made], "deed": "long_on", "reason": " ", "back": "topic=water"}
    assert iryna.post("/appeals/bulk", data=wanted).headers["location"] == "/appeals?topic=water"
    page = iryna.post("/appeals/bulk", data=wanted | {"reason": "Доручення"}).headers["location"]
    jobs.change_many(id_of(page))

    def long_ones() -> int:
        with transaction(EVERY_ORGANISATION) as session:
            return len(session.scalars(select(Appeal.id).where(Appeal.long_control)).all())

    assert long_ones() == 4
    iryna.post(f"{page}/undo")
    jobs.change_many(id_of(page))
    assert long_ones() == 0


def test_who_may_no_longer_changes_nothing_more(city: City, client: Browser) -> None:
    made = [city.appeal() for _ in range(4)]
    page = given(client("olena"), made)
    assert go_on(id_of(page), city.olena.organisation_id)
    with transaction(EVERY_ORGANISATION) as session:
        session.merge(city.olena).roles = [Role.MANAGER]
    jobs.change_many(id_of(page))
    assert [deeds_of(each) for each in made] == [["assign"], [], [], []]
    assert "Ви не маєте на це права" in text_of(client("olena"), page)


def test_who_may_no_longer_sets_nothing_more_back(city: City, client: Browser) -> None:
    made = [city.appeal() for _ in range(4)]
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(long_control=False))
    numbers = [each.number for each in made]
    wanted = {"number": numbers, "deed": "long_on", "reason": "Доручення"}
    page = client("iryna").post("/appeals/bulk", data=wanted).headers["location"]
    jobs.change_many(id_of(page))
    client("iryna").post(f"{page}/undo")
    assert go_on(id_of(page), city.olena.organisation_id)
    with transaction(EVERY_ORGANISATION) as session:
        session.merge(city.iryna).roles = [Role.OPERATOR]
    jobs.change_many(id_of(page))
    with transaction(EVERY_ORGANISATION) as session:
        assert set(session.scalars(select(Appeal.number).where(Appeal.long_control))) == set(numbers[1:])
    told = text_of(client("iryna"), page)
    assert f"Ви вже не маєте права це скасувати: {', '.join(numbers[1:])}" in told.replace(" ,", ",")
    assert "змінено іншими" not in told
    assert "1 звернення знову як було" in told


def test_a_deed_whose_worker_died_is_asked_for_again(city: City, client: Browser) -> None:
    page = given(client("olena"), [city.appeal() for _ in range(4)])
    asking.queue().empty()
    assert jobs.look_after()["asked_for"] == 0, "it has been asked for a moment ago"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Deed).values(told_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert [jobs.look_after()["asked_for"] for _ in range(2)] == [1, 0]
    assert [list(job.args) for job in asking.queue().jobs] == [[id_of(page)]]
