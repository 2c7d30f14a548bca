"""make demo-calls: it says who should come to answer, and how the calls ended."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from acd.model import AgentStateName
from acd.tables import AgentState, Queue, QueueMember
from db import EVERY_ORGANISATION, transaction
from run.demo import calls
from run.demo.people import ORGANISATIONS
from run.settings import Settings
from tests.centre import Centre

QUEUES = {"khm-water", "khm-roads", "dtm-exams"}


@pytest.fixture
def queues(centre: Centre) -> None:
    """Olena answers for water, Andrii for roads, Anna for the exams of the agency; nobody has come yet."""
    members = {"khm-water": "olena", "khm-roads": "andrii", "dtm-exams": "anna"}
    with transaction(EVERY_ORGANISATION) as session:
        for name, login in members.items():
            code, _, queue = name.partition("-")
            organisation = centre.organisations[code].id
            row = Queue(organisation_id=organisation, code=queue, asterisk_name=name, name={"uk": queue})
            session.add(row)
            session.flush()
            person = centre.people[login].id
            session.add(QueueMember(organisation_id=organisation, queue_id=row.id, person_id=person))


def does(centre: Centre, login: str, state: AgentStateName) -> None:
    """The agent is in that state from now on."""
    person, now = centre.people[login], datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        open_period = (AgentState.person_id == person.id, AgentState.until.is_(None))
        session.execute(update(AgentState).where(*open_period).values(until=now))
        session.add(AgentState(organisation_id=person.organisation_id, person_id=person.id, state=state, since=now))


def missing() -> set[str]:
    return set(calls.unattended([each for each in calls.ERRANDS if each.queue in QUEUES]))


def test_a_queue_is_unattended_until_somebody_of_it_is_ready(centre: Centre, queues: None):
    assert missing() == QUEUES
    does(centre, "olena", AgentStateName.READY)
    does(centre, "andrii", AgentStateName.PAUSED)
    assert missing() == {"khm-roads", "dtm-exams"}
    does(centre, "olena", AgentStateName.TALKING)
    does(centre, "anna", AgentStateName.WRAP_UP)
    assert missing() == {"khm-roads"}, "who talks will be ready again"
    does(centre, "olena", AgentStateName.OFFLINE)
    assert missing() == {"khm-roads", "khm-water"}


def test_it_says_where_to_sign_in_and_as_whom():
    settings = Settings(_env_file=None, public_url="http://centre.test:8080", demo_password=SecretStr("warm pipes"))
    said = calls.who_is_missing(settings, ["khm-water", "khm-heating", "dtm-exams"])
    assert "Nobody is ready in khm-water, khm-heating, dtm-exams" in said
    assert "http://centre.test:8080/ as olena and, in another browser, as anna," in said
    assert "warm pipes" in said
    assert calls.who_is_missing(settings, []) == "Somebody is ready in every queue that is called."


def test_every_queue_that_is_called_has_somebody_to_sign_in_as():
    known = {f"{each.code}-{queue}" for each in ORGANISATIONS for queue in each.queues}
    called = {errand.queue for errand in calls.ERRANDS} - {""}
    assert called <= known
    settings = Settings(_env_file=None)
    assert all(" as ," not in calls.who_is_missing(settings, [queue]) for queue in called)


def test_the_summary_tells_every_end_in_words_the_most_frequent_first():
    told = calls.summary(20, {"abandoned_in_queue": 5, "answered": 12, "queued": 1}, failed=2)
    assert told.splitlines() == [
        "20 callers:",
        "   12 answered",
        "    5 gave up in the queue",
        "    1 queued",
        "    2 never arrived",
        "    2 of them were not connected: is the SIP port answered, is there room?",
    ]
    assert calls.summary(3, {}) == "3 callers:\n    3 never arrived"


@pytest.mark.parametrize(
    ("line_every", "told"),
    [
        (timedelta(), ["1 of 20 have called: 1 queued", "2 of 20 have called: 2 queued"]),
        (timedelta(minutes=1), ["1 of 20 have called: 1 queued"]),
    ],
    ids=["what has changed", "not too soon"],
)
def test_without_a_terminal_progress_is_whole_lines_now_and_then(line_every: timedelta, told: list[str]):
    said = StringIO()
    progress = calls.Progress(20, said, line_every=line_every)
    for queued in (1, 2, 2, 2):
        progress.show({"queued": queued})
    progress.end_line()
    assert "\r" not in said.getvalue()
    assert said.getvalue().splitlines() == told


class Terminal(StringIO):
    """Writes over its line at every carriage return."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_progress_is_one_line():
    said = Terminal()
    progress = calls.Progress(20, said)
    progress.show({"queued": 1})
    progress.show({"queued": 2})
    progress.end_line()
    assert said.getvalue().count("\r") == 2
    assert said.getvalue().count("\n") == 1
