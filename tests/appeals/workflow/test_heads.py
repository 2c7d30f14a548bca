"""A head gives work out within their own house, and sees what becomes of it."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor, ExecutorMember
from appeals.model import State
from appeals.workflow import queries, service
from appeals.workflow.model import Deed, Order, Part, Refusal, Told, Work
from appeals.workflow.service import NotDone
from db import EVERY_ORGANISATION, NotFound, transaction
from staff.tables import Person
from tests.appeals.cards import Browser
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.test_deeds import Now, do, history, stored


@pytest.fixture
def house(city: City) -> City:
    """Vasyl leads the water works, to which a crew with Petro belongs."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Executor).where(Executor.code == "roads").values(parent_id=city.executors["water"]))
        mine = ExecutorMember.person_id == city.vasyl.id
        session.execute(update(ExecutorMember).where(mine).values(role=MemberRole.HEAD))
    return city


def passed(city: City, which: int, code: str, by: Person, **said: object) -> int:
    """Passed on in a transaction of its own; the new assignment."""
    with transaction(by.organisation_id) as session:
        order = Order(executor=city.executors[code], **said)
        return service.pass_on(session, which, order, Told(), by=by).id


def test_a_head_passes_work_on_within_the_house(house: City, now: Now) -> None:
    """Same part, same terms, who, from and to in the history; dispatchers see no state of their own in it."""
    appeal = house.appeal()
    [work] = house.given(appeal, "water")
    own = datetime.now(UTC) + timedelta(days=3)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("UPDATE assignment SET due_at = :own"), {"own": own})
    new = passed(house, work.id, "roads", house.vasyl, task="Бригада № 2")
    assert (now(new).role, now(new).state, now(new).due_at, now(new).task) == (
        Part.MAIN, Work.ASSIGNED, own, "Бригада № 2",
    )  # fmt: skip
    assert (stored(appeal).state, stored(appeal).due_at) == (State.ASSIGNED, appeal.due_at)
    [line] = [each for each in history(appeal) if each.deed == Deed.PASS_ON]
    assert (line.person_id, line.executor_id, line.to_executor_id) == (
        house.vasyl.id, house.executors["water"], house.executors["roads"],
    )  # fmt: skip
    do(Deed.TAKE, new, Told(), house.petro)
    today = datetime.now(UTC).date()
    with transaction(house.vasyl.organisation_id) as session:
        assert [each.id for each in queries.passed_on(session, [house.executors["water"]])] == [new]
        assert queries.readable(session, new, house.vasyl.id, today).id == new
        with pytest.raises(NotFound):
            queries.own(session, new, house.vasyl.id, today)
        with pytest.raises(NotFound):
            queries.readable(session, work.id, house.petro.id, today)


def test_what_a_head_may_not(house: City) -> None:
    [work] = house.given(house.appeal(), "water")
    with pytest.raises(NotDone) as refused:
        passed(house, work.id, "heat", house.vasyl)
    assert refused.value.why is Refusal.NOT_BELOW
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(ExecutorMember).values(role=MemberRole.WORKER))
    with pytest.raises(NotDone) as refused:
        passed(house, work.id, "roads", house.vasyl)
    assert refused.value.why is Refusal.NOT_HEAD
    with pytest.raises(NotFound):
        passed(house, work.id, "roads", house.petro)


def test_the_page_offers_the_house_and_the_inbox_keeps_what_was_passed_on(house: City, client: Browser) -> None:
    appeal = house.appeal()
    [work] = house.given(appeal, "water")
    vasyl, petro = client("vasyl"), client("petro")
    page = html.unescape(vasyl.get(f"/assignments/{work.id}").text)
    assert '<option value="roads · Шляховик"' in page
    assert "Тепломережа" not in page
    sent = {"deed": "pass_on", "executor": "roads · Шляховик", "task": "Бригада № 2"}
    assert vasyl.post(f"/assignments/{work.id}", data=sent).headers["location"] == "/assignments"
    inbox = html.unescape(vasyl.get("/assignments").text)
    assert "Передано в межах установи" in inbox
    assert appeal.number in inbox
    assert appeal.number in petro.get("/assignments").text
    [theirs] = [each for each in _ids(appeal.id) if each != work.id]
    seen = vasyl.get(f"/assignments/{theirs}")
    assert (seen.status_code, 'name="deed"' in seen.text) == (200, False)
    assert 'value="pass_on"' not in petro.get(f"/assignments/{theirs}").text


def _ids(appeal: int) -> list[int]:
    with transaction(EVERY_ORGANISATION) as session:
        return [each.id for each in queries.assignments(session, appeal)]
