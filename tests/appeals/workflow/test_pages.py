"""The work on appeals over HTTP: an executor's inbox, the dispatchers' deeds, what is refused and how it is told."""

import html
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

import db
from appeals.attachments import service as attachments
from appeals.attachments.tables import Attachment
from appeals.particulars import queries as particulars
from appeals.routing import service as routing
from appeals.workflow.model import Deed, Outcome, Told
from appeals.workflow.tables import AppealDeed, Assignment
from db import EVERY_ORGANISATION, transaction
from notify import channels
from notify.model import ChannelKind
from notify.tables import Message
from staff.tables import Audit, Person
from tests.appeals.cards import Browser, form
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.test_deeds import do, stored
from tests.pages.statements import counted, statements_of

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
DONE = Told(report="Полагоджено", outcome=Outcome.DONE)


def test_an_appeal_is_given_out_done_and_closed(city: City, client: Browser) -> None:
    appeal, olena, vasyl = city.appeal(), client("olena"), client("vasyl")
    place = f"/appeals/{appeal.number}"
    given = {"deed": "assign", "executor": "water · Водоканал", "co": ["roads"], "task": "Перекрити кран"}
    assert olena.post(f"{place}/work", data=given).headers["location"] == place
    assert {"Водоканал", "Шляховик"} <= set(re.findall("<strong>([^<]+)</strong>", olena.get(place).text))
    inbox = vasyl.get("/assignments").text
    assert appeal.number in inbox
    assert "Перекрити кран" in inbox
    [mine] = re.findall(r'href="(/assignments/\d+)"', inbox)
    page = vasyl.get(mine).text
    assert 'href="tel:+380671112233"' in page
    assert "вул. Прибузька, 12" in page
    assert [value for value in ("take", "decline", "ask_later", "finish") if f'value="{value}"' in page] == [
        "take", "decline", "ask_later",
    ]  # fmt: skip
    assert vasyl.post(mine, data={"deed": "take"}).headers["location"] == mine
    refused = vasyl.post(mine, data={"deed": "finish", "outcome": "done"})
    assert (refused.status_code, "Напишіть, що зроблено чи відповіли" in refused.text) == (422, True)
    done = {"deed": "finish", "outcome": "done", "report": "Полагоджено"}
    assert vasyl.post(mine, data=done).headers["location"] == "/assignments"
    [other] = [each.id for each in works(appeal.id) if each.role == "co"]
    entered = {"deed": "answer_for", "assignment": str(other), "outcome": "explained", "report": "Лист 12"}
    assert olena.post(f"{place}/work", data=entered).status_code == 303
    assert appeal.number in olena.get("/appeals/work").text
    closed = {"deed": "close", "result": "satisfied", "report": "Воду подано"}
    assert olena.post(f"{place}/work", data=closed).status_code == 303
    told = html.unescape(olena.get(place).text)
    assert [
        word for word in ("Воду подано", "прийнято й закрито", "результат внесено за виконавця") if word not in told
    ] == []
    with transaction(EVERY_ORGANISATION) as session:
        assert "assignment.opened" in set(session.scalars(select(Audit.deed)))


def test_a_look_at_the_inbox_or_at_one_piece_asks_for_nothing_twice(city: City, client: Browser) -> None:
    [mine] = city.given(city.appeal(), "water")
    vasyl = client("vasyl")
    for place in ("/assignments", f"/assignments/{mine.id}"):
        vasyl.get(place)
        asked_again = []
        for _ in range(3):  # another thread of this process may ask now and then
            with counted(db.engine()) as statements:
                assert vasyl.get(place).status_code == 200
            asked = [each for each in statements if each.startswith("SELECT") and "set_config" not in each]
            asked_again.append({each for each in asked if asked.count(each) > 1})
        assert set.intersection(*asked_again) == set(), place


