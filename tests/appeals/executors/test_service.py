"""Executors, their people and absences in the database: what is refused, what stays, who sees what."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from appeals.executors import queries, service
from appeals.executors.model import Kind, MemberRole, Works
from appeals.executors.queries import Filters
from appeals.executors.service import Said
from appeals.executors.tables import Executor
from db import NotFound, transaction
from staff.model import Role
from staff.tables import Person
from tests.centre import Centre, person

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
HEAD, WORKER = MemberRole.HEAD, MemberRole.WORKER


@pytest.fixture
def session(centre: Centre) -> Iterator[Session]:
    """A transaction of the city."""
    with transaction(centre.organisations["khm"].id) as opened:
        yield opened


@pytest.fixture
def admin(centre: Centre) -> Person:
    """The city's administrator."""
    return centre.people["admin.khm"]


@pytest.fixture
def crew(session: Session, centre: Centre) -> list[Person]:
    """Three people of executors."""
    khm = centre.organisations["khm"]
    return [person(session, khm, login, Role.EXECUTOR) for login in ("hanna", "borys", "vira")]


def made(session: Session, by: Person, code: str, parent: Executor | None = None) -> Executor:
    """An executor."""
    said = Said(name=f"Установа {code}", kind=Kind.BODY, parent_id=parent.id if parent is not None else None)
    return service.add(session, by.organisation_id, code, said, by=by)


def test_a_code_is_given_once_and_no_executor_stands_above_itself(session: Session, admin: Person) -> None:
    top = made(session, admin, "1")
    middle = made(session, admin, "1.1", top)
    low = made(session, admin, "1.1.1", middle)
    with pytest.raises(service.Taken):
        made(session, admin, "1")
    for upper in (top, middle, low):
        with pytest.raises(service.Circle):
            service.change(session, top, Said(name="Установа 1", parent_id=upper.id), by=admin)
    service.change(session, low, Said(name="Нова назва", parent_id=top.id, phone="+380382700101"), by=admin)
    assert (low.name, low.parent_id, low.phone) == ("Нова назва", top.id, "+380382700101")
    assert [each.code for each in queries.beneath(session, top.id)] == ["1.1.1", "1.1"]


def test_an_executor_is_closed_and_opened_again_and_never_gone(
    session: Session, admin: Person, crew: list[Person]
) -> None:
    top = made(session, admin, "1")
    low = made(session, admin, "1.1", top)
    service.add_member(session, low, crew[0], HEAD, since=TODAY - DAY, by=admin)
    service.add_member(session, low, crew[1], WORKER, since=TODAY + DAY, by=admin)
    with pytest.raises(service.HasOthers):
        service.close(session, top, today=TODAY, by=admin)
    service.close(session, low, today=TODAY, by=admin)
    service.close(session, top, today=TODAY, by=admin)
    assert queries.executors(session) == []
    assert {each.code for each in queries.page(session, Filters(closed=True))} == {"1", "1.1"}
    assert [queries.seen_by(session, each.id, TODAY + DAY) for each in crew] == [{}, {}, {}]
    with pytest.raises(service.NotOpen):
        service.reopen(session, low, by=admin)
    with pytest.raises(service.NotOpen):
        service.add_member(session, low, crew[0], HEAD, since=TODAY, by=admin)
    service.reopen(session, top, by=admin)
    service.reopen(session, low, by=admin)
    assert queries.count(session) == (2, 0)


def test_a_person_works_for_an_executor_once_at_a_time(session: Session, admin: Person, crew: list[Person]) -> None:
    body, other = made(session, admin, "1"), made(session, admin, "2")
    first = service.add_member(session, body, crew[0], WORKER, since=TODAY, until=TODAY + 9 * DAY, by=admin)
    service.add_member(session, other, crew[0], WORKER, since=TODAY, by=admin)
    with pytest.raises(service.Already):
        service.add_member(session, body, crew[0], HEAD, since=TODAY + 9 * DAY, by=admin)
    service.add_member(session, body, crew[0], HEAD, since=TODAY + 10 * DAY, by=admin)
    with pytest.raises(service.NotInOrder):
        service.add_member(session, body, crew[1], HEAD, since=TODAY, until=TODAY - DAY, by=admin)
    with pytest.raises(service.NoExecutor):
        service.add_member(session, body, admin, HEAD, since=TODAY, by=admin)
    assert queries.seen_by(session, crew[0].id, TODAY) == {body.id: WORKER, other.id: WORKER}
    assert queries.seen_by(session, crew[0].id, TODAY + 20 * DAY) == {body.id: HEAD, other.id: WORKER}
    with pytest.raises(service.NotInOrder):
        service.end_member(session, first, last_day=TODAY + 30 * DAY, name="", by=admin)
    service.end_member(session, first, last_day=TODAY - DAY, name="", by=admin)
    assert len(queries.members(session, body.id)) == 1, "who never came leaves no trace"


