"""An account is a proven e-mail: codes that are right once, in one browser, for ten minutes; sessions that end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from starlette.requests import Request

from appeals.cabinet import jobs, visiting
from appeals.cabinet.model import CODE_LASTS, CODES_AN_HOUR, DRAFT_LASTS, TRIES
from appeals.cabinet.tables import CabinetAccount, CabinetCode, CabinetDraft, CabinetSession
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cabinet.conftest import Citizen, letters
from tests.centre import Centre

Visits = Callable[..., Citizen]


def accounts() -> list[CabinetAccount]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(CabinetAccount).order_by(CabinetAccount.id)))


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_a_code_by_e_mail_makes_the_account_and_opens_a_session(citizen: Visits) -> None:
    halyna = citizen("Halyna@Example.org")
    answer = halyna.asks_for_a_code()
    assert (answer.status_code, answer.headers["location"]) == (303, "/cabinet/khm/code")
    halyna.email = "halyna@example.org"
    assert accounts() == [], "nobody has proven anything yet"
    [letter] = letters()
    code = halyna.code()
    assert code not in letter.subject, "lists of messages show subjects"
    with transaction(EVERY_ORGANISATION) as session:
        [row] = session.scalars(select(CabinetCode)).all()
        assert code not in f"{row.code_hash}{row.token_hash}"
    answer = halyna.types(f" {code[:3]} {code[3:]} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cabinet/khm")
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("holos_cabinet_khm="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert [each.email for each in accounts()] == ["halyna@example.org"]
    assert "halyna@example.org" in halyna.browser.get("/cabinet/khm").text
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Audit).where(Audit.deed == "citizen.signed_in")).one()
    again = citizen("HALYNA@example.org")
    again.asks_for_a_code()
    again.email = "halyna@example.org"
    again.types(again.code())
    assert len(accounts()) == 1


def test_a_code_is_good_in_its_own_browser_once_and_for_ten_minutes(citizen: Visits) -> None:
    halyna, thief = citizen(), citizen()
    halyna.asks_for_a_code()
    thief.asks_for_a_code("thief@example.org")
    assert thief.types(halyna.code()).status_code == 422
    code = halyna.code()
    assert halyna.types(code).status_code == 303
    late = citizen("late@example.org")
    late.asks_for_a_code()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CabinetCode).values(until_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert late.types(late.code()).headers["location"] == "/cabinet/khm/sign-in"
    assert timedelta(minutes=10) == CODE_LASTS
    assert [each.email for each in accounts()] == ["halyna@example.org"]


def test_after_five_wrong_codes_the_right_one_is_too_late(citizen: Visits) -> None:
    halyna = citizen()
    halyna.asks_for_a_code()
    code = halyna.code()
    for left in range(TRIES - 1, 0, -1):
        answer = halyna.types(wrong(code))
        assert answer.status_code == 422
        assert f"Залишилося спроб: {left}" in answer.text
    assert halyna.types(wrong(code)).headers["location"] == "/cabinet/khm/sign-in"
    assert halyna.types(code).headers["location"] == "/cabinet/khm/sign-in"
    assert accounts() == []


def test_codes_are_sent_so_often_to_an_e_mail_and_nobody_is_told_who_has_an_account(citizen: Visits) -> None:
    halyna = citizen()
    for _ in range(CODES_AN_HOUR):
        assert halyna.asks_for_a_code().status_code == 303
    refused = citizen().asks_for_a_code()
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert "хв" in refused.text
    assert citizen().asks_for_a_code("other@example.org").status_code == 303
    assert len(letters()) == CODES_AN_HOUR + 1


@pytest.mark.parametrize(
    "typed", ["no mailbox", "halyna@localhost", "halyna@", "halyna@example.", "ha lyna@example.org"]
)
def test_no_code_goes_to_an_e_mail_with_which_nothing_could_be_sent(citizen: Visits, typed: str) -> None:
    refused = citizen().asks_for_a_code(typed)
    assert (refused.status_code, 'id="error-contact"' in refused.text, letters()) == (422, True, [])


def test_a_session_ends_by_itself_by_signing_out_and_is_no_session_of_staff(citizen: Visits, centre: Centre) -> None:
    """U-80: its end takes the access away, the link of the letter leads to the sign-in and back."""
    halyna = citizen().signs_in()
    number = halyna.registers()
    page = f"/cabinet/khm/{number}"
    assert number in halyna.browser.get(page).text
    link = next(each.text for each in letters() if each.template == "cabinet_registered")
    assert page in link
    for staff in ("/appeals", f"/appeals/{number}", "/desk"):
        assert halyna.browser.get(staff).headers["location"].startswith("/sign-in"), staff
    assert halyna.browser.post("/cabinet/khm/sign-out", data={"csrf": "x"}).status_code == 403
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CabinetSession).values(expires_at=datetime.now(UTC)))
    led = halyna.browser.get(page)
    assert (led.status_code, led.headers["location"]) == (303, f"/cabinet/khm/sign-in?next=/cabinet/khm/{number}")
    assert number not in led.text
    halyna.asks_for_a_code()
    assert halyna.types(halyna.code(), next=page).headers["location"] == page
    token = halyna.token()
    assert halyna.browser.post("/cabinet/khm/sign-out", data={"csrf": token}).status_code == 303
    assert halyna.browser.get(page).status_code == 303


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/people", "/cabinet"])
def test_the_sign_in_leads_nowhere_else(citizen: Visits, wanted: str) -> None:
    halyna = citizen()
    halyna.asks_for_a_code()
    assert halyna.types(halyna.code(), next=wanted).headers["location"] == "/cabinet/khm"


def test_visitors_of_one_network_are_counted_as_one() -> None:
    """An IPv6 line has more addresses than anybody can count; one of IPv4 in new clothes is the same one."""
    seen = {
        "2001:db8:1:2::5": "2001:db8:1:2::/64",
        "2001:db8:1:2:ffff::9": "2001:db8:1:2::/64",
        "2001:db8:1:3::5": "2001:db8:1:3::/64",
        "fe80::1%eth0": "fe80::/64",
        "::ffff:192.0.2.7": "192.0.2.7",
        "192.0.2.7": "192.0.2.7",
        "testclient": "testclient",
    }
    for host, counted in seen.items():
        request = Request({"type": "http", "client": (host, 50_000)})
        assert visiting.address_of(request) == counted, host
    assert visiting.address_of(Request({"type": "http", "client": None})) == ""


def test_what_is_over_is_forgotten(citizen: Visits) -> None:
    halyna, guest = citizen(), citizen("guest@example.org")
    halyna.signs_in()
    guest.sends()
    guest.asks_for_a_code()
    assert jobs.sweep() == {"drafts_forgotten": 0, "sessions_forgotten": 0}
    with transaction(EVERY_ORGANISATION) as session:
        now = datetime.now(UTC)
        session.execute(update(CabinetDraft).values(saved_at=now - DRAFT_LASTS - timedelta(minutes=1)))
        session.execute(update(CabinetCode).values(until_at=now - timedelta(minutes=1)))
        session.execute(update(CabinetSession).values(expires_at=now - timedelta(minutes=1)))
    assert jobs.sweep() == {"drafts_forgotten": 1, "sessions_forgotten": 2}


def test_without_a_channel_nobody_signs_in_and_nothing_is_taken(citizen: Visits, client: Visits) -> None:
    halyna = citizen()
    page = client("admin.khm").post("/citizens-form/rules", data={"channel": "", "file_kind": ""})
    assert page.status_code == 303
    assert '<form class="stack"' not in halyna.page()
    assert halyna.browser.get("/cabinet/khm/sign-in").status_code == 404
    assert halyna.asks_for_a_code().status_code == 404
    assert halyna.browser.post("/write/khm", data=halyna.form).status_code == 404
    assert halyna.browser.get("/write/nobody").status_code == 404
