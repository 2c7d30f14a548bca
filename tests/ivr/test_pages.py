"""Pages of menus and prompts, and uploads of every kind of nonsense."""

import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import prompts, queries
from ivr.demonstration import MENUS
from ivr.sound import loudness, studio
from ivr.tables import StudioRecording
from tests.client import Client

pytestmark = pytest.mark.usefixtures("published")

SignedIn = Callable[[str], Client]
UPLOAD = "/menus/prompts/khm-welcome/uk/upload"


def recordings() -> int:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(func.count()).select_from(StudioRecording)).one()


def tone(path: Path, *, seconds: float = 2, loud: float = 0.05) -> Path:
    """A WAV with a voice-like tone between silences."""
    at = np.arange(int(44100 * seconds)) / 44100
    samples = (32767 * loud * np.sin(2 * np.pi * 440 * at)).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(44100)
        wav.writeframes(bytes(44100) + samples.tobytes() + bytes(44100))
    return path


def test_the_tree_shows_every_key(client: SignedIn) -> None:
    page = client("iryna").get("/menus")
    assert page.status_code == 200
    for menu in MENUS["khm"].menus:
        assert f'id="menu-{menu.name}"' in page.text
    assert "dtm-topics" not in page.text


def test_menus_are_called_as_people_know_them_with_the_code_beside(client: SignedIn) -> None:
    iryna = client("iryna")
    for language, titles in {
        "uk": ("вибір мови", "вибір теми", "неробочий час"),
        "en": ("choice of language", "choice of topic", "when closed"),
    }.items():
        iryna.post("/language", data={"language": language})
        page = iryna.get("/menus").text
        for title, code in zip(titles, ("language", "topics", "night"), strict=True):
            assert f'<h3>{title} <small class="quiet"><code>{code}</code></small>' in page
            assert f">{code}</a>" not in page, "where a key leads is told by the title, too"
        assert f'<a href="#menu-topics">{titles[1]}</a>' in page


@pytest.mark.parametrize("login", ["iryna", "mykola", "admin.khm", "dilnoza", "karim"])
def test_a_rehearsal_tells_what_is_heard(client: SignedIn, login: str) -> None:
    page = client(login).get("/menus", params={"number": "", "at": "2026-11-23T12:00", "known": "", "keys": "1 2"})
    assert page.status_code == 200
    assert "recording-notice" in page.text
    end = "heating" if login in ("iryna", "mykola", "admin.khm") else "certificates"
    assert end in page.text.split('class="story"')[1]


@pytest.mark.parametrize("query", ["at=nonsense&keys=1", "number=9999&keys=1", "known=xx&keys=1", "keys=" + "1+" * 999])
def test_nonsense_in_the_address_is_answered_kindly(client: SignedIn, query: str) -> None:
    assert client("iryna").get(f"/menus?{query}").status_code in (200, 422)


def test_operators_have_no_business_here(client: SignedIn) -> None:
    for address in ("/menus", "/menus/prompts", "/menus/prompts/goodbye", "/menus/prompts/goodbye/uk/sound.wav"):
        assert client("olena").get(address).status_code == 403
    assert client("iryna").post(UPLOAD, files={"recording": b"x"}).status_code == 403


