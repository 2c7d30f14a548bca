"""Coming in: the right password, patience with wrong ones, sessions that end."""

import re
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import Engine, QueuePool, func, select, update
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from run.scheduler import jobs_of
from run.settings import Settings
from staff import passwords, queries, service, sign_in
from staff.access import COOKIE
from staff.model import Role
from staff.passwords import password_is_right
from staff.tables import Organisation, Person, SignIn, SignInAttempts
from tests.centre import PASSWORD, Centre, person
from tests.client import Client
from tests.client import sign_in as signed_in
from web.problems import TooManyRequests

HERE = "192.0.2.1"


@pytest.fixture
def olena(session: Session, khm: Organisation) -> Person:
    return person(session, khm, "olena", Role.OPERATOR)


def comes(session: Session, login: str, password: str, *, address: str) -> Person | None:
    """A try to sign in, as the route does it, in one transaction."""
    tried = sign_in.begin(session, login, address=address)
    return sign_in.accept(session, tried) if password_is_right(tried.stored, password) else None


def test_the_right_password_opens_a_session(session: Session, olena: Person):
    assert comes(session, "OLENA", PASSWORD, address=HERE) == olena
    token = sign_in.open_session(session, olena)
    found = sign_in.recognise(session, token)
    assert found is not None
    assert found[1] == olena
    assert token not in found[0].token_hash


def test_wrong_names_and_passwords_are_refused_alike(session: Session, olena: Person):
    assert comes(session, "olena", "wrong", address=HERE) is None
    assert comes(session, "nobody", PASSWORD, address=HERE) is None


def test_a_disabled_person_does_not_come_in(session: Session, khm: Organisation, olena: Person):
    administrator = person(session, khm, "admin", Role.ADMINISTRATOR)
    token = sign_in.open_session(session, olena)
    service.disable(session, olena, by=administrator)
    session.flush()
    assert comes(session, "olena", PASSWORD, address=HERE) is None
    assert sign_in.recognise(session, token) is None


def test_failures_make_one_wait_longer_and_longer(session: Session, olena: Person):
    waits = []
    for _ in range(sign_in.FREE_TRIES + 4):
        try:
            comes(session, "olena", "wrong", address=HERE)
        except TooManyRequests as told:
            waits.append(told.wait)
            session.execute(update(SignInAttempts).values(blocked_until=datetime.now(UTC)))  # the wait is over
            session.expire_all()
            comes(session, "olena", "wrong", address=HERE)
    assert waits == sorted(waits)
    assert waits[-1] >= 3 * waits[0]


def test_even_the_right_password_waits(session: Session, olena: Person):
    for _ in range(sign_in.FREE_TRIES + 1):
        comes(session, "olena", "wrong", address=HERE)
    with pytest.raises(TooManyRequests):
        comes(session, "olena", PASSWORD, address=HERE)
    assert comes(session, "olena", PASSWORD, address="192.0.2.2") == olena


def test_however_many_failures_there_were_the_next_one_is_counted(session: Session, olena: Person):
    for failures in (48, 49, 100, 5000, 10**9):
        sign_in.begin(session, "olena", address=HERE)
        session.execute(update(SignInAttempts).values(failures=failures, blocked_until=datetime.now(UTC)))
        session.expire_all()
        sign_in.begin(session, "olena", address=HERE)
        with pytest.raises(TooManyRequests) as told:
            sign_in.begin(session, "olena", address=HERE)
        assert told.value.wait > sign_in.LONGEST_WAIT - timedelta(seconds=5)
        session.execute(update(SignInAttempts).values(blocked_until=None))
        session.expire_all()


def test_an_address_that_tries_many_logins_waits_and_its_successes_do_not_count(session: Session, olena: Person):
    for _ in range(2 * sign_in.ADDRESS_TRIES):
        tried = sign_in.begin(session, "olena", address=HERE)
        assert sign_in.accept(session, tried) == olena
    for number in range(sign_in.ADDRESS_TRIES + 1):
        sign_in.begin(session, f"guess{number}", address=HERE)
    with pytest.raises(TooManyRequests) as told:
        sign_in.begin(session, "one more", address=HERE)
    assert told.value.wait <= sign_in.LONGEST_ADDRESS_WAIT
    sign_in.begin(session, "guess", address="192.0.2.2")


def test_an_office_whose_typing_errors_are_spread_over_the_day_never_waits(session: Session):
    for number in range(2 * sign_in.ADDRESS_TRIES):
        sign_in.begin(session, f"typo{number}", address=HERE)
        session.flush()
        session.execute(update(SignInAttempts).values(last_at=datetime.now(UTC) - timedelta(minutes=1)))
        session.expire_all()


