"""Listening: asked why, written down, allowed, served by parts; and what is said where there is no sound."""

import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, text, update
from structlog.testing import capture_logs

from db import EVERY_ORGANISATION, engine, store, transaction
from recordings import asking, jobs
from recordings.model import Reason, RecordingState
from recordings.ranges import asked_part
from recordings.tables import Listening, Recording
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.tables import Audit
from tests.centre import Centre
from tests.client import Client
from tests.journal import NODE
from tests.pages.a_call import abandoned_call, answered_call
from tests.recordings.speech import conversation, decoded, likeness, write_leg
from tests.town.waiting import wait_for

SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def store_server(servers: Servers) -> Servers:
    return servers.start("s3")


@pytest.fixture
def spool(settings: Settings, store_server: Servers, tmp_path: Path) -> Path:
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path)
    return tmp_path


@pytest.fixture
def call(centre: Centre, spool: Path) -> UUID:
    """A call that Olena answered; its recording is stored."""
    made = answered_call(centre.people["olena"])
    caller, operator = conversation()
    write_leg(spool / f"{made}.1.rx.wav", caller)
    write_leg(spool / f"{made}.1.tx.wav", operator)
    jobs.store_recording(recording_of(made).id)
    return made


def recording_of(call: UUID) -> Recording:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Recording).where(Recording.call == call)).one()
        session.expunge(found)
        return found


def listenings() -> list[Listening]:
    with transaction(EVERY_ORGANISATION) as session:
        found = list(session.scalars(select(Listening).order_by(Listening.id)))
        session.expunge_all()
        return found


def listens(browser: Client, recording: int, why: str = "quality", note: str = "") -> str:
    """Says why, and gives the address of the sound."""
    answer = browser.post(
        f"/recordings/{recording}/listen", data={"why": why, "note": note}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200, answer.text
    found = re.search(r'src="(/recordings/\d+/audio\?listening=\d+)"', answer.text)
    assert found is not None
    return found.group(1)


def test_the_call_is_marked_as_recorded(client: SignIn, call: UUID) -> None:
    assert str(call) in client("iryna").get("/calls?recorded=yes").text


def test_who_listens_is_written_down_first(client: SignIn, centre: Centre, call: UUID) -> None:
    recording = recording_of(call)
    iryna = client("iryna")
    assert "<audio" not in iryna.get(f"/recordings/of?call={call}").text
    sound = listens(iryna, recording.id, why="other", note="the mayor asked")
    [line] = listenings()
    assert (line.person_id, line.recording_id) == (centre.people["iryna"].id, recording.id)
    assert (line.kind, line.why, line.note) == ("listened", "other", "the mayor asked")
    assert line.address
    with transaction(EVERY_ORGANISATION) as session:
        deeds = list(session.scalars(select(Audit.deed)))
    assert "recording.listened" in deeds
    answer = iryna.get(sound)
    assert answer.status_code == 200
    caller, operator = conversation()
    stereo = decoded(answer.content)
    assert likeness(stereo[:, 0], caller) > 0.9
    assert likeness(stereo[:, 1], operator) > 0.9
    page = iryna.get(f"/recordings/of?call={call}").text
    assert "Iryna" in page
    assert "the mayor asked" in page


def test_without_a_reason_nothing_is_heard(client: SignIn, call: UUID) -> None:
    recording, iryna = recording_of(call), client("iryna")
    for data in ({}, {"why": "curiosity"}, {"why": "other", "note": "  "}):
        for part in ({}, {"HX-Request": "true"}):
            answer = iryna.post(f"/recordings/{recording.id}/listen", data=data, headers=part)
            assert answer.status_code == 422
            assert "<audio" not in answer.text
    assert listenings() == []
    for address in ("audio", "audio?listening=1", "file?listening=1", "audio?listening=x"):
        assert iryna.get(f"/recordings/{recording.id}/{address}").status_code in (403, 422)


def test_without_script_the_sound_comes_by_a_page(client: SignIn, call: UUID) -> None:
    iryna = client("iryna")
    answer = iryna.post(f"/recordings/{recording_of(call).id}/listen", data={"why": "training"})
    assert answer.status_code == 303
    assert "<audio controls" in iryna.get(answer.headers["location"]).text


def test_one_persons_reason_opens_nothing_for_another(client: SignIn, call: UUID) -> None:
    sound = listens(client("iryna"), recording_of(call).id)
    assert client("mykola").get(sound).status_code == 403
    assert client("olena").get(sound).status_code == 403


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, -1),
        ("bytes=-50", -50, -1),
        ("bytes=0-99999999", 0, -1),
    ],
)
def test_players_seek_by_parts(client: SignIn, call: UUID, asked: str, first: int, last: int) -> None:
    iryna, recording = client("iryna"), recording_of(call)
    assert recording.object_key is not None
    whole = b"".join(store.read(recording.object_key))
    part = iryna.get(listens(iryna, recording.id), headers={"Range": asked})
    first, last = first % len(whole), last % len(whole)
    assert part.status_code == 206
    assert part.content == whole[first : last + 1]
    assert part.headers["accept-ranges"] == "bytes"
    assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert "content-encoding" not in part.headers


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
@pytest.mark.parametrize("asked", ["bytes={}-", "bytes=-{}", "bytes=0-{}", "bytes={}-{}"])
def test_numbers_beyond_all_files_are_nonsense(asked: str, number: str) -> None:
    assert asked_part(asked.format(number, number), 1000) is None


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,5-9", "pages=1-2", "bytes=-", "nonsense"])
def test_what_is_no_part_is_the_whole(client: SignIn, call: UUID, asked: str) -> None:
    iryna, recording = client("iryna"), recording_of(call)
    answer = iryna.get(listens(iryna, recording.id), headers={"Range": asked})
    assert answer.status_code == 200
    assert len(answer.content) == recording.size