def test_whoever_stands_in_gets_the_work_and_sees_it(session: Session, admin: Person, crew: list[Person]) -> None:
    anna, borys, vira = crew
    body, other = made(session, admin, "1"), made(session, admin, "2")
    service.add_member(session, body, anna, HEAD, since=TODAY, by=admin)
    service.add_member(session, other, borys, WORKER, since=TODAY, by=admin)
    last = TODAY + 7 * DAY
    away = service.add_absence(session, anna, borys, since=TODAY + DAY, until=last, reason="Відпустка", by=admin)
    for day, who in ((TODAY, anna), (TODAY + DAY, borys), (last, borys), (last + DAY, anna)):
        absent = anna.id if who is borys else None
        assert queries.at_work(session, body.id, day) == [Works(body.id, who.id, HEAD, absent)]
    assert queries.seen_by(session, borys.id, last) == {body.id: HEAD, other.id: WORKER}
    assert queries.seen_by(session, borys.id, last + DAY) == {other.id: WORKER}
    assert queries.seen_by(session, anna.id, last) == {body.id: HEAD}, "leave closes no door"
    with pytest.raises(service.Already):
        service.add_absence(session, anna, vira, since=last, until=last + DAY, by=admin)
    with pytest.raises(service.NoExecutor):
        service.add_absence(session, vira, admin, since=TODAY, until=TODAY, by=admin)
    service.end_absence(session, away, today=TODAY + 3 * DAY, by=admin)
    assert queries.at_work(session, body.id, TODAY + 3 * DAY) == [Works(body.id, anna.id, HEAD)]
    assert queries.at_work(session, body.id, TODAY + 2 * DAY) == [Works(body.id, borys.id, HEAD, anna.id)]


def test_who_may_not_come_in_gets_no_work(session: Session, admin: Person, crew: list[Person]) -> None:
    body = made(session, admin, "1")
    service.add_member(session, body, crew[0], HEAD, since=TODAY, by=admin)
    service.add_absence(session, crew[0], crew[1], since=TODAY, until=TODAY, by=admin)
    now = queries.get(session, body.id).created_at
    crew[1].disabled_at = now
    session.flush()
    assert queries.at_work(session, body.id, TODAY) == [], "who stands in may not come in either"
    crew[0].disabled_at = now
    session.flush()
    assert queries.at_work(session, body.id, TODAY + DAY) == []


def test_executors_are_found_by_name_code_and_head_page_by_page(session: Session, admin: Person) -> None:
    for number in range(queries.PAGE + 5):
        made(session, admin, f"{number:03}")
    first = queries.page(session, Filters())
    assert len(first) == queries.PAGE + 1
    last = first[queries.PAGE - 1]
    assert len(queries.page(session, Filters(), after=(last.name, last.id))) == 5
    assert [each.code for each in queries.page(session, Filters(text="установа 104"))] == ["104"]
    assert queries.page(session, Filters(text="100%")) == []
    assert queries.page(session, Filters(kind="enterprise")) == []


def test_another_organisations_executor_is_not_there(centre: Centre) -> None:
    admin, foreign = centre.people["admin.khm"], centre.people["admin.dtm"]
    with transaction(admin.organisation_id) as session:
        executor = made(session, admin, "1").id
    with transaction(foreign.organisation_id) as session:
        assert queries.find(session, "1") is None
        assert queries.parents(session) == {}
        with pytest.raises(NotFound):
            queries.get(session, executor)
