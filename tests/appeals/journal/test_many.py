"""What is done to many appeals at once, and its undoing: for a while, and never over what others have changed since."""

import re
import time
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select, text, update

from appeals.journal.model import UNDONE_WITHIN
from appeals.journal.tables import Deed
from appeals.tables import Appeal
from appeals.terms import service as terms
from appeals.terms.tables import TermChange
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import written
from tests.centre import Centre
from tests.waiting import waiting

MARKED = ["26-000001", "26-000002", "26-000009"]  # the last one is under long control already
ON = {"number": MARKED, "deed": "long_on", "reason": "Доручення голови", "back": "topic=water"}


@pytest.fixture(autouse=True)
def appeals(centre: Centre) -> None:
    """The city has twenty, the agency some with the same numbers."""
    for login, numbers in (("olena", range(1, 21)), ("anna", range(1, 5))):
        person = centre.people[login]
        with transaction(person.organisation_id) as session:
            written(session, person, list(numbers))


def long_ones(centre: Centre, login: str = "olena") -> set[str]:
    """Numbers under long control."""
    with transaction(centre.people[login].organisation_id) as session:
        return set(session.scalars(select(Appeal.number).where(Appeal.long_control)))


def done(client: Browser, login: str = "iryna", **changes: object) -> str:
    """Where the page goes after the deed."""
    answer = client(login).post("/appeals/bulk", data={**ON, **changes})
    assert answer.status_code == 303
    return answer.headers["location"]


def test_those_marked_are_changed_and_back_after_undoing(client: Browser, centre: Centre) -> None:
    before, foreign = long_ones(centre), long_ones(centre, "anna")
    back = done(client)
    assert re.fullmatch(r"/appeals\?topic=water&done=\d+", back)
    assert long_ones(centre) == before | set(MARKED)
    assert long_ones(centre, "anna") == foreign
    page = client("iryna").get(back).text
    [undo] = re.findall(r'action="(/appeals/bulk/\d+/undo)"', page)
    assert client("iryna").post(undo, data={"back": "topic=water"}).headers["location"] == "/appeals?topic=water"
    assert long_ones(centre) == before
    assert undo not in client("iryna").get(back).text, "it is undone already"
    with transaction(EVERY_ORGANISATION) as session:
        history = session.scalars(select(TermChange.change).order_by(TermChange.id)).all()
    assert history == ["long_control"] * 2 + ["no_long_control"] * 2, "both stand in the history"


def test_pressed_twice_it_is_one_deed_but_asked_for_once_more_another(client: Browser, centre: Centre) -> None:
    iryna, pages = client("iryna"), list[str]()
    presses = [Thread(target=lambda who=who: pages.append(done(lambda _: who))) for who in (iryna, client("iryna"))]
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("LOCK TABLE journal_deed IN SHARE MODE"))  # read by both, written by none
        for press in presses:
            press.start()
        deadline = time.monotonic() + 20
        while waiting() < len(presses):
            assert time.monotonic() < deadline, "both wait: for the table, or for each other"
    for press in presses:
        press.join(20)
    assert len(pages) == 2
    assert pages[0] == pages[1] == done(client), "and who presses once more a moment later"
    assert done(client, deed="long_off") != pages[0]
    assert done(client) != pages[0], "something else was done between"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Deed).values(done_at=datetime.now(UTC) - timedelta(seconds=6)))
    last = done(client)
    client("iryna").post(f"/appeals/bulk/{last.rpartition('=')[2]}/undo")
    assert done(client) != last, "what is undone can be done again"
    with transaction(EVERY_ORGANISATION) as session:
        assert len(session.scalars(select(Deed.id)).all()) == 5


def test_what_a_colleague_has_changed_since_stays_and_is_told(client: Browser, centre: Centre) -> None:
    undo = f"/appeals/bulk/{done(client).rpartition('=')[2]}/undo"
    mykola = centre.people["mykola"]
    with transaction(mykola.organisation_id) as session:
        terms.set_long_control(session, "26-000001", on=False, reason="помилка", by=mykola)
    answer = client("iryna").post(undo)
    assert "26-000001" in client_notice(answer.headers["set-cookie"])
    assert long_ones(centre) & set(MARKED) == {"26-000009"}


def client_notice(cookie: str) -> str:
    """What the next page will say."""
    return cookie


def test_it_can_be_undone_for_a_while_by_who_did_it(client: Browser, centre: Centre) -> None:
    back = done(client)
    undo = f"/appeals/bulk/{back.rpartition('=')[2]}/undo"
    assert client("mykola").post(undo).status_code == 404
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Deed).values(done_at=datetime.now(UTC) - UNDONE_WITHIN - timedelta(seconds=1)))
    client("iryna").post(undo)
    assert set(MARKED) <= long_ones(centre)


@pytest.mark.parametrize("changes", [{"reason": ""}, {"reason": "  "}, {"number": []}, {"deed": "delete"}])
def test_nothing_happens_without_a_reason_a_mark_or_a_known_deed(
    client: Browser, centre: Centre, changes: dict[str, object]
) -> None:
    before = long_ones(centre)
    assert done(client, **changes) == "/appeals?topic=water"
    assert long_ones(centre) == before


def test_operators_put_none_under_long_control(client: Browser, centre: Centre) -> None:
    before = long_ones(centre)
    assert client("olena").post("/appeals/bulk", data=ON).status_code == 403
    assert 'value="long_on"' not in client("olena").get("/appeals").text
    assert "data-mark" not in client("nadiia").get("/appeals").text
    assert long_ones(centre) == before