def test_a_part_behind_the_end_is_refused(client: SignIn, call: UUID) -> None:
    iryna, recording = client("iryna"), recording_of(call)
    answer = iryna.get(listens(iryna, recording.id), headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{recording.size}"


def test_operators_hear_their_own_calls_and_no_others(client: SignIn, call: UUID) -> None:
    recording = recording_of(call)
    assert client("olena").get(listens(client("olena"), recording.id, why="own_call")).status_code == 200
    andrii = client("andrii")
    assert andrii.get(f"/recordings/of?call={call}").status_code == 404
    assert andrii.get(f"/recordings/{recording.id}").status_code == 404
    assert andrii.post(f"/recordings/{recording.id}/listen", data={"why": "own_call"}).status_code == 404
    assert client("olena").post(f"/recordings/{recording.id}/download", data={"why": "own_call"}).status_code == 403


def test_administrators_see_that_there_is_a_recording_and_do_not_hear_it(client: SignIn, call: UUID) -> None:
    recording, admin = recording_of(call), client("admin.khm")
    assert "data-player" in admin.get(f"/recordings/of?call={call}").text
    assert admin.post(f"/recordings/{recording.id}/listen", data={"why": "quality"}).status_code == 403


def test_other_organisations_find_nothing(client: SignIn, call: UUID) -> None:
    recording, dilnoza = recording_of(call), client("dilnoza")
    sound = listens(client("iryna"), recording.id)
    assert dilnoza.get(sound).status_code == 404
    assert dilnoza.get(f"/recordings/{recording.id}").status_code == 404
    assert dilnoza.post(f"/recordings/{recording.id}/listen", data={"why": "quality"}).status_code == 404
    assert dilnoza.post(f"/recordings/{recording.id}/retry").status_code == 404
    assert "data-player" not in dilnoza.get(f"/recordings/of?call={call}").text


def test_a_download_is_a_file_and_a_line_of_its_own(client: SignIn, call: UUID) -> None:
    recording, mykola = recording_of(call), client("mykola")
    answer = mykola.post(f"/recordings/{recording.id}/download", data={"why": "citizens_request"})
    assert answer.status_code == 303
    file = mykola.get(answer.headers["location"])
    assert file.headers["content-disposition"] == f'attachment; filename="{call}.1.webm"'
    assert len(file.content) == recording.size
    assert [line.kind for line in listenings()] == ["downloaded"]
    as_sound = answer.headers["location"].replace("/file", "/audio")
    assert mykola.get(as_sound).status_code == 403


def test_a_recording_changed_in_the_store_is_not_played(client: SignIn, call: UUID, tmp_path: Path) -> None:
    recording = recording_of(call)
    assert recording.object_key is not None
    forged = tmp_path / "forged"
    forged.write_bytes(b"x" * (recording.size or 0))
    store.put(recording.object_key, forged)
    answer = client("iryna").post(f"/recordings/{recording.id}/listen", data={"why": "quality"})
    assert answer.status_code == 409
    assert listenings() == []


@pytest.mark.parametrize("opened", [False, True])
def test_a_recording_that_the_store_has_lost_is_no_wrong_address(client: SignIn, call: UUID, opened: bool) -> None:
    recording, iryna = recording_of(call), client("iryna")
    sound = listens(iryna, recording.id) if opened else ""
    store.delete(recording.object_key or "")
    with capture_logs() as told:
        if opened:
            answer = iryna.get(sound)
        else:
            answer = iryna.post(f"/recordings/{recording.id}/listen", data={"why": "quality"})
    assert answer.status_code == 409
    lost = [line["recording"] for line in told if line["event"] == "recording_missing_in_the_store"]
    assert lost == [recording.id]


@pytest.mark.parametrize("deed", ["listen", "download"])
def test_no_transaction_is_open_while_the_store_is_read(
    client: SignIn, call: UUID, settings: Settings, deed: str
) -> None:
    """A store may take its time; PostgreSQL's connections are for others meanwhile."""
    mykola, address = client("mykola"), f"/recordings/{recording_of(call).id}/{deed}"
    with socket.create_server(("127.0.0.1", 0)) as slow, ThreadPoolExecutor(1) as asks:
        slow.settimeout(10)
        store.connect(f"127.0.0.1:{slow.getsockname()[1]}", access_key="", secret_key="", bucket="none")
        try:
            answer = asks.submit(mykola.post, address, data={"why": "quality"})
            asked, _ = slow.accept()
            assert transactions_that_wait() == 0
            slow.close()  # or it would be asked once more
            asked.close()
            assert answer.result(10).status_code == 503
        finally:
            connect_store(settings)


def transactions_that_wait() -> int:
    """How many are open in this database and do nothing."""
    open_here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE :state"
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(text(open_here), {"state": "idle in transaction%"}) or 0


def test_while_the_store_is_away_the_page_says_so(client: SignIn, call: UUID, store_server: Servers) -> None:
    recording, iryna = recording_of(call), client("iryna")
    sound = listens(iryna, recording.id)
    store_server.stop("s3")
    try:
        assert iryna.post(f"/recordings/{recording.id}/listen", data={"why": "quality"}).status_code == 503
        assert iryna.get(sound).status_code == 503
        assert iryna.get(f"/recordings/of?call={call}").status_code == 200
    finally:
        store_server.start("s3")
    wait_for("the sound to be there again", lambda: iryna.get(sound).status_code == 200, seconds=30)


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (RecordingState.RECORDING, None, "still on"),
        (RecordingState.SPOOLED, None, "being prepared"),
        (RecordingState.MISSING, Reason.NEVER_STARTED, "never started"),
        (RecordingState.FAILED, Reason.UNREADABLE, "could not be read"),
    ],
)
def test_without_sound_the_reason_is_told(
    client: SignIn, call: UUID, state: RecordingState, reason: Reason | None, words: str
) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.call == call).values(state=state, reason=reason))
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page = iryna.get(f"/recordings/of?call={call}").text
    assert words in page
    assert ('hx-get="/recordings/' in page) == (
        reason is None
    )  # it asks again by itself only where something will come
    answer = iryna.post(f"/recordings/{recording_of(call).id}/listen", data={"why": "quality"})
    assert answer.status_code == 409


