"""A telephone proven by a code by SMS: it opens an account, is a contact, and joins the e-mail of the same person."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from appeals.applicants.tables import Applicant, ApplicantContact
from appeals.cabinet import service
from appeals.cabinet.model import CODES_AN_HOUR, SMS_AN_HOUR
from appeals.cabinet.tables import Cabinet, CabinetAccount
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.tables import Channel
from tests.appeals.cabinet.conftest import CODE, Citizen, letters, sent
from tests.centre import Centre
from tests.client import Client
from tests.notify.conftest import Outbox

Visits = Callable[..., Citizen]
PHONE = "+380675514022"


@pytest.fixture
def by_sms(centre: Centre, opened: Outbox) -> Channel:
    """The cabinet sends codes by SMS too."""
    channel = opened.channel(ChannelKind.SMS_HTTP)
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        cabinet = session.get_one(Cabinet, admin.organisation_id)
        service.arrange(session, cabinet.mail_channel_id, cabinet.file_kind, sms=channel.id, by=admin)
    return channel


def accounts() -> list[tuple[str | None, str | None]]:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(CabinetAccount).order_by(CabinetAccount.id))
        return [(each.email, each.telephone) for each in found]


def adds(citizen: Citizen, contact: str) -> None:
    """Proves one more contact of the account that is signed in."""
    asked = citizen.browser.post("/cabinet/khm/contacts", data={"csrf": citizen.token(), "contact": contact})
    assert asked.status_code == 303, asked.text[:2000]
    code = CODE.findall(letters()[-1].text)[0]
    typed = citizen.browser.post("/cabinet/khm/contacts/code", data={"csrf": citizen.token(), "digits": code})
    assert typed.status_code == 303, typed.text[:2000]


def test_a_code_by_sms_opens_an_account_and_the_telephone_is_a_contact(
    citizen: Visits, by_sms: Channel, client: Callable[[str], Client]
) -> None:
    """U-71."""
    halyna = citizen(PHONE)
    assert halyna.asks_for_a_code("067 551 40 22").status_code == 303
    [sms] = letters()
    assert (sms.channel_id, sms.recipient, sms.to_citizen) == (by_sms.id, PHONE, False), "asked for, not offered"
    assert len(sms.text) <= 134, "two parts of an SMS at most"
    assert halyna.types(halyna.code()).headers["location"] == "/cabinet/khm"
    assert accounts() == [(None, PHONE)]
    number = halyna.registers(phone="0675514022")
    with transaction(EVERY_ORGANISATION) as session:
        applicant = session.scalars(select(Applicant)).one()
        assert (applicant.phone, applicant.email) == (PHONE, "")
    [(_, link)] = sent()
    assert (link.reply, link.phone) == ("sms", ""), "what is proven does not stand there as not proven"
    assert [(each.recipient, number in each.text) for each in letters() if "registered" in each.template] == [
        (PHONE, True)
    ]
    page = client("olena").get(f"/appeals/{number}").text
    assert "підтверджено кодом" in page
    assert "не підтверджено" not in page
    again = citizen(PHONE).signs_in()
    assert number in again.browser.get("/cabinet/khm").text


def test_the_other_contact_is_added_by_a_code_and_opens_the_same_account(citizen: Visits, by_sms: Channel) -> None:
    halyna = citizen().signs_in()
    number = halyna.registers(phone="067 551 40 22")
    adds(halyna, "067 551 40 22")
    assert accounts() == [("halyna@example.org", PHONE)]
    [(_, link)] = sent()
    assert link.phone == ""
    with transaction(EVERY_ORGANISATION) as session:
        kinds = session.scalars(select(ApplicantContact.kind).where(ApplicantContact.value == PHONE)).all()
        assert kinds == ["phone"]
    assert number in citizen(PHONE).signs_in().browser.get("/cabinet/khm").text
    assert halyna.browser.get("/cabinet/khm/contacts").text.count("підтверджено кодом") == 2


def test_two_accounts_of_one_person_become_one(citizen: Visits, by_sms: Channel) -> None:
    first = citizen(PHONE).signs_in()
    number, draft = first.registers(), first.keeps(substance="Розпочате з телефона")
    halyna = citizen().signs_in()
    adds(halyna, PHONE)
    assert accounts() == [("halyna@example.org", PHONE)]
    listed = halyna.browser.get("/cabinet/khm").text
    assert number in listed
    assert "Розпочате з телефона" in halyna.page(draft)
    assert first.browser.get("/cabinet/khm").status_code == 303, "its sessions are over"
    ihor = citizen("ihor@example.org").signs_in()
    adds(ihor, PHONE)
    assert accounts() == [("halyna@example.org", None), ("ihor@example.org", PHONE)], "who proves it last has it"
    assert number not in ihor.browser.get("/cabinet/khm").text
    assert number in halyna.browser.get("/cabinet/khm").text


def test_a_code_that_adds_a_contact_opens_no_account_and_only_its_own(citizen: Visits, by_sms: Channel) -> None:
    halyna, thief = citizen().signs_in(), citizen("thief@example.org").signs_in()
    halyna.browser.post("/cabinet/khm/contacts", data={"csrf": halyna.token(), "contact": PHONE})
    code = CODE.findall(letters()[-1].text)[0]
    wrong = thief.browser.post("/cabinet/khm/contacts/code", data={"csrf": thief.token(), "digits": code})
    assert wrong.headers["location"] == "/cabinet/khm/contacts"
    assert halyna.browser.post("/cabinet/khm/contacts", data={"csrf": "x", "contact": PHONE}).status_code == 403
    halyna.browser.post("/cabinet/khm/sign-out", data={"csrf": halyna.token()})
    assert halyna.types(code).headers["location"] == "/cabinet/khm/sign-in"
    assert accounts() == [("halyna@example.org", None), ("thief@example.org", None)]


def test_codes_by_sms_are_sent_less_often_and_e_mails_go_on(
    citizen: Visits, by_sms: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SMS_AN_HOUR < CODES_AN_HOUR
    for _ in range(SMS_AN_HOUR):
        assert citizen(PHONE).asks_for_a_code().status_code == 303
    refused = citizen(PHONE).asks_for_a_code()
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert citizen("+380501112233").asks_for_a_code().status_code == 303
    monkeypatch.setattr("appeals.cabinet.codes.SMS_AN_HOUR_IN_ALL", SMS_AN_HOUR + 1)
    assert citizen("+380501112244").asks_for_a_code().status_code == 429
    assert citizen().asks_for_a_code().status_code == 303
    assert [each.recipient for each in letters()].count(PHONE) == SMS_AN_HOUR


@pytest.mark.parametrize("typed", ["12", "не номер", "+380"])
def test_no_code_goes_to_what_is_no_telephone(citizen: Visits, by_sms: Channel, typed: str) -> None:
    refused = citizen().asks_for_a_code(typed)
    assert (refused.status_code, 'id="error-contact"' in refused.text, letters()) == (422, True, [])


def test_in_its_quiet_hours_no_code_goes_by_sms(citizen: Visits, centre: Centre, by_sms: Channel) -> None:
    khm = centre.organisations["khm"]
    here = datetime.now(UTC).astimezone(khm.zone)
    around = [(here + timedelta(hours=shift)).time() for shift in (-1, 1)]
    with transaction(khm.id) as session:
        channel = session.get_one(Channel, by_sms.id)
        channel.settings = channel.settings | {"quiet": [time.isoformat(each, "minutes") for each in around]}
    halyna = citizen(PHONE)
    assert "лише вдень" in halyna.browser.get("/cabinet/khm/sign-in").text
    assert halyna.asks_for_a_code().status_code == 422
    assert citizen().asks_for_a_code().status_code == 303


def test_by_sms_alone_the_cabinet_is_open_too(
    citizen: Visits, by_sms: Channel, client: Callable[[str], Client]
) -> None:
    rules = {"channel": "", "sms": str(by_sms.id), "file_kind": ""}
    assert client("admin.khm").post("/citizens-form/rules", data=rules).status_code == 303
    assert citizen().asks_for_a_code().status_code == 422, "no e-mail goes out"
    citizen(PHONE).signs_in().registers()
    wrong = client("admin.khm").post("/citizens-form/rules", data=rules | {"sms": "999999"})
    assert (wrong.status_code, 'id="error-sms"' in wrong.text) == (422, True)
