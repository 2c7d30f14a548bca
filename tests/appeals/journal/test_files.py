"""The Excel file of the journal, read back: the rows, order and columns of the page, types kept, texts only texts."""

import gc
import html
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from appeals import asking
from appeals.classifier import service as classifier
from appeals.journal import export_routes, exports, jobs, sheet
from appeals.journal.model import Asked, ExportState
from appeals.journal.tables import Export
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, store, transaction
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.tables import Audit, Organisation
from tests.appeals.cards import Browser
from tests.appeals.journal.appeals import NOON, written
from tests.centre import Centre
from tests.client import Client
from web import workers

FORMULA = '=HYPERLINK("http://evil.example","x")'
KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture(autouse=True)
def appeals(centre: Centre) -> None:
    """The city has sixty, one of them with a formula in its substance."""
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        khm = session.get_one(Organisation, olena.organisation_id)
        classifier.load_national(session, khm, today=datetime.now(UTC).date() - timedelta(days=1))
        written(session, olena, list(range(1, 61)))
        session.execute(update(Appeal).where(Appeal.number == "26-000001").values(substance=FORMULA))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than ten rows are many."""
    monkeypatch.setattr(export_routes, "AT_ONCE", 10)


@pytest.fixture
def kept(servers: Servers, settings: Settings) -> Iterator[None]:
    """The store runs, and this process is a worker as well."""
    servers.start("s3")
    connect_store(settings)
    workers.connect(settings.redis_url.get_secret_value())
    asking.queue().empty()
    yield
    asking.queue().empty()


def rows(content: bytes) -> list[list[Any]]:
    """What a file holds."""
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def taken(browser: Client, **data: Any) -> list[list[Any]]:
    """What the page's button brings."""
    answer = browser.post("/appeals/export", data=data)
    assert answer.status_code == 200, answer.headers.get("location")
    assert "spreadsheetml" in answer.headers["content-type"]
    return rows(answer.content)


def listed(browser: Client, query: str) -> list[str]:
    """The numbers on all pages of the list."""
    found, url = [], f"/appeals?rows=100&{query}"
    while url:
        page = browser.get(url).text
        found += re.findall(r'<tr data-href="/appeals/([0-9-]+)"', page)
        url = html.unescape(page.partition('rel="next" href="')[2].partition('"')[0])
    return found


@pytest.mark.parametrize("query", ["", "sort=name", "topic=water&sort=-due", "state=open&sort=-topic", "q=вода"])
def test_the_file_has_the_rows_order_and_columns_of_the_page(client: Browser, query: str) -> None:
    olena = client("olena")
    head, *found = taken(olena, back=query, column=["number", "state", "registered", "phone"])
    assert head == ["Номер", "Стан", "Зареєстровано", "Телефон"]
    assert [row[0] for row in found] == listed(olena, query) != []


