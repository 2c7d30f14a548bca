"""Sound is made while no connection of the pool is held: an engine takes seconds, a recording a minute."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

import db
from calls.model import Language
from ivr.sound.speech import Voice
from tests.client import Client
from tests.ivr.test_pages import UPLOAD, tone

pytestmark = pytest.mark.usefixtures("published")

WORDS = {"uk": "Води немає.", "ru": "Воды нет.", "en": "There is no water."}
INCIDENT = {**WORDS, "topic": "Немає води", "hours": "4"}


WAITS = """#!/bin/sh
touch "{folder}/$$.begun"
for _ in $(seq 60); do
    [ -e "{folder}/$$.free" ] && exec {program} "$@"
    sleep 0.05
done
exit 1
"""


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """espeak-ng and ffmpeg begin once nobody holds a connection, and fail when that takes three seconds."""
    programs, over = tmp_path / "bin", threading.Event()
    programs.mkdir()
    for name in ("espeak-ng", "ffmpeg"):
        (programs / name).write_text(WAITS.format(folder=tmp_path, program=shutil.which(name)))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    def watch() -> None:
        while not over.wait(0.02):
            begun = list(tmp_path.glob("*.begun"))
            if begun and not db.engine().pool.checkedout():  # type: ignore[attr-defined]
                for program in begun:
                    program.rename(program.with_suffix(".free"))

    watching = threading.Thread(target=watch)
    watching.start()
    yield tmp_path
    over.set()
    watching.join()


@pytest.fixture
def spoken(app: FastAPI, waiting: Path) -> Iterator[Path]:
    """Every language is spoken by espeak-ng; a file for each time that it was."""
    before = app.state.voices
    app.state.voices = {language: Voice("espeak-ng") for language in Language}
    yield waiting
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
    client: Callable[[str], Client], spoken: Path, login: str, address: str, form: dict[str, str]
) -> None:
    assert client(login).post(address, data=form).status_code == 303
    assert list(spoken.glob("*.free"))


def test_an_upload_is_levelled(client: Callable[[str], Client], waiting: Path, tmp_path: Path) -> None:
    with tone(tmp_path / "welcome.wav").open("rb") as file:
        answer = client("admin.khm").post(UPLOAD, files={"recording": ("welcome.wav", file, "audio/wav")})
    assert answer.status_code == 303
    assert list(waiting.glob("*.free"))
