"""An appeal by the simplified form: with an account, by its definition, registered as any other, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from appeals.addresses import service as addresses
from appeals.addresses.model import HouseNumber, StreetKind
from appeals.addresses.tables import AppealAddress
from appeals.applicants.tables import Applicant
from appeals.attachments.tables import Attachment
from appeals.cabinet.model import APPEALS_A_DAY
from appeals.cabinet.tables import CabinetAccount, CabinetDraft
from appeals.model import Source
from appeals.particulars.tables import AppealCode
from db import EVERY_ORGANISATION, store, transaction
from staff.tables import Audit
from tests.appeals.attachments import samples
from tests.appeals.cabinet.conftest import CSRF, SUBMISSION, WRITTEN, Citizen, letters, sent
from tests.appeals.cards import form as card
from tests.appeals.cards import searched
from tests.centre import Centre
from tests.client import Client

Visits = Callable[..., Citizen]


def drafts() -> list[CabinetDraft]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(CabinetDraft)))


def test_nobody_writes_without_an_account_and_the_draft_is_there_after_the_sign_in(citizen: Visits) -> None:
    """U-71."""
    halyna = citizen()
    answer = halyna.sends()
    assert (answer.status_code, answer.headers["location"]) == (303, "/cabinet/khm/sign-in?next=/write/khm")
    assert sent() == []
    assert "Написане збережено" in halyna.browser.get(answer.headers["location"]).text
    assert WRITTEN["substance"] in halyna.page(), "in this browser"
    assert WRITTEN["substance"] not in citizen("other@example.org").page(), "and in no other"
    halyna.asks_for_a_code()
    led = halyna.types(halyna.code(), next="/write/khm")
    [draft] = drafts()
    assert led.headers["location"] == f"/write/khm?draft={draft.id}"
    page = halyna.page(draft.id)
    assert all(text in page for text in WRITTEN.values() if text != "water")
    assert '<option value="water" selected' in page
    number = halyna.registers(draft=draft.id)
    assert [appeal.number for appeal, _ in sent()] == [number]
    assert drafts() == []
    assert WRITTEN["substance"] not in halyna.page()
    assert 'value="Сидоренко"' in halyna.page(), "who writes again need not say who they are"


def test_a_page_from_before_the_sign_in_and_keeping_for_later_lose_nothing(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    early = halyna.browser.post("/write/khm", data=WRITTEN | {"substance": "Написане раніше"})
    [brought] = drafts()
    assert early.headers["location"] == f"/write/khm?draft={brought.id}"
    assert "Написане раніше" in halyna.page(brought.id)
    kept = halyna.keeps(substance="Напишу завтра")
    assert "Напишу завтра" in halyna.page(kept)
    listed = halyna.browser.get("/cabinet/khm").text
    assert all(f'href="/write/khm?draft={draft}"' in listed for draft in (brought.id, kept))
    assert (sent(), len(drafts())) == ([], 2)


def test_it_is_registered_as_any_other_with_number_term_and_author(citizen: Visits, client: Visits) -> None:
    """U-07, U-70: five fields; the number is shown and sent, staff see whose account it was."""
    halyna = citizen().signs_in()
    number = halyna.registers(phone="067 551 40 22")
    [(appeal, link)] = sent()
    assert (appeal.number, appeal.source, appeal.state) == (number, Source.SITE, "registered")
    assert (appeal.address, link.reply) == (WRITTEN["address"], "email")
    assert appeal.due_at is not None
    with transaction(EVERY_ORGANISATION) as session:
        applicant = session.get_one(Applicant, appeal.applicant_id)
        assert (applicant.name, applicant.phone, link.phone) == ("Сидоренко Галина", None, "+380675514022")
        assert (applicant.email, applicant.language) == ("halyna@example.org", "uk")
        account = session.scalars(select(CabinetAccount)).one()
        assert account.applicant_id == applicant.id
        forms = session.scalars(select(AppealCode).where(AppealCode.section == "form")).all()
        assert len(forms) == 1, "the control card has its form of receipt"
    shown = halyna.browser.get(f"/cabinet/khm/{number}").text
    assert f"зареєстровано за номером {number}" in shown
    [letter] = [each for each in letters() if each.template == "cabinet_registered"]
    assert (letter.recipient, number in letter.text) == ("halyna@example.org", True)
    page = client("olena").get(f"/appeals/{number}").text
    assert "halyna@example.org" in page
    assert "через сайт" in page
    assert "551\xa04022" in page.partition("телефон не підтверджено")[0][-80:]
    assert "підтверджено кодом" in page
    listed = client("olena").get("/appeals", params={"source": "site"}).text
    assert f'href="/appeals/{number}"' in listed


def test_a_form_is_registered_once_however_often_and_in_parallel_it_is_sent(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    page = halyna.page()
    found = CSRF.search(page), SUBMISSION.search(page)
    assert found[0] is not None
    assert found[1] is not None
    data = WRITTEN | {"csrf": found[0][1], "submission": found[1][1]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: halyna.browser.post("/write/khm/upload", data=data), range(4)))
    assert {answer.headers["location"] for answer in answers} == {f"/cabinet/khm/{sent()[0][0].number}"}
    assert len(sent()) == 1
    assert len([each for each in letters() if each.template == "cabinet_registered"]) == 1
    thief = citizen("thief@example.org").signs_in()
    taken = thief.sends(submission=found[1][1])
    assert taken.status_code == 404, "another's form tells nothing"
    assert len(sent()) == 1


def test_a_page_gone_back_to_with_another_text_is_another_appeal(citizen: Visits) -> None:
    """Sent twice it is registered once too, and what is registered waits no more to be sent."""
    halyna = citizen().signs_in()
    found = SUBMISSION.search(halyna.page())
    assert found
    first = halyna.registers(submission=found[1])
    second = halyna.registers(submission=found[1], substance="Яма на дорозі біля школи")
    halyna.keeps(submission=found[1], substance="Яма на дорозі біля школи")
    again = halyna.registers(submission=found[1], substance="Яма на дорозі біля школи")
    assert (second != first, again) == (True, second)
    written = [(appeal.number, appeal.substance) for appeal, _ in sent()]
    assert written == [(first, WRITTEN["substance"]), (second, "Яма на дорозі біля школи")]
    assert drafts() == []


def test_what_is_missing_or_wrong_is_told_beside_the_field_and_nothing_is_saved(citizen: Visits) -> None:
    """U-87, U-38."""
    halyna = citizen().signs_in()
    for field in ("topic", "substance", "address", "surname", "given_name"):
        answer = halyna.sends(**{field: ""})
        assert answer.status_code == 422, field
        assert f'id="error-{field}"' in answer.text, field
    for field, value in {"topic": "no such", "phone": "not a number", "substance": "x" * 10_001}.items():
        answer = halyna.sends(**{field: value})
        assert (answer.status_code, f'id="error-{field}"' in answer.text) == (422, True), field
    assert sent() == []
    assert not [each for each in letters() if each.template == "cabinet_registered"]


def test_nobody_is_taken_for_another_by_a_name_and_a_telephone(citizen: Visits, client: Visits) -> None:
    """A telephone that nobody has proven opens no past, and gives no other e-mail to whoever has it."""
    olena = client("olena")
    known = {"surname": "Сидоренко", "given_name": "Галина", "phone": "0675514022", "email": "real@example.org"}
    filled = {"source": "reception", "kind": "complaint", "topic": "water", "substance": "Таємна справа"}
    olena.get("/appeals/new")
    made = olena.post("/appeals", data=known | filled | {"submission": "5b0c8a70-6a51-4a57-9c6c-0c7ad6ba2b11"})
    assert made.status_code == 303, made.text[:500]
    thief = citizen("thief@example.org").signs_in()
    thief.registers(phone="067 551 40 22")
    with transaction(EVERY_ORGANISATION) as session:
        first, second = session.scalars(select(Applicant).order_by(Applicant.id)).all()
        assert (first.email, second.email) == ("real@example.org", "thief@example.org")
    assert "Таємна справа" not in thief.browser.get("/cabinet/khm").text


def test_a_telephone_from_the_form_is_nobodys_until_it_is_proven(citizen: Visits, client: Visits) -> None:
    """Whoever calls from it later is written down as themselves, without the e-mail of who typed it."""
    thief = citizen("thief@example.org").signs_in()
    thief.registers(phone="067 551 40 22")
    olena = client("olena")
    found = searched(olena, phone="067 551 40 22")
    assert (found.status_code, "thief@example.org" in found.text) == (200, False)
    letter = card(surname="Сидоренко", given_name="Галина", phone="067 551 40 22", source="reception")
    assert olena.post("/appeals", data=letter).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        first, second = session.scalars(select(Applicant).order_by(Applicant.id)).all()
        assert (first.email, first.phone) == ("thief@example.org", None)
        assert (second.email, second.phone) == ("", "+380675514022")


def test_files_go_with_the_appeal_without_their_place_or_nothing_goes(citizen: Visits, kept: None) -> None:
    halyna = citizen().signs_in()
    refused = halyna.sends([("яма.jpg", samples.photo()), ("virus.pdf", samples.PROGRAM)])
    assert refused.status_code == 422
    assert "virus.pdf" in refused.text
    assert (sent(), list(store.listing("attachments/"))) == ([], [])
    answer = halyna.sends([("яма.jpg", samples.photo()), ("заява.pdf", samples.paper())])
    assert answer.status_code == 303, answer.text[:2000]
    number = answer.headers["location"].rpartition("/")[2]
    with transaction(EVERY_ORGANISATION) as session:
        photo, paper = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    page = halyna.browser.get(f"/cabinet/khm/{number}").text
    assert "яма.jpg" in page
    assert "заява.pdf" in page
    got = halyna.browser.get(f"/cabinet/khm/{number}/files/{photo.id}")
    assert not [word for word in samples.GPS_WORDS if word in got.content]
    with transaction(EVERY_ORGANISATION) as session:
        written = session.scalars(select(Audit).where(Audit.deed == "citizen.took_file")).one()
        account = session.scalars(select(CabinetAccount)).one()
        about = {"account": str(account.id), "attachment": str(photo.id), "sha256": photo.sha256}
        assert (written.subject, written.details) == (f"appeal:{number}", about)
    assert halyna.browser.get(f"/cabinet/khm/{number}/files/{photo.id}/small").status_code == 200
    token = {"csrf": halyna.token()}
    more = [("files", ("ще.pdf", samples.paper(), "application/pdf"))]
    assert halyna.browser.post(f"/cabinet/khm/{number}/upload", data=token, files=more).status_code == 303
    assert "ще.pdf" in halyna.browser.get(f"/cabinet/khm/{number}").text
    stranger = citizen("other@example.org").signs_in()
    assert stranger.browser.get(f"/cabinet/khm/{number}/files/{paper.id}").status_code == 404
    token = {"csrf": stranger.token()}
    assert stranger.browser.post(f"/cabinet/khm/{number}/upload", data=token, files=more).status_code == 404


def test_so_many_a_day(citizen: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    assert APPEALS_A_DAY == 20
    monkeypatch.setattr("appeals.cabinet.writing.APPEALS_A_DAY", 1)
    halyna = citizen().signs_in()
    halyna.registers()
    refused = halyna.sends(substance="Ще одне")
    assert (refused.status_code, "завтра" in refused.text) == (422, True)


def test_so_many_a_day_sent_at_once(citizen: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeals.cabinet.writing.APPEALS_A_DAY", 2)
    halyna = citizen().signs_in()
    token = {"csrf": halyna.token()}
    forms = [WRITTEN | token | {"submission": str(uuid4()), "substance": f"Яма {each}"} for each in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda data: halyna.browser.post("/write/khm", data=data), forms))
    assert sorted(answer.status_code for answer in answers) == [303, 303, 422, 422, 422]
    assert len(sent()) == 2
    assert "завтра" in next(answer.text for answer in answers if answer.status_code == 422)


def test_streets_are_offered_to_anybody_of_that_city_alone(anybody: Client, citizen: Visits, centre: Centre) -> None:
    """U-94 for citizens; the house that was chosen is the appeal's."""
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        settlement = addresses.add_settlement(session, admin.organisation_id, "Хмельницький")
        street = addresses.add_street(session, settlement, StreetKind.STREET, "Прибузька", by=admin)
        house = addresses.add_house(session, street, HouseNumber(12), by=admin).id
    offered = anybody.get("/write/khm/addresses", params={"q": "прибуз 12"}).json()["offers"]
    assert [each["house"] for each in offered] == [house]
    assert anybody.get("/write/khm/addresses", params={"q": "нема такої"}).json() == {"offers": []}
    assert anybody.get("/write/dtm/addresses", params={"q": "прибуз"}).status_code == 404, "closed there"
    halyna = citizen().signs_in()
    halyna.registers(address=f"{offered[0]['text']}, кв. 4", house=str(house))
    with transaction(EVERY_ORGANISATION) as session:
        [written] = session.scalars(select(AppealAddress)).all()
        assert (written.house_id, written.detail) == (house, "кв. 4")