def works(appeal: int) -> list[Assignment]:
    """Its assignments."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Assignment).where(Assignment.appeal_id == appeal).order_by(Assignment.id)))


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"deed": "assign", "executor": "nobody"}, "executor", "Виберіть хоча б одного виконавця"),
        ({"deed": "assign", "executor": "suv"}, "executor", "Виберіть хоча б одного виконавця"),
        ({"deed": "forward", "reason": "x"}, "body", "Напишіть, до якого органу"),
        ({"deed": "return_to_author"}, "reason", "Напишіть причину"),
        ({"deed": "not_subject"}, "reason", "Напишіть причину"),
        ({"deed": "explain"}, "report", "Напишіть, що зроблено"),
        ({"deed": "close", "result": "satisfied", "report": "x"}, "deed", "У теперішньому стані"),
        ({"deed": "reopen", "reason": "x"}, "deed", "У теперішньому стані"),
        ({"deed": "take"}, "deed", "У теперішньому стані"),
        ({"deed": "dance"}, "deed", "Виберіть одне із"),
    ],
)
def test_a_refusal_is_told_beside_the_form(city: City, client: Browser, sent: dict, field: str, words: str) -> None:
    appeal = city.appeal()
    answer = client("olena").post(f"/appeals/{appeal.number}/work", data=sent)
    assert answer.status_code == (409 if field == "deed" and sent["deed"] != "dance" else 422)
    assert words in html.unescape(answer.text)
    assert stored(appeal).state == appeal.state


def test_who_was_faster_is_told_by_name(city: City, client: Browser) -> None:
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    with transaction(EVERY_ORGANISATION) as session:
        seen = session.scalar(select(AppealDeed.id).order_by(AppealDeed.id.desc()).limit(1))
    do(Deed.DECLINE, work.id, Told(reason="Не наше"), city.vasyl)
    answer = client("olena").post(
        f"/appeals/{appeal.number}/work", data={"deed": "assign", "co": ["roads"], "seen": str(seen)}
    )
    assert answer.status_code == 409
    assert "Вас випередили (Vasyl): не за компетенцією виконавця" in html.unescape(answer.text)


def test_another_executors_work_is_not_there(city: City, client: Browser) -> None:
    """U-40, U-112: nor in the list, nor by guessing."""
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    petro = client("petro")
    assert "/assignments/" not in re.sub("/assignments/live", "", petro.get("/assignments").text)
    assert petro.get(f"/assignments/{work.id}").status_code == 404
    assert petro.post(f"/assignments/{work.id}", data={"deed": "take"}).status_code == 404
    assert client("jasur").get(f"/assignments/{work.id}").status_code == 404
    assert client("olena").get(f"/assignments/{work.id}").status_code == 403
    assert petro.get(f"/appeals/{appeal.number}").status_code == 404


def test_forwarding_and_returning_tell_the_author(city: City, client: Browser) -> None:
    """Articles 5 and 7: result 9.4 and 9.5, the letter, and whether the law's days were kept."""
    with transaction(city.olena.organisation_id) as session:
        channels.add_channel(session, city.olena.organisation_id, name="Пошта", kind=ChannelKind.EMAIL).enabled = True
    olena = client("olena")
    first, second = city.appeal(), city.appeal()
    page = html.unescape(olena.get(f"/appeals/{first.number}/work").text)
    assert page.count("За законом – до") == 2
    sent = {"deed": "forward", "body": "Облрада", "reason": "Її майно"}
    assert olena.post(f"/appeals/{first.number}/work", data=sent).status_code == 303
    sent = {"deed": "return_to_author", "reason": "Немає підпису"}
    assert olena.post(f"/appeals/{second.number}/work", data=sent).status_code == 303
    assert [(stored(each).state, stored(each).result) for each in (first, second)] == [
        ("forwarded", "forwarded"), ("returned_to_author", "returned_to_author"),
    ]  # fmt: skip
    with transaction(EVERY_ORGANISATION) as session:
        letters = {each.template: each.text for each in session.scalars(select(Message))}
    assert set(letters) == {"appeal_forwarded", "appeal_returned"}
    assert "Облрада" in letters["appeal_forwarded"]
    assert "Немає підпису" in letters["appeal_returned"]


def test_a_return_to_the_author_after_the_laws_ten_days_is_marked(city: City, client: Browser) -> None:
    """U-88, article 5: the letter, result 9.4, and whether it was done in time."""
    olena, now = client("olena"), datetime.now(UTC)
    in_time, too_late = (city.appeal(received_at=now - timedelta(days=days)) for days in (5, 15))
    for each in (in_time, too_late):
        sent = {"deed": "return_to_author", "reason": "Немає місця проживання"}
        assert olena.post(f"/appeals/{each.number}/work", data=sent).status_code == 303
        with transaction(EVERY_ORGANISATION) as session:
            codes = {code.section: entry.code for code, entry in particulars.codes(session, each.id)}
        assert codes["result"] == "9.4"
    with transaction(EVERY_ORGANISATION) as session:
        returned = select(AppealDeed).where(AppealDeed.deed == Deed.RETURN_TO_AUTHOR)
        marked = {each.appeal_id: each.late for each in session.scalars(returned)}
    assert marked == {in_time.id: False, too_late.id: True}
    assert "після строку закону" in html.unescape(olena.get(f"/appeals/{too_late.number}").text)
    assert "після строку закону" not in html.unescape(olena.get(f"/appeals/{in_time.number}").text)


def test_a_closed_appeal_is_reopened_as_a_new_one(city: City, client: Browser) -> None:
    """U-85: not without a comment; the chain both ways; executor, term and counters begin anew; marked as repeated."""
    appeal, olena = city.appeal(), client("olena")
    [work] = city.given(appeal, "water")
    do(Deed.ANSWER_FOR, work.id, DONE, city.olena)
    place = f"/appeals/{appeal.number}"
    olena.post(f"{place}/work", data={"deed": "close", "result": "satisfied", "report": "x"})
    assert olena.post(f"{place}/work", data={"deed": "reopen"}).status_code == 422
    again = olena.post(f"{place}/work", data={"deed": "reopen", "reason": "Знову немає води"}).headers["location"]
    assert again != place
    assert f'href="{again}"' in olena.get(place).text
    page = olena.get(again).text
    assert f'href="{place}"' in page
    assert "2.2" in page
    assert "Ще нікому не передано" in html.unescape(page)


