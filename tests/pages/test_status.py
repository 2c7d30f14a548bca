"""The status page, and the alarms that those in charge see above every page."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser as Chromium
from sqlalchemy import Engine, update

from acd.tables import Queue
from calls.jobs import Disagreement, compare_with_queue_log
from calls.model import VisitOutcome
from calls.tables import ReaderPlace, VisitRow
from db import EVERY_ORGANISATION, transaction
from recordings import room
from run import listener
from run.development.pictures import signed_in
from run.scheduler import Job, Scheduler, jobs_of
from run.settings import Settings
from tests.centre import PASSWORD, PEOPLE, Centre
from tests.client import Client
from tests.journal import NODE
from tests.pages.a_call import answered_call
from tests.pages.barriers import LOOKS, barriers_on, speaks
from tests.pages.statements import statements_of
from web import facts

Browser = Callable[[str], Client]

NAMES = {
    "khm-water": {"uk": "Водогін", "uz": "Suv", "ru": "Водопровод", "en": "Waterworks"},
    "khm-roads": {"uk": "Шляхи", "uz": "Yoʻllar", "ru": "Пути", "en": "Highways"},
    "dtm-results": {"uk": "Бали", "uz": "Ballar", "ru": "Баллы", "en": "Marks"},
}


@pytest.fixture(autouse=True)
def no_facts(settings: Settings, client: Browser) -> Iterator[None]:
    """Nothing has been found out yet; `client` is asked for first, for the application connects to Redis.

    Afterwards it is so again: an alarm of a test stands above no page of another.
    """
    server = redis.Redis.from_url(settings.redis_url.get_secret_value())

    def forget() -> None:
        for key in server.scan_iter(f"{facts.PREFIX}*"):
            server.delete(key)

    forget()
    yield
    forget()
    facts.connect(settings.redis_url.get_secret_value())


def words_of(page: str) -> str:
    """The text of a page in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).replace("\u00a0", " ")


def in_language(client: Browser, language: str, login: str = "iryna") -> Client:
    browser = client(login)
    browser.post("/language", data={"language": language})
    return browser


@pytest.fixture
def compared(centre: Centre, tmp_path: Path) -> None:
    """Two visits told alike, one whose end Asterisk never wrote, one that only Asterisk tells; one of the agency."""
    now = datetime.now(UTC).replace(microsecond=0)
    organisations = {code: organisation.id for code, organisation in centre.organisations.items()}
    begun = {minutes: now - timedelta(minutes=minutes) for minutes in (50, 40, 30)}
    lost = [answered_call(centre.people["olena"], at=at) for at in begun.values()][-1]
    with transaction(EVERY_ORGANISATION) as session:
        for name, names in NAMES.items():
            organisation, _, code = name.partition("-")
            session.add(Queue(organisation_id=organisations[organisation], code=code, asterisk_name=name, name=names))
        session.execute(update(VisitRow).where(VisitRow.call == lost).values(outcome=VisitOutcome.LOST))
    log = tmp_path / "queue_log"
    lines = []
    for at in begun.values():
        lines.append((at + timedelta(seconds=15), "", "khm-water", "ENTERQUEUE"))
        if at != begun[30]:
            lines.append((at + timedelta(seconds=38), "", "khm-water", "CONNECT"))
    lines += [(begun[30], "1.7", queue, event) for queue in ("khm-roads", "dtm-results") for event in _GIVES_UP]
    log.write_text(
        "".join(f"{int(at.timestamp())}|{channel}|{queue}|NONE|{event}|1|1|1\n" for at, channel, queue, event in lines)
    )
    with pytest.raises(Disagreement):
        compare_with_queue_log(log, NODE, pause=timedelta())


_GIVES_UP = ("ENTERQUEUE", "ABANDON")


