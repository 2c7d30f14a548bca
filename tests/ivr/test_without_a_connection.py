"""Sound is made while no connection of the pool is held: an engine takes seconds, a recording a minute."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

import db
from calls.model import Language
from ivr import speech, studio
from ivr.speech import Voice
from tests.client import Client
from tests.ivr.test_pages import UPLOAD, tone
from tests.town.waiting import wait_for

pytestmark = pytest.mark.usefixtures("published")

WORDS = {"uk": "Води немає.", "ru": "Воды нет.", "en": "There is no water."}
INCIDENT = {**WORDS, "topic": "Немає води", "hours": "4"}


@pytest.fixture
def spoken(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the engine has spoken; it waits until nobody holds a connection."""
    said: list[str] = []
    real = speech.ENGINES["espeak-ng"]

    def speak(text: str, language: Language, voice: str) -> bytes:
        wait_for("every connection to be free", lambda: not db.engine().pool.checkedout(), seconds=3)  # type: ignore[attr-defined]
        said.append(text)
        return real(text, language, voice)

    monkeypatch.setitem(speech.ENGINES, "espeak-ng", speak)
    before = app.state.voices
    app.state.voices = {language: Voice("espeak-ng") for language in Language}
    yield said
    app.state.voices = before


@pytest.mark.parametrize(
    ("login", "address", "form"),
    [
        ("iryna", "/menus/emergency", {**WORDS, "hours": "4"}),
        ("admin.khm", "/menus/prompts/new", {**WORDS, "name": "no-water"}),
        ("admin.khm", "/menus/prompts/goodbye/uk/words", {"words": WORDS["uk"]}),
        ("iryna", "/surge", INCIDENT),
        ("iryna", "/surge/plans", INCIDENT),
    ],
)
def test_words_are_spoken(
    client: Callable[[str], Client], spoken: list[str], login: str, address: str, form: dict[str, str]
) -> None:
    assert client(login).post(address, data=form).status_code == 303
    assert WORDS["uk"] in spoken


def test_an_upload_is_levelled(
    client: Callable[[str], Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = studio.prompt_from

    def levelled(path: Path) -> Any:
        wait_for("every connection to be free", lambda: not db.engine().pool.checkedout(), seconds=3)  # type: ignore[attr-defined]
        return real(path)

    monkeypatch.setattr(studio, "prompt_from", levelled)
    with tone(tmp_path / "welcome.wav").open("rb") as file:
        answer = client("admin.khm").post(UPLOAD, files={"recording": ("welcome.wav", file, "audio/wav")})
    assert answer.status_code == 303
