"""Temporary operators: entered whole or not at all, shown once, over by themselves, by one click, extended."""

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from acd import service as desk
from acd.model import Deed
from acd.queues.model import SkillKind
from acd.queues.tables import AgentSkill, Skill
from acd.states import move
from acd.tables import Queue, QueueMember, Shift
from acd.temporary import jobs
from acd.temporary.model import Fault, Newcomer, known_as, logins, numbered, password, read_list
from acd.temporary.tables import TemporaryBatch
from db import EVERY_ORGANISATION, transaction
from staff.queries import GRACE
from staff.tables import Audit, Person
from staff.teams.tables import Team, TeamMember
from tests.centre import Centre
from tests.client import Client

Browser = Callable[[str], Client]

KYIV = ZoneInfo("Europe/Kyiv")
SOON = timedelta(days=3)


def test_a_list_is_read_line_by_line_and_each_bad_line_says_why() -> None:
    people, bad = read_list("Марія Коваль\n\nІван Ткач; ivan.t\nО\nПетро; ivan.T\nОля, o lya\nА Б\tanb\t1\n")
    assert people == [Newcomer(1, "Марія Коваль"), Newcomer(3, "Іван Ткач", "ivan.t")]
    assert [(each.line, each.fault) for each in bad] == [
        (4, Fault.NAME),
        (5, Fault.TWICE),
        (6, Fault.LOGIN),
        (7, Fault.FIELDS),
    ]


def test_whoever_has_no_login_gets_the_next_free_one() -> None:
    people = [Newcomer(1, "A"), Newcomer(2, "B", "temp7-01"), Newcomer(3, "C")]
    assert [login for _, login in logins(people, "temp7")] == ["temp7-02", "temp7-01", "temp7-03"]


def test_whoever_has_no_name_is_told_from_those_of_other_batches() -> None:
    first, second = ([known_as(*each) for each in logins(numbered(2, "Operator"), f"temp{batch}")] for batch in (7, 8))
    assert (first, second) == (["Operator 7-01", "Operator 7-02"], ["Operator 8-01", "Operator 8-02"])
    assert known_as(Newcomer(1, "Марія Коваль"), "temp7-03") == "Марія Коваль"


def test_a_password_is_made_of_the_secret_and_the_login() -> None:
    made = password("secret", "temp1-01")
    assert re.fullmatch(r"(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", made)
    assert made == password("secret", "TEMP1-01")
    assert made not in {password("secret", "temp1-02"), password("another", "temp1-01")}


@pytest.fixture
def place(centre: Centre) -> dict[str, str]:
    """A queue, a skill and a team of the city, as the form names them."""
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(organisation_id=organisation, code="water", asterisk_name="khm-water", name={"uk": "Вода"})
        skill = Skill(organisation_id=organisation, kind=SkillKind.LANGUAGE, code="uk", name={})
        team = Team(organisation_id=organisation, name="Зміна")
        session.add_all([queue, skill, team])
        session.flush()
        return {"queues": str(queue.id), "skills": f"{skill.id}:2", "team": str(team.id)}


def form(place: dict[str, str], **given: str) -> dict[str, str]:
    until = (datetime.now(KYIV) + SOON).strftime("%Y-%m-%dT%H:%M")
    filled = {"name": "Тестовий сезон", "language": "uk", "valid_until": until, **place, **given}
    return {name: text for name, text in filled.items() if text}


def sheet_of(client: Client, place: dict[str, str], **given: str) -> list[tuple[str, str]]:
    """Makes a batch in this browser; names to sign in with and passwords, from the file on the sheet."""
    answer = client.post("/surge/accounts", data=form(place, **given))
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page.text)
    assert found
    lines = base64.b64decode(found[1]).decode("utf-8-sig").splitlines()[1:]
    rows = [line.strip('"').split('";"') for line in lines]
    for _, login, secret in rows:
        assert login in page.text
        assert secret in page.text
    again = client.get(answer.headers["location"])
    assert again.status_code == 303, "the sheet is shown once"
    return [(login, secret) for _, login, secret in rows]


def signs_in(anybody: Client, login: str, secret: str) -> str:
    """ "" when it worked, else what the page says."""
    answer = anybody.post("/sign-in", data={"login": login, "password": secret})
    return "" if answer.status_code == 303 else answer.text