@pytest.mark.parametrize(
    ("language", "ledger", "reasons"),
    [
        (
            "en",
            "ledger 3 2 0 0 1",
            (
                "1 visit: lost by the ledger, waiting by queue_log; Asterisk ended before the call did",
                "1 visit: not known by the ledger, gave up by queue_log; no reason was found",
            ),
        ),
        ("uk", "облік 3 2 0 0 1", ("Asterisk зупинився раніше за дзвінок", "причини не знайдено")),
        ("uz", "hisob kitobi 3 2 0 0 1", ("Asterisk qoʻngʻiroqdan oldin toʻxtadi", "sabab topilmadi")),
        ("ru", "учёт 3 2 0 0 1", ("Asterisk остановился раньше звонка", "причина не найдена")),
    ],
)
def test_each_queue_is_shown_as_both_count_it_with_the_reason_of_a_difference(
    client: Browser, compared: None, language: str, ledger: str, reasons: tuple[str, str]
):
    page = in_language(client, language).get("/status").text
    said = words_of(page[page.index("queue_log") - 3000 :])
    assert f"{NAMES['khm-water'][language]} {ledger}" in said
    assert "queue_log 3 2 0 0 1" in said, "joined, answered, gave up, went elsewhere, still open"
    assert f"{NAMES['khm-roads'][language]} {ledger.split(' 3', maxsplit=1)[0]} 0 0 0 0 0" in said
    assert "queue_log 1 0 1 0 0" in said
    assert all(reason in said for reason in reasons)


def test_a_foreign_organisations_queues_are_not_shown(client: Browser, compared: None):
    page = in_language(client, "en").get("/status").text
    assert "Waterworks" in page
    assert "Marks" not in page
    page = in_language(client, "en", "dilnoza").get("/status").text
    assert "Marks" in page
    assert "Waterworks" not in page


@pytest.mark.parametrize(
    ("language", "done", "nothing"),
    [
        ("uk", "запитано: 3", "немає чого робити"),
        ("uz", "soʻralgan: 3", "qiladigan ish yoʻq"),
        ("ru", "запрошено: 3", "делать нечего"),
        ("en", "asked for: 3", "nothing to do"),
    ],
)
def test_what_jobs_did_is_told_in_the_readers_words(client: Browser, language: str, done: str, nothing: str):
    now = datetime.now(UTC)
    jobs = [
        Job("recordings.due", timedelta(minutes=1), lambda: {"asked_for": 3}, ("asked_for",)),
        Job("desk.silent_shifts", timedelta(minutes=1), lambda: {"paused": 0, "ended": 0}, ("paused", "ended")),
    ]
    Scheduler(jobs).tick(now)
    page = words_of(in_language(client, language).get("/status").text)
    assert done in page
    assert nothing in page


def test_every_job_counts_what_it_declares(settings: Settings, database: Engine, tmp_path: Path):
    settings = settings.model_copy(update={"data": tmp_path})
    settings.recordings_spool.mkdir(parents=True)
    log = settings.asterisk / "log" / "queue_log"
    log.parent.mkdir()
    log.write_text(f"{int(datetime.now(UTC).timestamp())}|NONE|NONE|NONE|QUEUESTART|\n")
    counted = {job.name: set(job.do()) for job in jobs_of(settings)}
    assert counted == {job.name: set(job.counts) for job in jobs_of(settings)}


@pytest.mark.parametrize(
    ("language", "desk"),
    [
        ("uk", "Робоче місце: що роблять оператори"),
        ("uz", "Ish oʻrni: operatorlar nima qilyapti"),
        ("ru", "Рабочее место: что делают операторы"),
        ("en", "Desk: what operators do"),
    ],
)
def test_readers_are_named_in_the_readers_words(client: Browser, language: str, desk: str):
    with transaction(EVERY_ORGANISATION) as session:
        session.add_all(
            ReaderPlace(reader=reader.name, node=NODE, seq=0, error="no such column") for reader in listener.READERS
        )
    page = in_language(client, language).get("/status").text
    assert f'{desk} <small class="quiet">{NODE}</small>' in page
    assert not [reader.name for reader in listener.READERS if f">{reader.name} <small" in page]
    assert page.count('<span lang="en">no such column</span>') == len(listener.READERS)


@pytest.mark.parametrize(
    ("language", "stands", "again"),
    [
        ("uk", "стоїть, відколи", "стояв; знову працює, відколи"),
        ("uz", "toʻxtab turibdi, shu paytdan beri:", "toʻxtab turgan edi; yana ishlayapti, shu paytdan beri:"),
        ("ru", "стоит с момента", "стоял; снова работает с момента"),
        ("en", "stands still since", "stood still; runs again since"),
    ],
)
def test_a_reader_says_since_when_it_stands_and_since_when_it_runs_again(
    client: Browser, language: str, stands: str, again: str
):
    failed, recovered = datetime.now(UTC) - timedelta(hours=3), datetime.now(UTC) - timedelta(hours=2)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(ReaderPlace(reader="desk", node=NODE, seq=0, error="no such column", failed_at=failed))
        session.add(ReaderPlace(reader="ledger", node=NODE, seq=0, recovered_at=recovered))
        session.add(ReaderPlace(reader="offers", node=NODE, seq=0))
    page = in_language(client, language).get("/status").text
    assert page.count(stands) == 1
    assert page.count(again) == 1
    assert f"{stands} <time" in page
    assert f"{again} <time" in page


