"""The audit page: who did what, to what and when; found by person, deed, subject and period."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from db import transaction
from staff.audit import audit
from staff.audit_routes import PAGE
from tests.centre import Centre
from tests.client import Client

Browser = Callable[[str], Client]


@pytest.fixture
def trail(client: Browser, centre: Centre) -> Callable[..., list[str]]:
    """The rows of the page as an administrator reads them, in English."""
    browser = client("admin.khm")
    browser.post("/language", data={"language": "en"})

    def read(**asked: str) -> list[str]:
        page = browser.get("/audit", params=asked).text
        rows = re.findall(r"<tr data-deed=.*?</tr>", page, re.DOTALL)
        return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip() for row in rows]

    return read


@pytest.fixture
def done(centre: Centre) -> None:
    """Olena listened; Iryna changed a queue and a person; the agency did something of its own."""
    people = centre.people
    with transaction(people["olena"].organisation_id) as session:
        audit(session, people["olena"], "recording.listened", "recording:8f1c/1")
    with transaction(people["olena"].organisation_id) as session:
        audit(session, people["iryna"], "queue.changed", "queue:water", weight="0 → 5")
        audit(session, people["iryna"], "skill.level", f"person:{people['olena'].id}", skill="pipes", level="1 → 3")
    with transaction(people["anna"].organisation_id) as session:
        audit(session, people["anna"], "queue.changed", "queue:results")


def test_everything_is_listed_newest_first_in_words(trail: Callable[..., list[str]], done: None, centre: Centre):
    rows = trail()
    level, changed, listened = rows[:3] if "signed in" not in rows[0] else rows[1:4]
    assert f"Person {centre.people['olena'].name} level of a skill changed" in level
    assert "skill: pipes" in level
    assert "level: 1 → 3" in level
    assert "Queue water changed weight: 0 → 5" in changed
    assert "Recording 8f1c/1 listened to" in listened
    assert not [row for row in rows if "results" in row], "another organisation's"


def test_it_is_found_by_person_deed_and_subject(trail: Callable[..., list[str]], done: None, centre: Centre):
    iryna = str(centre.people["iryna"].id)
    assert len(trail(who=iryna, kind="queue")) == 1
    assert len(trail(deed="recording.listened")) == 1
    assert len(trail(kind="queue", which="wat")) == 1
    assert trail(kind="queue", which="roads") == []
    assert len(trail(kind="person", which=str(centre.people["olena"].id), who=iryna)) == 1


def test_it_is_found_by_its_period(trail: Callable[..., list[str]], done: None):
    today, tomorrow = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (-1, 2))
    assert len(trail(deed="queue.changed", since=today, until=tomorrow)) == 1
    assert trail(deed="queue.changed", since=tomorrow) == []
    assert trail(deed="queue.changed", until="2026-01-01") == []


def test_nonsense_narrows_nothing(trail: Callable[..., list[str]], done: None):
    assert len(trail(who="x", deed="no.such", kind="nothing", since="soon", before="-")) >= 3


def test_pages_follow_each_other_without_a_gap(trail: Callable[..., list[str]], centre: Centre, client: Browser):
    iryna = centre.people["iryna"]
    with transaction(iryna.organisation_id) as session:
        for number in range(PAGE + 5):
            audit(session, iryna, "queue.changed", f"queue:q{number:03}")
    page = client("admin.khm").get("/audit?deed=queue.changed").text
    (following,) = re.findall(r'rel="next" href="/audit\?([^"]*)"', page)
    asked = dict(pair.split("=") for pair in following.replace("&amp;", "&").split("&"))
    first, second = trail(deed="queue.changed"), trail(**asked)
    assert len(first) == PAGE
    assert len(second) == 5
    assert len({*first, *second}) == PAGE + 5


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", "Черга water змінено"),
        ("uz", "Navbat water"),
        ("ru", "Очередь water изменено"),
        ("en", "Queue water changed"),
    ],
)
def test_it_speaks_the_readers_language(client: Browser, done: None, language: str, words: str):
    browser = client("admin.khm")
    browser.post("/language", data={"language": language})
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", browser.get("/audit?deed=queue.changed").text))
    assert words in page


def test_only_administrators_read_it(client: Browser, centre: Centre):
    assert client("iryna").get("/audit").status_code == 403
    assert client("admin.khm").get("/audit").status_code == 200
