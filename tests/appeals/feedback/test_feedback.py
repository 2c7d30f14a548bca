"""Marks of citizens: asked once for each answer, given once by whichever way; "no" goes on (U-06, U-84)."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from appeals.feedback import jobs, service
from appeals.feedback.model import Settled, Verdict, Way
from appeals.feedback.tables import Feedback
from appeals.notices import service as notices
from appeals.tables import Appeal, Applicant
from appeals.workflow import queries as workflow
from appeals.workflow.model import Deed, Told
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.tables import Message
from staff.tables import Audit
from tests.appeals.cabinet.conftest import CSRF, Citizen
from tests.appeals.cabinet.conftest import citizen as citizen
from tests.appeals.cabinet.conftest import opened as opened
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.conftest import city as city
from tests.appeals.workflow.test_deeds import end
from tests.appeals.workflow.test_reopening import rule
from tests.client import Client
from tests.notify.conftest import Outbox

SITE = "https://holos.test"
LINK = re.compile(rf"{SITE}(/mark/[\w-]+)")
FINE = {"mark": "5", "settled": "yes"}


@pytest.fixture
def asking(city: City) -> City:
    """The city asks by e-mail and by SMS, at any hour."""
    admin = city.centre.people["admin.khm"]
    outbox = Outbox(admin.organisation_id)
    mail, sms = outbox.channel(ChannelKind.EMAIL), outbox.channel(ChannelKind.SMS_HTTP, url="http://127.0.0.1:9")
    rules = notices.Rules(
        channel_id=sms.id, told=frozenset(), quiet_begin=time(3), quiet_end=time(3), most_a_day=9,
        mail_channel_id=mail.id,
    )  # fmt: skip
    with transaction(admin.organisation_id) as session:
        notices.arrange(session, rules, by=admin)
        service.arrange(session, asked=True, days=30, by=admin)
    return city


@pytest.fixture
def browser(app: FastAPI) -> Iterator[Client]:
    """Somebody who is signed in nowhere."""
    with Client(app) as visitor:
        yield visitor


def answered(city: City, *, days_ago: int = 0, **contacts: object) -> Appeal:
    """An appeal that was answered so long ago; of somebody with these contacts."""
    appeal = city.appeal()
    end(Deed.EXPLAIN, appeal.number, Told(report="Вода буде о шостій"), city.olena)
    with transaction(EVERY_ORGANISATION) as session:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        times = {"closed_at": at, "registered_at": at - timedelta(hours=2)}
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(**times))
        who = Applicant(
            surname="Коваль", given_name="Ольга", patronymic="", address="", organisation_id=appeal.organisation_id
        )
        who.email, who.phone = (
            str(contacts.get("email", "koval@example.org")),
            str(contacts.get("phone", "+380671112255")),
        )
        who.language = str(contacts.get("language", ""))
        session.add(who)
        session.flush()
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(applicant_id=who.id))
    return appeal


def asked() -> int:
    return jobs.ask(lambda *_: None, SITE)["marks_asked_for"]


def messages() -> list[Message]:
    with transaction(EVERY_ORGANISATION) as session:
        wanted = select(Message).where(Message.template == "citizen_asked").order_by(Message.id)
        found = session.scalars(wanted).all()
        session.expunge_all()
        return list(found)


def link() -> str:
    """The one of the newest letter."""
    found = LINK.search(messages()[-1].text)
    assert found is not None
    return found[1]


def said(appeal: Appeal) -> Feedback:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Feedback).where(Feedback.appeal_id == appeal.id)).one()
        session.expunge_all()
        return found


def test_each_answer_is_asked_about_once_by_the_way_its_author_left(asking: City) -> None:
    answered(asking, email="olha@example.org", language="ru")
    answered(asking, email="", phone="+380671112244")
    answered(asking, email="", phone="+380382123456")  # on the wall
    answered(asking, days_ago=3)  # too long ago to come back to
    asking.appeal()
    assert [asked(), asked()] == [2, 0], [(each.recipient, each.text) for each in messages()]
    letter, sms = messages()
    assert (letter.recipient, letter.language) == ("olha@example.org", "ru")
    assert (sms.recipient, sms.language, sms.to_citizen) == ("+380671112244", "uk", True)
    assert LINK.search(letter.text), letter.text
    assert len(sms.text) < 300


def test_nobody_is_asked_until_it_is_switched_on_nor_of_what_was_before(city: City) -> None:
    appeal = answered(city)
    assert asked() == 0
    admin = city.centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        service.arrange(session, asked=True, days=30, by=admin)
    assert asked() == 0
    with transaction(EVERY_ORGANISATION) as session:
        assert not session.scalars(select(Feedback).where(Feedback.appeal_id == appeal.id)).all()


def test_the_link_takes_one_mark_and_staff_see_it(
    asking: City, browser: Client, client: Callable[[str], Client]
) -> None:
    appeal = answered(asking, language="ru")
    asked()
    place = link()
    page = browser.get(place)
    assert (page.status_code, page.text.count('name="mark"')) == (200, 5)
    assert 'lang="ru"' in page.text, "in the language of the letter"
    assert "Коваль" not in page.text, "whoever opens the link learns nothing of its author"
    for wrong in ({}, {"mark": "6", "settled": "yes"}, {"mark": "5"}, {"mark": "1", "settled": "no"}):
        assert browser.post(place, data=wrong).status_code == 422, wrong
    browser.get(place)
    assert browser.post(place, data=FINE | {"comment": "Дякую, швидко"}).headers["location"] == place
    assert browser.post(place, data={"mark": "1", "settled": "yes"}).status_code == 303
    row = said(appeal)
    assert (row.mark, row.settled, row.comment, row.way) == (5, "yes", "Дякую, швидко", "link")
    assert 'name="mark"' not in browser.get(place).text
    card = client("olena").get(f"/appeals/{appeal.number}").text
    assert "Дякую, швидко" in card
    with transaction(EVERY_ORGANISATION) as session:
        [told] = session.scalars(select(Audit).where(Audit.deed == "appeal.marked")).all()
        assert (told.subject, told.person_id) == (f"appeal:{appeal.number}", None)
        assert told.details == {"mark": "5", "settled": "yes", "way": "link"}
    assert browser.get("/mark/nonsense").status_code == 404


def test_not_settled_goes_on_under_a_new_number(asking: City, browser: Client) -> None:
    appeal = answered(asking)
    asked()
    no = {"mark": "1", "settled": "no", "comment": "Води немає і досі"}
    browser.post(link(), data=no)
    with transaction(EVERY_ORGANISATION) as session:
        [anew] = workflow.find_reopened(session, appeal.id)
        assert (anew.substance, anew.state, said(appeal).reopened_id) == ("Води немає і досі", "reopened", anew.id)
        assert anew.registered_by != asking.olena.id
    assert anew.number in browser.get(link()).text
    rule(asking, 1, since=datetime.now(UTC).date() - timedelta(days=30))
    late = answered(asking, days_ago=5)
    with transaction(asking.olena.organisation_id) as session:
        verdict = Verdict(1, Settled.NO, "Води немає")
        assert service.mark(session, late.number, verdict, Way.LINK, by=None).reopened_id is None
        assert not workflow.find_reopened(session, late.id), "the organisation's limit for reopening holds"


def test_too_late_and_before_an_answer_there_is_nothing_to_mark(asking: City, browser: Client) -> None:
    appeal = answered(asking)
    asked()
    place = link()
    with transaction(EVERY_ORGANISATION) as session:
        long_ago = datetime.now(UTC) - timedelta(days=31)
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(closed_at=long_ago))
        session.execute(update(Feedback).where(Feedback.appeal_id == appeal.id).values(closed_at=long_ago))
    page = browser.get(place)
    assert (page.status_code, 'name="mark"' in page.text) == (200, False)
    browser.post(place, data=FINE)
    assert said(appeal).mark is None
    for number in (appeal.number, asking.appeal().number):
        with pytest.raises(service.NotAsked), transaction(asking.olena.organisation_id) as session:
            service.mark(session, number, Verdict(5, Settled.YES), Way.PHONE, by=asking.olena)


def test_of_many_at_once_one_is_noted(asking: City) -> None:
    appeal = answered(asking)

    def say(mark: int) -> int:
        try:
            with transaction(asking.olena.organisation_id) as session:
                return service.mark(session, appeal.number, Verdict(mark, Settled.YES), Way.CABINET, by=None).mark or 0
        except service.AlreadyMarked:
            return 0

    with ThreadPoolExecutor(5) as pool:
        noted = [each for each in pool.map(say, range(1, 6)) if each]
    assert noted == [said(appeal).mark]


def test_whoever_has_the_author_on_the_phone_notes_it(asking: City, client: Callable[[str], Client]) -> None:
    appeal, olena = answered(asking), client("olena")
    place = f"/appeals/{appeal.number}/mark"
    assert place in olena.get(f"/appeals/{appeal.number}").text
    assert olena.get(place).status_code == 200
    assert olena.post(place, data={"mark": "3"}).status_code == 422
    assert client("mykola").post(place, data=FINE).status_code == 403
    assert olena.post(place, data={"mark": "3", "settled": "partly", "comment": ""}).status_code == 303
    row = said(appeal)
    assert (row.mark, row.way, row.noted_by) == (3, "phone", asking.olena.id)
    page = olena.get(f"/appeals/{appeal.number}").text
    assert f'href="{place}"' not in page
    assert asking.olena.name in page
    assert asked() == 0, "whoever has said it is not asked"


def test_the_author_marks_in_the_cabinet(citizen: Callable[..., Citizen], city: City) -> None:
    halyna, ihor = citizen().signs_in(), citizen("ihor@example.org").signs_in()
    number = halyna.registers()
    place = f"/cabinet/khm/{number}"
    assert 'name="mark"' not in halyna.browser.get(place).text, "not before the answer"
    end(Deed.EXPLAIN, number, Told(report="Гойдалку поставлять у травні"), city.olena)
    page = halyna.browser.get(place).text
    token = CSRF.findall(page)[-1]
    assert page.count('name="mark"') == 5
    assert ihor.browser.post(f"{place}/mark", data=FINE | {"csrf": ihor.token()}).status_code == 404
    assert halyna.browser.post(f"{place}/mark", data=FINE | {"csrf": "x"}).status_code == 403
    no = {"mark": "2", "settled": "no", "csrf": token}
    assert halyna.browser.post(f"{place}/mark", data=no).status_code == 422
    answer = halyna.browser.post(f"{place}/mark", data=no | {"comment": "Травень минув"})
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    page = halyna.browser.get(place).text
    assert (page.count('name="mark"'), "Травень минув" in page) == (0, True)
    with transaction(EVERY_ORGANISATION) as session:
        anew = session.scalars(select(Appeal.number).where(Appeal.reopens_id.is_not(None))).one()
    assert anew in page, "what goes on stands beside the mark"
    assert halyna.browser.get(f"/cabinet/khm/{anew}").status_code == 200


def test_the_rules_are_changed_with_old_and_new(city: City, client: Callable[[str], Client]) -> None:
    admin = client("admin.khm")
    assert admin.get("/channels/feedback").status_code == 200
    assert admin.post("/channels/feedback", data={"asked": "true", "days": "0"}).status_code == 422
    assert admin.post("/channels/feedback", data={"asked": "true", "days": "14"}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        [told] = session.scalars(select(Audit).where(Audit.deed == "feedback.arranged")).all()
        assert told.details == {"asked": "no → yes", "days": "30 → 14"}
    assert client("olena").get("/channels/feedback").status_code == 403
