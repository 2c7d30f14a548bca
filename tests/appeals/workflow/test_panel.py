"""Work on appeals in the help panel (Z-24): what a linked person presses changes the appeal, under their name."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor, ExecutorMember
from appeals.model import State
from appeals.tables import Appeal
from appeals.workflow.model import Deed, Outcome, Part, Work
from appeals.workflow.tables import AppealDeed, Assignment
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit, Person
from supervisor.panel import service
from tests.appeals.workflow.conftest import City
from tests.client import Client

VASYL, PETRO, STRANGER = 501, 502, 666


def link(city: City, person: Person, account: int) -> None:
    with transaction(person.organisation_id) as session:
        code = service.make_code(session, person)
        service.link(session, person.organisation_id, code, telegram_id=account, name="X", called="Y")


@pytest.fixture
def linked(city: City) -> City:
    """Vasyl of the water works and Petro of the road service have linked accounts."""
    link(city, city.vasyl, VASYL)
    link(city, city.petro, PETRO)
    return city


def pressed(city: City, who: int, key: str) -> tuple[str, list[str]]:
    """What the bot says, and what its keys would say."""
    with transaction(city.olena.organisation_id) as session:
        reply = service.press(session, city.olena.organisation_id, who, key)
    return reply.text, [said for said, _text in reply.keys]


def written(city: City, who: int, text: str, *, reply_to: str = "") -> tuple[str, list[str]]:
    with transaction(city.olena.organisation_id) as session:
        reply = service.said(session, city.olena.organisation_id, who, text, reply_to=reply_to)
    return ("", []) if reply is None else (reply.text, [said for said, _text in reply.keys])


def stored(which: int) -> tuple[Assignment, Appeal]:
    with transaction(EVERY_ORGANISATION) as session:
        assignment = session.get_one(Assignment, which)
        return assignment, session.get_one(Appeal, assignment.appeal_id)


def deeds(which: int) -> list[tuple[str, int | None]]:
    """The history of a piece of work: what, and who."""
    with transaction(EVERY_ORGANISATION) as session:
        rows = session.scalars(select(AppealDeed).where(AppealDeed.assignment_id == which).order_by(AppealDeed.id))
        return [(each.deed, each.person_id) for each in rows]


def test_an_appeal_is_listed_taken_and_reported_under_the_linked_persons_name(linked: City) -> None:
    appeal = linked.appeal()
    [work] = linked.given(appeal, "water")
    told, keys = written(linked, VASYL, "/work")
    assert (appeal.number in told, keys) == (True, [f"wtake:{work.id}"])
    told, keys = pressed(linked, VASYL, f"wtake:{work.id}")
    assert appeal.number in told
    assert keys == [f"w{deed}:{work.id}" for deed in ("done", "explained", "decline")]
    asked, _ = pressed(linked, VASYL, f"wdone:{work.id}")
    told, _ = written(linked, VASYL, "Трубу замінено", reply_to=asked)
    assert linked.vasyl.name in told
    assignment, now = stored(work.id)
    assert (assignment.state, assignment.outcome, assignment.report) == (Work.DONE, Outcome.DONE, "Трубу замінено")
    assert (assignment.reported_by, now.state) == (linked.vasyl.id, State.TO_BE_VERIFIED)
    assert deeds(work.id)[1:] == [(Deed.TAKE, linked.vasyl.id), (Deed.FINISH, linked.vasyl.id)]
    with transaction(EVERY_ORGANISATION) as session:
        audited = session.scalars(select(Audit.person_id).where(Audit.deed == "work.finish")).all()
    assert audited == [linked.vasyl.id]
    again, _ = written(linked, VASYL, "Ні, завтра", reply_to=asked)
    assert again
    assert stored(work.id)[0].report == "Трубу замінено"
    assert written(linked, VASYL, "/work")[1] == []


def test_what_is_not_theirs_goes_back_with_the_reason(linked: City) -> None:
    [work] = linked.given(linked.appeal(), "water")
    asked, _ = pressed(linked, VASYL, f"wdecline:{work.id}")
    written(linked, VASYL, "   ", reply_to=asked)
    assert stored(work.id)[0].state == Work.ASSIGNED, "without a reason nothing goes back"
    written(linked, VASYL, "Будинок не на нашому балансі", reply_to=asked)
    assignment, now = stored(work.id)
    assert (assignment.state, now.state) == (Work.NOT_IN_COMPETENCE, State.NOT_IN_COMPETENCE)
    assert deeds(work.id)[-1] == (Deed.DECLINE, linked.vasyl.id)


def test_a_head_passes_it_on_within_the_house_and_nobody_else_does(linked: City) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        for member in session.scalars(select(ExecutorMember).where(ExecutorMember.person_id == linked.vasyl.id)):
            member.role = MemberRole.HEAD
        session.get_one(Executor, linked.executors["heat"]).parent_id = linked.executors["water"]
    [work] = linked.given(linked.appeal(), "water")
    _, keys = pressed(linked, VASYL, f"wtake:{work.id}")
    assert keys[-1] == f"wpass:{work.id}"
    _, keys = pressed(linked, VASYL, f"wpass:{work.id}")
    assert keys == [f"wto:{work.id}:{linked.executors['heat']}"]
    pressed(linked, VASYL, f"wto:{work.id}:{linked.executors['roads']}")
    assert stored(work.id)[0].state == Work.IN_WORK, "the road service is another house"
    pressed(linked, VASYL, keys[0])
    assert stored(work.id)[0].state == Work.WITHDRAWN
    with transaction(EVERY_ORGANISATION) as session:
        [new] = session.scalars(select(Assignment).where(Assignment.replaces_id == work.id))
    assert (new.executor_id, new.role) == (linked.executors["heat"], Part.MAIN)
    assert deeds(work.id)[-1] == (Deed.PASS_ON, linked.vasyl.id)


@pytest.mark.parametrize("who", [STRANGER, PETRO])
def test_nobody_else_learns_or_does_anything(linked: City, who: int) -> None:
    appeal = linked.appeal()
    [work] = linked.given(appeal, "water")
    keys = (f"{deed}:{work.id}" for deed in ("wtake", "wdone", "wexplained", "wdecline", "wpass", "wto"))
    told = [pressed(linked, who, key)[0] for key in keys]
    told += [written(linked, who, "Так", reply_to=f"#w{deed}{work.id}")[0] for deed in ("done", "decline", "strange")]
    told.append(written(linked, who, "/work")[0])
    assert all(told)
    assert appeal.number not in "".join(told)
    assert (stored(work.id)[0].state, deeds(work.id)[1:]) == (Work.ASSIGNED, [])


def test_an_executor_makes_a_code_of_their_own(city: City, client: Callable[[str], Client]) -> None:
    """Who works for an executor links an account by their own page; an operator has nothing to do there."""
    browser = client("vasyl")
    assert "/me/telegram" in browser.get("/me").text
    assert browser.post("/me/telegram/code").status_code == 303
    assert "/work" in browser.get("/me/telegram").text
    assert client("olena").get("/me/telegram").status_code == 403