def test_no_transaction_is_open_while_the_password_is_checked(
    anybody: Client, database: Engine, monkeypatch: pytest.MonkeyPatch
):
    open_then = []

    def slow(stored: str | None, password: str) -> bool:
        open_then.append(cast("QueuePool", database.pool).checkedout())
        return password_is_right(stored, password)

    monkeypatch.setattr(passwords, "password_is_right", slow)
    assert anybody.post("/sign-in", data={"login": "olena", "password": PASSWORD}).status_code == 303
    assert open_then == [0]


def test_parallel_guesses_are_counted_before_they_are_looked_at(centre: Centre):
    for _ in range(sign_in.FREE_TRIES + 1):
        with transaction(EVERY_ORGANISATION) as session:
            sign_in.begin(session, "olena", address=HERE)
    with pytest.raises(TooManyRequests), transaction(EVERY_ORGANISATION) as session:
        sign_in.begin(session, "olena", address=HERE)


def test_the_sweep_forgets_what_is_over_and_nothing_else(centre: Centre):
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        sign_in.begin(session, "old", address=HERE)
        session.flush()
        session.execute(update(SignInAttempts).values(last_at=now - timedelta(hours=2)))
        sign_in.open_session(session, centre.people["olena"])
        session.flush()
        session.execute(update(SignIn).values(expires_at=now))
        sign_in.open_session(session, centre.people["andrii"])
        sign_in.begin(session, "new", address="192.0.2.2")
    job = next(job for job in jobs_of(Settings()) if job.name == "staff.sign_ins")
    assert job.do() == {"failures_forgotten": 2, "sessions_forgotten": 1}
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempts)) == 2
        assert session.scalar(select(SignIn.person_id)) == centre.people["andrii"].id


def test_a_session_lives_on_while_used_and_a_week_at_most(session: Session, olena: Person):
    token = sign_in.open_session(session, olena)
    now = datetime.now(UTC)
    session.execute(
        update(SignIn).values(
            seen_at=now - timedelta(hours=11), expires_at=now + timedelta(hours=1), created_at=now - timedelta(days=1)
        )
    )
    found = sign_in.recognise(session, token)
    assert found is not None
    assert found[0].expires_at > now + timedelta(hours=11)
    session.execute(update(SignIn).values(created_at=now - timedelta(days=8), seen_at=now - timedelta(hours=1)))
    session.expire_all()
    sign_in.recognise(session, token)
    session.flush()
    assert sign_in.recognise(session, token) is None


def test_the_form_signs_in_and_leads_where_one_wanted_to_go(anybody: Client):
    asked = anybody.get("/people?role=operator")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Fpeople%3Frole%3Doperator"
    page = anybody.get(asked.headers["location"])
    assert 'value="/people?role=operator"' in page.text
    answer = anybody.post(
        "/sign-in", data={"login": "admin.khm", "password": PASSWORD, "next": "/people?role=operator"}
    )
    assert answer.headers["location"] == "/people?role=operator"
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert anybody.get("/people").status_code == 200


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_to_a_foreign_site(anybody: Client, foreign: str):
    answer = anybody.post("/sign-in", data={"login": "olena", "password": PASSWORD, "next": foreign})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_keeps_the_name_and_tells_how_long_to_wait(anybody: Client):
    for _ in range(sign_in.FREE_TRIES + 1):
        page = anybody.post("/sign-in", data={"login": "olena", "password": "wrong"})
        assert page.status_code == 422
        assert 'value="olena"' in page.text
        assert "wrong" not in re.sub(r"class=\"[^\"]*\"|data-[a-z-]+", "", page.text)
    page = anybody.post("/sign-in", data={"login": "olena", "password": PASSWORD}, headers={"accept-language": "en"})
    assert page.status_code == 429
    assert "Try again in" in page.text
    assert int(page.headers["retry-after"]) > 0


def test_signing_out_ends_the_session_everywhere_it_is_known(app: object, centre: Centre, anybody: Client):
    browser = signed_in(anybody, centre.people["olena"])
    token = browser.cookies[COOKIE]
    assert browser.get("/me").status_code == 200
    assert browser.post("/sign-out").status_code == 303
    browser.cookies.set(COOKIE, token)
    assert browser.get("/me").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.signed_in(session, sign_in.hash_of(token), datetime.now(UTC)) is None


def test_a_session_that_ends_at_work_is_told_to_scripts(app: object, centre: Centre, anybody: Client):
    browser = signed_in(anybody, centre.people["admin.khm"])
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(SignIn).values(expires_at=datetime.now(UTC)))
    for headers in ({"HX-Request": "true"}, {"X-Requested-With": "fetch", "accept": "application/json"}):
        answer = browser.get("/people", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["X-Holos-Sign-In"] == "1"
    answer = browser.post("/people", data={"name": "x"})
    assert answer.status_code == 401
    assert browser.get("/people").headers["location"] == "/sign-in?next=%2Fpeople"