@pytest.mark.parametrize("over", [True, False])
def test_the_page_of_a_call_that_is_on_asks_again(client: SignIn, centre: Centre, over: bool) -> None:
    call = abandoned_call(centre.organisations["khm"].id, over=over)
    iryna = client("iryna")
    asked = f'hx-get="/recordings/of?call={call}"'
    assert (asked in iryna.get(f"/calls/{call}").text) != over
    assert (asked in iryna.get(f"/recordings/of?call={call}").text) != over


def test_the_backlog_tells_what_waits_and_tries_again(client: SignIn, centre: Centre, spool: Path) -> None:
    call = answered_call(centre.people["olena"])
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(
            update(Recording).where(Recording.call == call).values(attempts=4, last_error="refused by the store")
        )
    iryna = client("iryna")
    page = iryna.get("/recordings/backlog")
    assert "refused by the store" in page.text
    assert iryna.post(f"/recordings/{recording_of(call).id}/retry").status_code == 303
    assert recording_of(call).attempts == 0
    assert iryna.post("/recordings/retry").status_code == 303
    assert client("olena").get("/recordings/backlog").status_code == 403
    assert "refused by the store" not in client("dilnoza").get("/recordings/backlog").text


def test_a_backlog_is_tried_again_by_the_scheduler_and_not_within_the_request(
    client: SignIn, centre: Centre, spool: Path
) -> None:
    """However many wait, the button answers at once; they are due, and drawn as the workers come to them."""
    calls = [answered_call(centre.people["olena"]) for _ in range(3)]
    asking.queue(NODE).empty()
    assert client("iryna").post("/recordings/retry").status_code == 303
    assert len(asking.queue(NODE)) == 0
    assert jobs.ask_for_due(NODE) == len(calls)


