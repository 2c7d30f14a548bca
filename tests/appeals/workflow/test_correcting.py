"""U-106: the card put right after it was sent: by right, field by field, old and new kept, executors told."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from appeals.model import Kind, Result
from appeals.particulars import queries as particulars
from appeals.tables import Appeal
from appeals.workflow import correcting, ending, service
from appeals.workflow.model import Deed, Outcome, Refusal, Told
from appeals.workflow.tables import AppealCorrection, AppealDeed
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit, Person
from tests.appeals.workflow.conftest import City
from tests.client import Client
from web.problems import NotAllowed

RIGHT = {
    "kind": Kind.APPLICATION, "topic": "heating", "problem": "p1.12", "text": "Немає опалення", "address": "Миру, 5",
}  # fmt: skip


@pytest.fixture(autouse=True)
def heating(city: City) -> None:
    """A second topic."""
    with transaction(city.olena.organisation_id) as session:
        session.add(Topic(organisation_id=city.olena.organisation_id, code="heating", name={"uk": "Опалення"}))


def correct(appeal: Appeal, by: Person, **told: object) -> Appeal:
    with transaction(by.organisation_id) as session:
        return correcting.correct(session, appeal.number, Told(**{"reason": "Не той двір"} | told), by=by)  # type: ignore[arg-type]


def refused(appeal: Appeal, by: Person, **told: object) -> Refusal:
    with pytest.raises(service.NotDone) as refusal:
        correct(appeal, by, **told)
    return refusal.value.why


def stored(appeal: Appeal) -> Appeal:
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Appeal, appeal.id)


def test_old_and_new_are_kept_with_who_and_why_and_what_hangs_on_them_follows(city: City) -> None:
    appeal = city.appeal()
    city.given(appeal, "water", "roads")
    correct(appeal, city.iryna, **RIGHT)
    now = stored(appeal)
    assert (now.kind, now.topic, now.problem) == ("application", "heating", "p1.12")
    assert (now.substance, now.address) == ("Немає опалення", "Миру, 5")
    assert (now.state, now.number) == ("assigned", appeal.number)
    assert now.due_at == now.received_at + timedelta(hours=2), "the cable's own term, from the receipt on"
    with transaction(EVERY_ORGANISATION) as session:
        rows = session.scalars(select(AppealCorrection).order_by(AppealCorrection.id)).all()
        [deed] = session.scalars(select(AppealDeed).where(AppealDeed.deed == Deed.CORRECT))
        [trail] = session.scalars(select(Audit).where(Audit.deed == "work.correct"))
        kinds = [entry.code for code, entry in particulars.codes(session, appeal.id) if code.section == "kind"]
    assert [(row.field, row.before, row.after) for row in rows] == [
        ("kind", "complaint", "application"), ("topic", "water", "heating"), ("problem", "", "p1.12"),
        ("substance", "Немає води", "Немає опалення"), ("address", "вул. Прибузька, 12", "Миру, 5"),
    ]  # fmt: skip
    assert {row.deed_id for row in rows} == {deed.id}
    assert (deed.person_id, deed.reason) == (city.iryna.id, "Не той двір")
    assert deed.body == "kind topic problem substance address"
    assert (trail.details["kind"], trail.details["topic"]) == ("complaint → application", "water → heating")
    assert trail.details["fields"] == "kind, topic, problem, substance, address"
    assert "Миру" not in str(trail.details), "where somebody lives stays with the card"
    assert kinds == ["3.2"]
    correct(appeal, city.iryna, problem="-")
    assert stored(appeal).problem == ""


def test_only_who_may_correct_does_and_only_what_is_open_and_offered(city: City) -> None:
    appeal = city.appeal()
    [assignment] = city.given(appeal, "water")
    for nobody in (city.olena, city.vasyl):
        with pytest.raises(NotAllowed):
            correct(appeal, nobody, topic="heating")
    assert refused(appeal, city.iryna) is Refusal.NOTHING_NEW
    assert refused(appeal, city.iryna, topic="water", text=" Немає  води ", problem="-") is Refusal.NOTHING_NEW
    assert refused(appeal, city.iryna, topic="dragons") is Refusal.NO_TOPIC
    assert refused(appeal, city.iryna, problem="p99") is Refusal.NO_PROBLEM
    assert refused(appeal, city.iryna, topic="heating", reason=" ") is Refusal.NO_REASON
    form = uuid4()
    for _ in range(2):
        correct(appeal, city.iryna, topic="heating", submission=form)
    with pytest.raises(service.Changed):
        correct(appeal, city.iryna, topic="water", seen=0)
    with transaction(EVERY_ORGANISATION) as session:
        assert len(session.scalars(select(AppealCorrection)).all()) == 1
    with transaction(city.vasyl.organisation_id) as session:
        service.take(session, assignment.id, Told(), by=city.vasyl)
        service.finish(session, assignment.id, Told(report="Полагоджено", outcome=Outcome.DONE), by=city.vasyl)
        ending.close(session, appeal.number, Told(result=Result.SATISFIED, report="Вода є"), by=city.iryna)
    assert refused(appeal, city.iryna, topic="water") is Refusal.NOT_NOW


def test_the_page_offers_it_and_executors_are_told(city: City, client: Callable[[str], Client]) -> None:
    appeal = city.appeal()
    [assignment] = city.given(appeal, "water")
    iryna, vasyl, page = client("iryna"), client("vasyl"), f"/appeals/{appeal.number}"
    assert "Виправити картку" in iryna.get(page).text
    assert "Виправити картку" not in client("olena").get(page).text
    assert "картку виправлено" not in vasyl.get("/assignments").text
    card = {"deed": "correct", "kind": "complaint", "topic": "water", "problem": "-", "text": "Немає води вже тиждень"}
    card |= {"address": "вул. Прибузька, 21", "reason": "Переплутано цифри"}
    assert client("olena").post(f"{page}/work", data=card).status_code == 403
    wrong = iryna.post(f"{page}/work", data=card | {"reason": ""})
    assert wrong.status_code == 422
    assert "вул. Прибузька, 21" in wrong.text, "what was typed is kept"
    assert iryna.post(f"{page}/work", data=card).status_code == 303
    shown = iryna.get(page).text
    assert "<del>вул. Прибузька, 12</del> → вул. Прибузька, 21" in shown
    assert "Немає води вже тиждень" in shown
    inbox, work = vasyl.get("/assignments").text, vasyl.get(f"/assignments/{assignment.id}").text
    assert "картку виправлено" in inbox
    assert "вул. Прибузька, 21" in inbox
    assert "картку виправлено" in work
    assert "Переплутано цифри" in work
    with transaction(city.vasyl.organisation_id) as session:
        service.take(session, assignment.id, Told(), by=city.vasyl)
    assert "картку виправлено" not in vasyl.get("/assignments").text, "the executor has acted since"
    masked = client("admin.khm").get(page).text
    assert "<del>•••</del> → •••" in masked
    assert "Прибузька, 21" not in masked
