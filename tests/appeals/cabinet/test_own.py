"""My appeals: one's own alone, in public steps, with term and answer, and no word of colleagues to each other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from appeals.model import Result
from appeals.tables import Appeal
from appeals.terms import service as terms
from appeals.workflow import ending, service
from appeals.workflow.model import Order, Outcome, Told
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cabinet.conftest import WRITTEN, Citizen, sent
from tests.appeals.cards import form as card
from tests.appeals.workflow.conftest import City

Visits = Callable[..., Citizen]
INTERNAL = ("робити до п’ятниці", "не чисто", "Водоканал", "трубу зварено")


def state(page: str) -> list[str]:
    """The steps that the page tells, in order."""
    words = ("зареєстровано", "в роботі", "зроблене перевіряється", "розглянуто: відповідь тут")
    log = page.partition('class="log"')[2].partition("</ol>")[0]
    return [word for line in log.split("<li>")[1:] for word in words if f"<span>{word}" in line]


def test_each_account_sees_its_own_appeals_alone(citizen: Visits, client: Visits) -> None:
    """U-72, U-80."""
    halyna, ihor = citizen().signs_in(), citizen("ihor@example.org").signs_in()
    assert "Ви ще не надіслали" in halyna.browser.get("/cabinet/khm").text
    hers, his = halyna.registers(substance="Тече труба"), ihor.registers(substance="Яма на дорозі")
    mine, other = halyna.browser.get("/cabinet/khm").text, ihor.browser.get("/cabinet/khm").text
    assert (hers in mine, his in mine, "Яма" in mine) == (True, False, False)
    assert (hers in other, his in other) == (False, True)
    assert halyna.browser.get(f"/cabinet/khm/{his}").status_code == 404
    assert halyna.browser.get(f"/cabinet/khm/{hers}").status_code == 200
    assert halyna.browser.get(f"/cabinet/dtm/{hers}").headers["location"].startswith("/cabinet/dtm/sign-in")
    with transaction(EVERY_ORGANISATION) as session:
        read = session.scalars(select(Audit.subject).where(Audit.deed == "citizen.opened_appeal")).all()
        assert read == [f"appeal:{hers}"]
    letter = card(surname="Сидоренко", given_name="Галина", phone="", source="letter", email="halyna@example.org")
    staff = client("olena").post("/appeals", data=letter)
    number = staff.headers["location"].rpartition("/")[2]
    assert halyna.browser.get(f"/cabinet/khm/{number}").status_code == 404, "an e-mail somebody wrote proves nothing"


def test_its_way_is_told_in_public_steps_up_to_the_answer(citizen: Visits, city: City) -> None:
    """U-72: without comments and names; a return for rework is "in work" as before."""
    halyna = citizen().signs_in()
    number = halyna.registers()
    page = f"/cabinet/khm/{number}"
    assert state(halyna.browser.get(page).text) == ["зареєстровано"]
    assert "не пізніше" in halyna.browser.get(page).text
    [(appeal, _)] = sent()
    khm = appeal.organisation_id
    with transaction(khm) as session:
        order = Order(executor=city.executors["water"], task=INTERNAL[0])
        [work] = service.assign(session, number, [order], Told(), by=city.olena)
    reported = Told(report=INTERNAL[3], outcome=Outcome.DONE)
    for deed, told, by in (
        (service.take, Told(), city.vasyl),
        (service.finish, reported, city.vasyl),
        (service.send_back, Told(reason=INTERNAL[1], until=datetime.now(UTC) + timedelta(days=1)), city.iryna),
        (service.take, Told(), city.vasyl),
        (service.finish, reported, city.vasyl),
    ):
        with transaction(khm) as session:
            deed(session, work.id, told, by=by)
    now = halyna.browser.get(page).text
    told = ["зареєстровано", "в роботі", "зроблене перевіряється", "в роботі", "зроблене перевіряється"]
    assert state(now) == told
    with transaction(khm) as session:
        answer = Told(report="Трубу замінено 23 листопада", result=Result.SATISFIED)
        ending.close(session, number, answer, by=city.iryna)
    over = halyna.browser.get(page).text
    assert state(over) == [*told, "розглянуто: відповідь тут"]
    assert "Трубу замінено 23 листопада" in over
    assert "вирішено позитивно" in over
    names = [city.olena.name, city.vasyl.name, city.iryna.name]
    for shown in (now, over, halyna.browser.get("/cabinet/khm").text):
        assert not [word for word in (*INTERNAL, *names) if word in shown]


def test_what_is_reopened_stays_the_authors(citizen: Visits, city: City) -> None:
    halyna, ihor = citizen().signs_in(), citizen("ihor@example.org").signs_in()
    number = halyna.registers()
    with transaction(city.olena.organisation_id) as session:
        ending.explain(session, number, Told(report="Телефонуйте до ЖЕКу"), by=city.iryna)
    with transaction(city.olena.organisation_id) as session:
        anew = ending.reopen(session, number, Told(reason="ЖЕК не відповідає"), by=city.iryna).number
    assert anew != number
    listed = halyna.browser.get("/cabinet/khm").text
    assert (number in listed, anew in listed) == (True, True)
    page = halyna.browser.get(f"/cabinet/khm/{anew}").text
    assert "зареєстровано знову" in page
    with transaction(city.olena.organisation_id) as session:
        ending.explain(session, anew, Told(report="Телефонуйте ще раз"), by=city.iryna)
    with transaction(city.olena.organisation_id) as session:
        third = ending.reopen(session, anew, Told(reason="Виконавець бреше"), by=city.iryna).number
    again, listed = halyna.browser.get(f"/cabinet/khm/{third}").text, halyna.browser.get("/cabinet/khm").text
    assert (page.count(WRITTEN["substance"]), again.count(WRITTEN["substance"])) == (1, 1), "what its author wrote"
    assert listed.count(WRITTEN["substance"]) == 3
    for shown in (page, again, listed):
        assert not [word for word in ("ЖЕК не відповідає", "Виконавець бреше") if word in shown]
    assert ihor.browser.get(f"/cabinet/khm/{anew}").status_code == 404
    with transaction(EVERY_ORGANISATION) as session:
        assert len(session.scalars(select(Appeal)).all()) == 3


def test_of_a_longer_term_its_reason_is_told_and_not_what_the_decider_remarks(citizen: Visits, city: City) -> None:
    halyna = citizen().signs_in()
    number = halyna.registers()
    [(appeal, _)] = sent()
    assert appeal.due_at is not None
    with transaction(appeal.organisation_id) as session:
        reason, until = "Чекаємо на трубу із заводу", appeal.due_at + timedelta(days=3)
        asked = terms.ask_extension(session, number, until, reason, by=city.olena)
        terms.decide_extension(session, asked.id, granted=True, decision="Востаннє, Олено", by=city.iryna)
    page = halyna.browser.get(f"/cabinet/khm/{number}").text
    assert "строк перенесено" in page
    assert (reason in page, "Востаннє" in page) == (True, False)