def test_a_pasted_list_becomes_operators_who_can_sign_in(
    client: Browser, anybody: Client, place: dict[str, str]
) -> None:
    rows = sheet_of(client("iryna"), place, people="Марія Коваль\nІван Ткач; ivan.tkach")
    assert [login for login, _ in rows][1] == "ivan.tkach"
    with transaction(EVERY_ORGANISATION) as session:
        (batch,) = session.scalars(select(TemporaryBatch))
        people = session.scalars(select(Person).where(Person.valid_until.is_not(None)).order_by(Person.id)).all()
        assert [person.name for person in people] == ["Марія Коваль", "Іван Ткач"]
        assert {tuple(person.roles) for person in people} == {("operator",)}
        for table in (QueueMember, AgentSkill, TeamMember):
            assert set(session.scalars(select(table.person_id))) == {person.id for person in people}
        stored = session.scalars(select(Audit).where(Audit.subject == f"temporary:{batch.id}")).all()
        assert [deed.deed for deed in stored] == ["temporary.made"]
        secrets = [secret for _, secret in rows]
        assert not any(secret in str(vars(row)) for row in (*people, batch, *stored) for secret in secrets)
    for login, secret in rows:
        assert signs_in(anybody, login, secret) == ""


def test_a_number_becomes_accounts_without_names(client: Browser, place: dict[str, str]) -> None:
    browser = client("admin.khm")
    browser.post("/language", data={"language": "en"})
    rows = sheet_of(browser, place, many="3")
    assert len({login for login, _ in rows}) == 3
    names = re.findall(r"Operator \d+-\d\d", browser.get("/people").text)
    assert {f"temp{name.removeprefix('Operator ')}" for name in names} == {login for login, _ in rows}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"people": "Марія Коваль\nOlena; olena"}, "Somebody signs in with this name already"),
        ({"people": "Марія Коваль\nA"}, "The name has 2 to 120 characters"),
        ({"many": "101"}, "Write 100 or less"),
        ({"people": ""}, "Paste a list, or give a number"),
        ({"many": "2", "valid_until": "2020-01-01T00:00"}, "Choose a time within the coming year"),
        ({"many": "2", "queues": ""}, "Fill in this field"),
    ],
)
def test_with_anything_wrong_nobody_is_entered_and_what_was_typed_stays(
    client: Browser, place: dict[str, str], given: dict[str, str], said: str
) -> None:
    browser = client("iryna")
    browser.post("/language", data={"language": "en"})
    answer = browser.post("/surge/accounts", data=form(place, **given))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Тестовий сезон" in answer.text
    if given.get("people"):
        assert "Марія Коваль" in answer.text
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(TemporaryBatch)).all() == []
        assert session.scalars(select(Person).where(Person.valid_until.is_not(None))).all() == []


def test_a_login_of_another_organisation_is_taken_as_well(client: Browser, place: dict[str, str]) -> None:
    assert client("iryna").post("/surge/accounts", data=form(place, people="Анна; anna")).status_code == 422


def people_of(session: Session) -> Sequence[Person]:
    return session.scalars(select(Person).where(Person.valid_until.is_not(None)).order_by(Person.id)).all()