def test_the_card_gives_it_out_by_rule(city: City, client: Browser) -> None:
    """U-03: the registration by the card; explained at once it goes to nobody (U-101)."""
    with transaction(city.olena.organisation_id) as session:
        rule = routing.Wanted(executor_id=city.executors["water"], basis="x", valid_from=YESTERDAY)
        routing.set_rule(session, city.olena.organisation_id, rule, replaces=False, by=city.olena)
    olena, vasyl = client("olena"), client("vasyl")
    sent = form(substance="Тече труба")
    for _ in range(2):
        assert olena.post("/appeals", data=sent).status_code == 303
    olena.post("/appeals", data=form(substance="Коли дадуть воду", deed="explain", explanation="О 18:00"))
    inbox = vasyl.get("/assignments").text
    assert inbox.count("work-card work-") == 1
    assert "Тече труба" in inbox


@pytest.mark.parametrize("language", ["uk", "ru", "uz", "en"])
def test_every_group_and_list_speaks_each_language(city: City, client: Browser, language: str) -> None:
    city.given(city.appeal(), "water")
    vasyl, olena = client("vasyl"), client("olena")
    for browser in (vasyl, olena):
        browser.post("/language", data={"language": language})
    for group in ("", "overdue", "returned", "soon", "new", "in_work", "nonsense"):
        assert vasyl.get("/assignments", params={"group": group}).status_code == 200
    for queue in ("verify", "back", "later", "unassigned", "nonsense"):
        assert olena.get("/appeals/work", params={"of": queue}).status_code == 200


def test_executors_are_offered_while_one_is_typed(city: City, client: Browser) -> None:
    olena = client("olena")
    assert "water · Водоканал" in olena.get("/appeals/work-executors", params={"executor": "водо"}).text
    assert "roads · Шляховик" in olena.get("/appeals/work-executors", params={"co": "roads"}).text
    assert "suv" not in olena.get("/appeals/work-executors", params={"executor": ""}).text


def test_an_inbox_asks_as_little_for_many_as_for_few(city: City, client: Browser) -> None:
    vasyl = client("vasyl")
    city.given(city.appeal(), "water")
    vasyl.get("/assignments")
    few = statements_of(lambda: vasyl.get("/assignments"))
    for _ in range(6):
        city.given(city.appeal(), "water")
    assert vasyl.get("/assignments").text.count("work-card work-") == 7
    assert statements_of(lambda: vasyl.get("/assignments")) == few


def test_done_without_the_compulsory_photo_is_refused(city: City, client: Browser) -> None:
    """U-109: it counts where it shows this very work; another executor does not see it."""
    with transaction(city.olena.organisation_id) as session:
        attachments.ask_for(session, "", "a2", today=YESTERDAY, by=city.centre.people["admin.khm"])
    appeal, vasyl = city.appeal(), client("vasyl")
    mine, other = city.given(appeal, "water", "roads")
    place = f"/assignments/{mine.id}"
    vasyl.post(place, data={"deed": "take"})
    done = {"deed": "finish", "outcome": "done", "report": "Полагоджено"}
    refused = vasyl.post(place, data=done)
    assert (refused.status_code, "Бракує обов’язкового вкладення" in html.unescape(refused.text)) == (422, True)
    assert 'value="Полагоджено"' in refused.text or ">Полагоджено</textarea>" in refused.text
    photo = shown_by(appeal.id, mine.id, city.vasyl)
    assert f"{place}/attachments/{photo}/small" in vasyl.get(place).text
    petro = client("petro")
    assert f"/attachments/{photo}/" not in petro.get(f"/assignments/{other.id}").text
    assert petro.get(f"/assignments/{other.id}/attachments/{photo}/file").status_code == 404
    assert petro.get(f"{place}/attachments/{photo}/file").status_code == 404
    assert vasyl.post(place, data=done).status_code == 303


def shown_by(appeal: int, assignment: int, by: Person) -> int:
    """A photo after the work, as if it were in the store."""
    with transaction(by.organisation_id) as session:
        kind = next(each.id for each in attachments.offered(session, by.organisation_id) if each.code == "a2")
        photo = Attachment(
            organisation_id=by.organisation_id, appeal_id=appeal, assignment_id=assignment, kind_id=kind,
            submission=uuid4(), file_name="photo.jpg", media_type="image/jpeg", size=1, sha256="0" * 64,
            object_key=f"attachments/none/{uuid4()}", small_key="attachments/none/small", width=1, height=1,
            added_by=by.id,
        )  # fmt: skip
        session.add(photo)
        session.flush()
        return photo.id