def test_dates_are_dates_by_the_organisations_clock_and_texts_only_texts(client: Browser) -> None:
    answer = client("olena").post(
        "/appeals/export", data={"back": "number=26-000001", "column": ["registered", "substance"]}
    )
    (_, (registered, substance)) = rows(answer.content)
    assert registered == (NOON - timedelta(minutes=7)).astimezone(KYIV).replace(tzinfo=None)
    assert substance == FORMULA
    with zipfile.ZipFile(BytesIO(answer.content)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml"), "no formula"


def test_heads_are_in_the_readers_language_and_codes_stand_beside_words(client: Browser, centre: Centre) -> None:
    data = {"back": "number=26-000003", "column": ["kind", "result", "problem", "topic"], "codes": "yes"}
    head, row = taken(client("olena"), **data)
    assert head == ["Вид", "Вид, код", "Результат", "Результат, код", "Проблема", "Проблема, код", "Тема", "Тема, код"]
    assert row[:4] == ["Заява", "3.2", "вирішено позитивно", "9.1"]
    assert row[6:] == ["Вода", "water"]
    head, _row = taken(client("olena"), **{**data, "codes": ""})
    assert head == ["Вид", "Результат", "Проблема", "Тема"]


def test_who_may_not_see_names_takes_them_along_masked(client: Browser, blind_manager: str) -> None:
    wanted = {"back": "number=26-000003", "column": ["number", "name", "phone", "address", "substance"]}
    told, masked = taken(client("olena"), **wanted)[1], taken(client(blind_manager), **wanted)[1]
    assert (masked[0], masked[4]) == (told[0], told[4]), "what is not personal stays as it is"
    initials = " ".join(f"{word[0]}•••" for word in str(told[1]).split())
    assert masked[1:4] == [initials, f"•••{str(told[2])[-2:]}", "•••"]


def test_who_took_what_along_is_written_down(client: Browser, centre: Centre) -> None:
    taken(client("olena"), back="topic=water", column=["number"])
    with transaction(EVERY_ORGANISATION) as session:
        [deed] = session.scalars(select(Audit).where(Audit.deed == "appeals.exported"))
    assert (deed.person_id, deed.details) == (centre.people["olena"].id, {"by": "topic", "rows": "20"})


def asked(browser: Client, **data: Any) -> str:
    """The page of a file that a worker is to make."""
    answer = browser.post("/appeals/export", data={"column": ["number", "name"], **data})
    assert answer.status_code == 303
    return answer.headers["location"]


def file_of(url: str) -> Export:
    """The row behind the page."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Export, int(url.rpartition("/")[2]))


def test_many_rows_are_written_by_a_worker_told_as_it_goes(
    client: Browser, few: None, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "AT_ONCE", 25)
    olena = client("olena")
    url = asked(olena, back="sort=name")
    assert [job.func_name for job in asking.queue().jobs] == ["appeals.journal.jobs.make_file"]
    told: list[str] = []
    note = exports._tell
    monkeypatch.setattr(exports, "_tell", lambda *a, **k: (note(*a, **k), told.append(olena.get(url).text)))
    jobs.make_file(file_of(url).id)
    assert [re.findall(r"(\d+) з 60", page) for page in told] == [["0"], ["25"], ["50"], ["60"]]
    assert 'hx-trigger="every 1s"' in told[0]
    page = olena.get(url).text
    assert 'hx-trigger="every 1s"' not in page
    assert f'href="{url}/file"' in page
    answer = olena.get(f"{url}/file")
    assert [row[0] for row in rows(answer.content)[1:]] == listed(olena, "sort=name")
    assert url in olena.get("/appeals/exports").text


def test_a_file_is_its_askers_alone_and_for_a_day(client: Browser, few: None, kept: None) -> None:
    olena = client("olena")
    url = asked(olena)
    assert olena.get(f"{url}/file").status_code == 404, "it is not made yet"
    jobs.make_file(file_of(url).id)
    for login in ("andrii", "iryna", "anna"):
        assert client(login).get(f"{url}/file").status_code == client(login).get(url).status_code == 404
    assert olena.get(f"{url}/file").status_code == 200
    file = file_of(url)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Export).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert olena.get(f"{url}/file").status_code == 404
    jobs.forget_files()
    assert file.object_key is not None
    assert store.find(file.object_key) is None
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Export)).all() == []


def test_a_file_that_is_given_up_is_not_made_on(
    client: Browser, few: None, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    olena = client("olena")
    url = asked(olena)
    note = exports._tell
    monkeypatch.setattr(exports, "_tell", lambda *a, **k: (olena.post(f"{url}/give-up"), note(*a, **k)))
    jobs.make_file(file_of(url).id)
    file = file_of(url)
    assert (file.state, file.object_key) == (ExportState.CANCELLED, None)
    assert store.find(f"{exports.FOLDER}/{file.organisation_id}/{file.id}.xlsx") is None


def test_a_file_whose_maker_died_or_was_never_asked_is_asked_for_again(client: Browser, few: None, kept: None) -> None:
    url = asked(client("olena"))
    asking.queue().empty()
    assert jobs.look_after()["asked_for"] == 0, "it has been asked for a moment ago"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Export).values(told_at=datetime.now(UTC) - timedelta(minutes=1), state="running"))
    assert jobs.look_after()["asked_for"] == 1
    assert jobs.look_after()["asked_for"] == 0
    assert len(asking.queue().jobs) == 1
    jobs.make_file(file_of(url).id)
    assert file_of(url).state == ExportState.DONE
    jobs.make_file(file_of(url).id)
    assert file_of(url).state == ExportState.DONE, "made twice it is one file"


def test_without_a_store_the_file_says_that_it_failed(client: Browser, few: None, kept: None) -> None:
    url = asked(client("olena"))
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    with pytest.raises(store.StoreAway):
        jobs.make_file(file_of(url).id)
    assert file_of(url).state == ExportState.FAILED
    assert "не вдалося" in client("olena").get(url).text


def test_memory_does_not_grow_with_the_rows(centre: Centre, tmp_path: Path) -> None:
    """Four times as many rows, and the same memory but for eight bytes a row.

    Rows refer to each other in circles; how many of those lie about until the collector comes by is a matter of what
    else the process holds, so it comes by after each batch. What other threads of the process take meanwhile only adds:
    the least of three is the file's.
    """
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        written(session, olena, list(range(100, 2_100)))

    def forgotten(_written: int) -> None:
        gc.collect()

    def peak(at_most: int) -> int:
        with transaction(olena.organisation_id) as session, (tmp_path / "file").open("wb") as file:
            columns = exports.chosen(["number", "name", "substance", "state"])
            asker = exports.Asker.of(olena, personal=True)
            appeals = exports.listing.every(session, Asked(), asker, at_most=at_most)
            known = exports.Directories(session, olena.organisation_id)
            tracemalloc.start()
            rows_of = sheet.in_batches(session, appeals, forgotten)
            assert sheet.write(file, rows_of, columns, known, codes=False, personal=True, zone=KYIV) == at_most
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found

    peak(500)
    assert min(peak(2_000) for _ in range(3)) < min(peak(500) for _ in range(3)) * 1.5