def test_of_two_streets_called_alike_the_one_that_was_chosen_is_the_appeals(citizen: Visits, centre: Centre) -> None:
    """One is called so today, the other was until it was renamed."""
    admin, today = centre.people["admin.khm"], datetime.now(UTC).date()
    with transaction(admin.organisation_id) as session:
        settlement = addresses.add_settlement(session, admin.organisation_id, "Хмельницький")
        former = addresses.add_street(session, settlement, StreetKind.STREET, "Тиха", by=admin)
        addresses.add_house(session, former, HouseNumber(5), by=admin)
        addresses.rename(session, former, StreetKind.STREET, "Гучна", on=today, today=today, by=admin)
        street = addresses.add_street(session, settlement, StreetKind.STREET, "Тиха", by=admin)
        chosen = addresses.add_house(session, street, HouseNumber(5), by=admin).id
    citizen().signs_in().registers(address="вул. Тиха, 5", house=str(chosen))
    with transaction(EVERY_ORGANISATION) as session:
        assert [each.house_id for each in session.scalars(select(AppealAddress))] == [chosen]


def test_who_asks_for_streets_too_often_waits(
    anybody: Client, citizen: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appeals.cabinet.routes.OFFERS_A_MINUTE", 0)
    refused = citizen().browser.get("/write/khm/addresses", params={"q": "прибуз"})
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