def grow_older(by: timedelta) -> None:
    """All batches, and their accounts, end so much earlier."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(TemporaryBatch).values(valid_until=TemporaryBatch.valid_until - by))
        session.execute(
            update(Person).where(Person.valid_until.is_not(None)).values(valid_until=Person.valid_until - by)
        )


def test_when_the_time_is_over_the_account_says_so_and_everything_ends(
    client: Browser, anybody: Client, place: dict[str, str]
) -> None:
    ((login, secret),) = sheet_of(client("iryna"), place, many="1")
    with transaction(EVERY_ORGANISATION) as session:
        (person,) = people_of(session)
        desk.start_shift(session, person, "seat-of-a-page")
    assert jobs.end_over() == {"accounts_ended": 0}
    grow_older(SOON)
    anybody.cookies.set("holos_language", "en")
    assert "This account was valid until" in signs_in(anybody, login, secret), "before the scheduler has looked"
    assert "is not right" in signs_in(anybody, login, "wrong-password"), "only who knows the password is told"
    assert jobs.end_over() == {"accounts_ended": 1}
    assert "This account was valid until" in signs_in(anybody, login, secret)
    with transaction(EVERY_ORGANISATION) as session:
        (person,) = people_of(session)
        assert person.disabled_at is not None
        assert session.scalars(select(Shift).where(Shift.ended_at.is_(None))).all() == []
        for table in (QueueMember, AgentSkill, TeamMember):
            assert session.scalars(select(table)).all() == []
        (batch,) = session.scalars(select(TemporaryBatch))
        assert batch.ended_at is not None
    assert jobs.end_over() == {"accounts_ended": 0}


def test_whoever_talks_may_finish_the_call_and_its_wrap_up(
    client: Browser, anybody: Client, place: dict[str, str]
) -> None:
    ((login, secret),) = sheet_of(client("iryna"), place, many="1")
    assert signs_in(anybody, login, secret) == ""
    with transaction(EVERY_ORGANISATION) as session:
        (person,) = people_of(session)
        shift = desk.start_shift(session, person, "seat-of-a-page")
        move(session, shift, Deed.WENT_READY, datetime.now(UTC))
        move(session, shift, Deed.ANSWERED, datetime.now(UTC), call=uuid4())
    grow_older(SOON)
    assert jobs.end_over() == {"accounts_ended": 0}
    assert anybody.get("/desk").status_code == 200, "the session goes on"
    with transaction(EVERY_ORGANISATION) as session:
        (shift,) = session.scalars(select(Shift))
        assert shift.ends_after
    grow_older(GRACE)
    assert anybody.get("/desk").status_code != 200, "but not for ever"
    assert jobs.end_over() == {"accounts_ended": 1}


def test_one_click_ends_them_all(client: Browser, anybody: Client, place: dict[str, str]) -> None:
    rows = sheet_of(client("iryna"), place, many="2")
    login, secret = rows[0]
    assert signs_in(anybody, login, secret) == ""
    with transaction(EVERY_ORGANISATION) as session:
        (batch,) = session.scalars(select(TemporaryBatch))
    assert client("iryna").post(f"/surge/accounts/{batch.id}/end").status_code == 303
    assert anybody.get("/desk").status_code != 200
    with transaction(EVERY_ORGANISATION) as session:
        assert all(person.disabled_at is not None for person in people_of(session))
        assert session.scalars(select(QueueMember)).all() == []
    page = client("iryna").get(f"/surge/accounts/{batch.id}").text
    assert f"/surge/accounts/{batch.id}/end" not in page
    assert client("iryna").post(f"/surge/accounts/{batch.id}/extend", data={"valid_until": "2099-01-01T00:00"})
    with transaction(EVERY_ORGANISATION) as session:
        assert all(person.disabled_at is not None for person in people_of(session)), "over is over"


def test_an_extended_batch_goes_on(client: Browser, anybody: Client, place: dict[str, str]) -> None:
    rows = sheet_of(client("iryna"), place, many="1")
    with transaction(EVERY_ORGANISATION) as session:
        (batch,) = session.scalars(select(TemporaryBatch))
    until = (datetime.now(KYIV) + 2 * SOON).strftime("%Y-%m-%dT%H:%M")
    assert client("iryna").post(f"/surge/accounts/{batch.id}/extend", data={"valid_until": until}).status_code == 303
    grow_older(SOON)
    assert jobs.end_over() == {"accounts_ended": 0}
    assert signs_in(anybody, *rows[0]) == ""
    past = client("iryna").post(f"/surge/accounts/{batch.id}/extend", data={"valid_until": "2020-01-01T00:00"})
    assert past.status_code == 422


def test_an_administrator_who_switches_an_old_account_on_keeps_it_for_good(
    client: Browser, anybody: Client, place: dict[str, str]
) -> None:
    ((login, secret),) = sheet_of(client("iryna"), place, many="1")
    grow_older(SOON)
    jobs.end_over()
    with transaction(EVERY_ORGANISATION) as session:
        (person,) = people_of(session)
    client("admin.khm").post(f"/people/{person.id}/enable")
    assert signs_in(anybody, login, secret) == ""