def test_before_the_first_comparison_the_page_says_so(client: Browser):
    assert "Nothing has been compared yet" in in_language(client, "en").get("/status").text


def looked_at(free: float, *, ago: timedelta = timedelta(0)) -> None:
    """The scheduler looked at a disk of 1 TB."""
    room.note(int(free * 1e12), 10**12, at=datetime.now(UTC) - ago)


def alarm(browser: Client, url: str = "/calls") -> str:
    """The words of the alarm above a page; "" without one."""
    found = re.search(r'<div[^>]* data-alarm="\w+">(.*?)</div>', browser.get(url).text, re.DOTALL)
    return words_of(found[1]) if found else ""


@pytest.mark.parametrize(
    ("language", "filling", "almost_full"),
    [
        (
            "en",
            "filling up. Left: 150 GB (15%). At the present rate this is enough for: 6 hours.",
            "almost full. Left: 40 GB (4%).",
        ),
        (
            "uk",
            "заповнюється. Лишилося: 150 GB (15%). За нинішнього темпу цього вистачить на: 6 годин.",
            "майже заповнений. Лишилося: 40 GB (4%).",
        ),
        (
            "uz",
            "toʻlib bormoqda. Qoldi: 150 GB (15%). Hozirgi sur’atda bu yetadi: 6 soat.",
            "deyarli toʻlgan. Qoldi: 40 GB (4%).",
        ),
        (
            "ru",
            "заполняется. Осталось: 150 GB (15 %). При нынешнем темпе этого хватит на: 6 часов.",
            "почти заполнен. Осталось: 40 GB (4 %).",
        ),
    ],
)
def test_a_filling_disk_is_told_above_every_page_how_much_is_left_and_for_how_long(
    client: Browser, language: str, filling: str, almost_full: str
):
    browser = in_language(client, language)
    looked_at(0.20, ago=timedelta(hours=2))
    looked_at(0.15)
    assert filling in alarm(browser)
    assert filling in alarm(browser, "/me")
    looked_at(0.04)
    assert almost_full in alarm(browser)


def test_the_alarm_is_seen_by_those_in_charge_only_and_only_while_it_is_so(client: Browser):
    looked_at(0.05)
    seen = {login: bool(alarm(client(login), "/me")) for login in PEOPLE["khm"]}
    assert {login for login, is_seen in seen.items() if is_seen} == {"iryna", "mykola", "admin.khm"}
    looked_at(0.5)
    assert alarm(client("iryna")) == ""
    looked_at(0.05, ago=timedelta(minutes=11))
    assert alarm(client("iryna")) == "", "nobody has looked for long, so nobody knows"


def test_the_alarm_costs_no_statement_and_no_look_at_the_disk(client: Browser, database: Engine):
    browser = client("iryna")
    browser.get("/me")
    without = statements_of(lambda: browser.get("/me"))
    looked_at(0.05)
    assert statements_of(lambda: alarm(browser, "/me")) == without
    assert "50" in alarm(browser, "/me"), "the disk as the scheduler saw it, not the one that is here"


def test_without_redis_pages_come_without_the_alarm(client: Browser):
    looked_at(0.05)
    facts.connect("redis://127.0.0.1:1/0")
    browser = client("iryna")
    assert browser.get("/me").status_code == 200
    assert alarm(browser, "/me") == ""
    assert browser.get("/status").status_code == 200


def test_the_comparison_and_the_alarm_have_no_serious_barrier(browser: Chromium, url: str, compared: None):
    looked_at(0.20, ago=timedelta(hours=2))
    looked_at(0.05)
    found = []
    with signed_in(browser, url, "iryna", PASSWORD) as page:
        for language in LOOKS:
            speaks(page, language)
            page.goto("/status")
            found += barriers_on(page, "status", language)
            assert page.locator("[data-alarm]").is_visible()
    assert not found, "\n".join(found)