def test_the_backlog_reads_what_waits_and_not_every_recording(client: SignIn, centre: Centre, spool: Path) -> None:
    statements: list[tuple[str, Any]] = []
    iryna = client("iryna")

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM recording" in statement:
            statements.append((statement, parameters))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        assert iryna.get("/recordings/backlog").status_code == 200
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    assert len(statements) == 2
    with transaction(centre.organisations["khm"].id) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # the tables of tests are small
        for statement, parameters in statements:
            plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
            assert not any("Seq Scan" in line for line in plan), "\n".join(plan)


def test_everything_is_tried_again_however_much_it_is(client: SignIn, centre: Centre, spool: Path) -> None:
    """More than the page lists; what failed too, what is missing not, and no other organisation's."""
    with transaction(EVERY_ORGANISATION) as session:
        for code, number in (("khm", 205), ("dtm", 1)):
            session.add_all(
                Recording(
                    organisation_id=centre.organisations[code].id,
                    call=uuid4(),
                    segment=1,
                    answered_at=datetime.now(UTC),
                    state=RecordingState.FAILED if place % 2 else RecordingState.SPOOLED,
                    reason=Reason.UNREADABLE if place % 2 else None,
                    due_at=None if place % 2 else datetime.now(UTC),
                    attempts=3,
                )
                for place in range(number)
            )
    missing = answered_call(centre.people["olena"])
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(
            update(Recording)
            .where(Recording.call == missing)
            .values(state=RecordingState.MISSING, reason=Reason.NO_FILES, due_at=None)
        )
    assert client("iryna").post("/recordings/retry").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        of_khm = Recording.organisation_id == centre.organisations["khm"].id
        states = session.execute(
            select(Recording.state, Recording.attempts, func.count())
            .where(of_khm)
            .group_by(Recording.state, Recording.attempts)
        )
        assert sorted(tuple(row) for row in states) == [("missing", 0, 1), ("spooled", 0, 205)]
        assert session.scalars(select(Recording.attempts).where(~of_khm)).all() == [3]
        assert session.scalars(select(Audit.details).where(Audit.deed == "recordings.retried")).one()["count"] == "205"


def test_an_attempt_that_failed_blames_nothing_that_is_not_known(client: SignIn, centre: Centre, spool: Path) -> None:
    call = answered_call(centre.people["olena"])
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Recording).where(Recording.call == call).values(attempts=1, last_error="no room"))
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page = iryna.get(f"/recordings/of?call={call}").text
    assert "The recording could not be stored yet" in page
    assert "It is tried again by itself." in page
