"""Prompts that are typed and spoken at once, the table of what can be heard, and emergency announcements."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import document, editing, prompts, queries, service, snapshot
from ivr.model import Announcement
from ivr.sound import loudness, studio
from ivr.tables import Emergency
from tests.centre import Centre
from tests.client import Client

pytestmark = pytest.mark.usefixtures("published")

SignedIn = Callable[[str], Client]
WORDS = {"uk": "Вулицю перекрито до вечора.", "ru": "Улица перекрыта до вечера.", "en": "The street is closed."}


@pytest.fixture
def admin(client: SignedIn) -> Client:
    return client("admin.khm")


def test_a_new_prompt_is_spoken_at_once_at_the_one_loudness(admin: Client, client: SignedIn, tmp_path: Path) -> None:
    added = admin.post("/menus/prompts/new", data={"name": "street-closed", **WORDS})
    assert (added.status_code, added.headers["location"]) == (303, "/menus/prompts/street-closed")
    heard = admin.get("/menus/prompts/street-closed/uk/sound.wav")
    samples = np.frombuffer(heard.content[44:], dtype="<i2") / 32768
    assert 1 < samples.size / loudness.RATE < 6
    assert loudness.loudness(samples) == pytest.approx(loudness.TARGET, abs=0.5)
    with transaction(EVERY_ORGANISATION) as session:
        assert studio.synchronise(session, tmp_path) == 3
    assert prompts.path(tmp_path, "ru_khm", "street-closed").exists()
    assert "street-closed" in admin.get("/menus/draft?open=menu:water").text
    assert client("admin.dtm").get("/menus/prompts/street-closed").status_code == 404
    assert client("admin.dtm").get("/menus/prompts/street-closed/uk/sound.wav").status_code == 404


def test_other_words_take_the_place_of_those_that_came_with_the_product(admin: Client, tmp_path: Path) -> None:
    before = admin.get("/menus/prompts/goodbye/ru/sound.wav").status_code
    assert admin.post("/menus/prompts/goodbye/ru/words", data={"words": "До скорого свидания."}).status_code == 303
    page = admin.get("/menus/prompts/goodbye").text
    assert "До скорого свидания." in page
    assert admin.get("/menus/prompts/goodbye/ru/sound.wav").status_code == 200
    story = admin.get("/menus?number=1580&at=2026-11-23T12:00&known=&keys=2 - - - -").text
    assert "ivr" not in story
    with transaction(EVERY_ORGANISATION) as session:
        assert studio.synchronise(session, tmp_path) == 1
    assert admin.post("/menus/prompts/goodbye/ru/words/undo").status_code == 303
    assert admin.post("/menus/prompts/goodbye/ru/words/undo").status_code == 404
    with transaction(EVERY_ORGANISATION) as session:
        assert studio.synchronise(session, tmp_path) == 1
    assert admin.get("/menus/prompts/goodbye/ru/sound.wav").status_code == before


def test_a_persons_voice_wins_over_typed_words(admin: Client, centre: Centre, tmp_path: Path) -> None:
    khm, by = centre.organisations["khm"].id, centre.people["admin.khm"].id
    with transaction(khm) as session:
        service.replace_prompt(
            session, khm, "goodbye", Language.RUSSIAN, sound=b"\xd5" * 4000, file_name="voice.wav", by=by
        )
        service.type_prompt(session, khm, "goodbye", Language.RUSSIAN, words="Пока", sound=b"\x55" * 4000, by=by)
    with transaction(EVERY_ORGANISATION) as session:
        studio.synchronise(session, tmp_path)
    assert prompts.path(tmp_path, "ru_khm", "goodbye").read_bytes() == b"\xd5" * 4000


def test_words_that_callers_hear_are_not_taken_back_as_long_as_they_do(admin: Client, centre: Centre) -> None:
    """A broken menu cannot be published, and a published one cannot be broken either."""
    khm = centre.organisations["khm"].id
    assert admin.post("/menus/prompts/new", data={"name": "street-closed", **WORDS}).status_code == 303
    with transaction(khm) as session:
        row = queries.find_document(session)
        assert row is not None
        menus = document.read(row.document)
        said = (*menus.announcements, Announcement(prompts=("street-closed",)))
        service.publish(session, khm, editing.with_announcements(menus, said))
    refused = admin.post("/menus/prompts/street-closed/ru/words/undo")
    assert refused.status_code == 422
    assert "оголошення перед чергою" in refused.text.split('id="words-error-ru"')[1][:300]
    with transaction(khm) as session:
        assert queries.find_typed(session, "street-closed", "ru") is not None
        service.publish(session, khm, menus)
    assert admin.post("/menus/prompts/street-closed/ru/words/undo").status_code == 303
    with transaction(khm) as session:
        assert queries.find_typed(session, "street-closed", "ru") is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "", "uk": "Так"}, "name"),
        ({"name": "Not A Name", "uk": "Так"}, "name"),
        ({"name": "goodbye", "uk": "Так"}, "name"),
        ({"name": "dtm-welcome", "uk": "Так"}, "name"),
        ({"name": "month-1", "uk": "Так"}, "name"),
        ({"name": "emergency-1", "uk": "Так"}, "name"),
        ({"name": "silent"}, "uk"),
        ({"name": "silent", "uk": "!!! ..."}, "uk"),
        ({"name": "long", "uk": "а" * 1501}, "uk"),
    ],
)
def test_what_cannot_be_a_prompt_is_refused_beside_its_field(admin: Client, form: dict[str, str], field: str) -> None:
    refused = admin.post("/menus/prompts/new", data=form)
    assert refused.status_code == 422
    assert f'id="error-{field}"' in refused.text
    with transaction(EVERY_ORGANISATION) as session:
        assert not queries.typed_prompts(session)


def test_a_voice_that_does_not_answer_changes_nothing(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    refused = admin.post("/menus/prompts/goodbye/uk/words", data={"words": "Бувайте здорові."})
    assert refused.status_code == 422
    assert "Голос цієї мови не відповідає" in refused.text.split('id="words-error-uk"')[1][:600]
    assert "Бувайте здорові." in refused.text
    with transaction(EVERY_ORGANISATION) as session:
        assert not queries.typed_prompts(session)


def test_the_table_tells_which_prompt_nobody_would_hear(admin: Client) -> None:
    assert admin.post("/menus/prompts/new", data={"name": "half-said", "uk": "Лише українською."}).status_code == 303
    page = admin.get("/menus/prompts?show=missing").text
    row = page.split(' href="/menus/prompts/half-said"')[1].split("</tr>")[0]
    assert row.count("badge-bad") == 2
    assert row.count("badge-good") == 1
    assert "/menus/prompts/goodbye" not in page
    used = admin.get("/menus/prompts?show=used").text
    assert "half-said" not in used
    assert "/menus/prompts/khm-topics" in used


def announces(who: Client, hours: str = "4", **words: str) -> int:
    return who.post("/menus/emergency", data={**WORDS, "hours": hours, **words}).status_code


def test_an_emergency_is_announced_with_one_button_and_ends_by_itself(
    client: SignedIn, centre: Centre, tmp_path: Path
) -> None:
    supervisor = client("iryna")
    assert announces(supervisor) == 303
    with transaction(EVERY_ORGANISATION) as session:
        loaded, entries = snapshot.load(session)
        urgent = loaded.lines["1580"].urgent
        assert urgent is not None
        assert timedelta(hours=3.9) < urgent.until - datetime.now(UTC) <= timedelta(hours=4)
        assert loaded.lines["1414"].urgent is None, "another organisation's callers hear it"
        snapshot.save(tmp_path / "menus.json", entries)
        assert studio.synchronise(session, tmp_path / "sounds") == 3
    assert snapshot.read(tmp_path / "menus.json") == loaded
    page = supervisor.get("/menus/emergency").text
    assert WORDS["uk"] in page
    story = supervisor.get("/menus?number=1580&keys=2 2").text.split('class="story"')[1]
    assert WORDS["ru"] in story
    with transaction(EVERY_ORGANISATION) as session:  # four hours later
        since = datetime.now(UTC) - timedelta(hours=5)
        session.execute(update(Emergency).values(since_at=since, until_at=since + timedelta(hours=4)))
    assert 'id="now-title"' not in supervisor.get("/menus/emergency").text
    assert WORDS["ru"] not in supervisor.get("/menus?number=1580&keys=2 2").text


def test_a_rehearsal_in_a_surge_tells_of_the_callback_that_callers_are_offered(
    client: SignedIn, centre: Centre
) -> None:
    asked = "/menus?number=1580&at=2026-11-23T12:00&keys=2 2"
    supervisor = client("iryna")
    assert announces(supervisor) == 303
    with transaction(EVERY_ORGANISATION) as session:  # from now until that Monday, or the other way round
        moments = sorted([datetime.now(UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)])
        since, until = moments[0] - timedelta(days=1), moments[1] + timedelta(days=1)
        session.execute(update(Emergency).values(since_at=since, until_at=until))
    assert "callback-at-once" not in supervisor.get(asked).text
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Emergency).values(offers_callback=True))
    story = supervisor.get(asked).text.split('class="story"')[1]
    assert "callback-at-once" in story


def test_it_is_ended_by_hand_and_announced_again(client: SignedIn) -> None:
    supervisor = client("iryna")
    assert announces(supervisor) == 303
    with transaction(EVERY_ORGANISATION) as session:
        (first,) = queries.emergencies(session)
    assert supervisor.post(f"/menus/emergency/{first.id}/end").status_code == 303
    assert supervisor.post(f"/menus/emergency/{first.id}/end").status_code == 303, "a second press is no mistake"
    with transaction(EVERY_ORGANISATION) as session:
        assert not queries.emergencies(session)
    assert supervisor.post(f"/menus/emergency/{first.id}/again", data={"hours": "1"}).status_code == 303
    assert announces(supervisor, "24", uk="Газу немає.") == 303
    with transaction(EVERY_ORGANISATION) as session:
        (last,) = queries.emergencies(session)
        assert last.until_at - last.since_at == timedelta(days=1)


def test_no_language_is_left_without_the_announcement(client: SignedIn) -> None:
    supervisor = client("iryna")
    refused = supervisor.post("/menus/emergency", data={**WORDS, "en": "", "hours": "4"})
    assert refused.status_code == 422
    assert 'id="error-en"' in refused.text
    assert re.search(WORDS["uk"], refused.text), "what was typed is gone"
    assert announces(supervisor, "1000") == 422
    with transaction(EVERY_ORGANISATION) as session:
        assert not queries.emergencies(session)
    assert client("olena").get("/menus/emergency").status_code == 403
    assert client("mykola").post("/menus/emergency", data=WORDS).status_code == 403