def test_prompts_of_another_organisation_are_not_there(client: SignedIn) -> None:
    administrator = client("admin.khm")
    assert "dtm-welcome" not in administrator.get("/menus/prompts").text
    assert administrator.get("/menus/prompts/dtm-welcome").status_code == 404
    assert administrator.post("/menus/prompts/dtm-welcome/uk/upload", files={"recording": b"x"}).status_code == 404
    assert administrator.get("/menus/prompts/no-such-prompt").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("uk", "Щоб почути про планові відключення води"), ("en", "To hear about planned")]
)
def test_a_prompt_is_headed_by_its_words_with_the_code_beside(client: SignedIn, language: str, words: str) -> None:
    administrator = client("admin.khm")
    administrator.post("/language", data={"language": language, "next": "/"})
    page = administrator.get("/menus/prompts/khm-water").text
    heading, title = page.split("<h1>")[1].split("</h1>")[0], page.split("<title>")[1].split("</title>")[0]
    assert heading.startswith(f'<span lang="{language}">{words}')
    assert title.strip().startswith(words)
    assert heading.endswith('<small class="quiet">khm-water</small>')
    assert len(heading) < 180
    row = administrator.get("/menus/prompts").text.split('href="/menus/prompts/khm-water"')[-1]
    assert words in row.split("</a>")[0]


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg", "flac"])
def test_a_studio_recording_replaces_the_voice_and_can_be_undone(
    client: SignedIn, app: FastAPI, tmp_path: Path, suffix: str
) -> None:
    source = tone(tmp_path / "studio.wav")
    sent = tmp_path / f"sent.{suffix}"
    if suffix != "wav":
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, sent], check=True)
    else:
        sent = source
    administrator = client("admin.khm")
    done = administrator.post(UPLOAD, files={"recording": (f"Привіт.{suffix}", sent.read_bytes())})
    assert (done.status_code, done.headers["location"]) == (303, "/menus/prompts/khm-welcome")
    page = administrator.get("/menus/prompts/khm-welcome").text
    assert f"Привіт.{suffix}" in page
    with transaction(EVERY_ORGANISATION) as session:
        stored = queries.find_recording(session, "khm-welcome", "uk")
        assert stored is not None
        assert 1.9 < len(stored.sound) / 8000 < 2.3  # the silence around it is gone
        samples = np.frombuffer(loudness.from_a_law(stored.sound), dtype="<i2") / 32768
        assert loudness.loudness(samples) == pytest.approx(loudness.TARGET, abs=0.5)
    heard = administrator.get("/menus/prompts/khm-welcome/uk/sound.wav")
    assert heard.content[44:] == loudness.from_a_law(stored.sound)
    with transaction(EVERY_ORGANISATION) as session:
        assert studio.synchronise(session, tmp_path / "sounds") == 1
        assert prompts.path(tmp_path / "sounds", "uk_khm", "khm-welcome").read_bytes() == stored.sound
    assert administrator.post("/menus/prompts/khm-welcome/uk/undo").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.find_recording(session, "khm-welcome", "uk") is None
        assert studio.synchronise(session, tmp_path / "sounds") == 1
    assert not prompts.path(tmp_path / "sounds", "uk_khm", "khm-welcome").exists()
    assert administrator.post("/menus/prompts/khm-welcome/uk/undo").status_code == 404


def test_a_new_recording_takes_the_place_of_the_old_one(client: SignedIn, tmp_path: Path) -> None:
    administrator = client("admin.khm")
    for seconds in (1, 2):
        sound = tone(tmp_path / "studio.wav", seconds=seconds).read_bytes()
        assert administrator.post(UPLOAD, files={"recording": ("a.wav", sound)}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        stored = queries.find_recording(session, "khm-welcome", "uk")
        assert stored is not None
        assert len(stored.sound) > 1.5 * 8000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "немає звуку"),
        (b"this is a letter, not a voice" * 1000, "немає звуку"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "немає звуку"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "немає звуку"),
        (b"#EXTM3U\n/etc/passwd\n", "немає звуку"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "немає звуку"),
        (bytes(50_000_000), "більший за 20"),
    ],
)
def test_what_is_no_voice_is_refused_beside_the_field(client: SignedIn, content: bytes, words: str) -> None:
    refused = client("admin.khm").post(UPLOAD, files={"recording": ("a.wav", content)})
    assert refused.status_code == 422
    assert words in refused.text.split('id="error-uk"')[1][:600]
    assert recordings() == 0


def test_too_long_and_too_silent_are_refused(client: SignedIn, tmp_path: Path) -> None:
    administrator = client("admin.khm")
    long = tmp_path / "long.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=200", "-b:a", "32k", long], check=True)
    silent = tone(tmp_path / "silent.wav", loud=0.0)
    for path, words in ((long, "довший за три хвилини"), (silent, "тиша")):
        refused = administrator.post(UPLOAD, files={"recording": (path.name, path.read_bytes())})
        assert refused.status_code == 422
        assert words in refused.text
    assert recordings() == 0


def test_a_form_without_a_file_is_shown_again(client: SignedIn) -> None:
    for options in ({}, {"data": {"recording": "text"}}, {"files": {"other": b"x"}}):
        assert client("admin.khm").post(UPLOAD, **options).status_code == 422  # type: ignore[arg-type]
    assert recordings() == 0


def test_one_organisations_recording_is_not_the_others(client: SignedIn, tmp_path: Path) -> None:
    sound = tone(tmp_path / "studio.wav").read_bytes()
    sent = client("admin.khm").post("/menus/prompts/goodbye/ru/upload", files={"recording": ("a.wav", sound)})
    assert sent.status_code == 303
    assert "a.wav" in client("admin.khm").get("/menus/prompts/goodbye").text
    assert "a.wav" not in client("admin.dtm").get("/menus/prompts/goodbye").text


def test_every_prompt_has_words_in_every_language() -> None:
    names = {language: set(prompts.written(language)) for language in Language}
    assert len(set(map(frozenset, names.values()))) == 1
