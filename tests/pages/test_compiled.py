"""What is compiled beforehand is used as long as it is of the very sources that are there, and then nothing else is."""

import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from jinja2 import Environment

from web import compiled, compiling, languages, pages

GREETING = "Sign in"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled things lie in this test: those of two languages."""
    monkeypatch.setattr(compiled, "PLACE", tmp_path / "built")
    monkeypatch.setattr(languages, "LANGUAGES", {"uk": "Українська", "en": "English"})
    return tmp_path / "built"


def refuses(*_: object, **__: object) -> NoReturn:
    raise AssertionError("compiled at the start of a process")


def read_anew(language: str) -> str:
    """A message as a process that begins now says it."""
    return languages.catalogue.__wrapped__(language).gettext(GREETING)


def test_a_process_that_begins_compiles_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {language: languages.catalogue(language).gettext(GREETING) for language in languages.LANGUAGES}
    assert len(set(said.values())) == len(said)
    compiling.make()
    monkeypatch.setattr(Environment, "compile", refuses)
    monkeypatch.setattr(languages, "read_po", refuses)
    jinja = pages._environment(compiled.Templates(pages.place_of_templates()))
    for name in jinja.list_templates(extensions=["html"]):
        jinja.get_template(name)
    assert {language: read_anew(language) for language in languages.LANGUAGES} == said


def test_changed_words_are_read_and_the_old_ones_go(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(languages.LOCALES, tmp_path / "locale")
    monkeypatch.setattr(languages, "LOCALES", tmp_path / "locale")
    monkeypatch.setattr(pages, "compile_templates", lambda: None)
    compiling.make()
    before = set(place.iterdir())
    said = read_anew("uk")
    for catalogue in (tmp_path / "locale/uk").glob("*.po"):
        catalogue.write_text(catalogue.read_text("utf-8").replace(f'msgstr "{said}"', 'msgstr "Заходьте"'), "utf-8")
    assert read_anew("uk") == "Заходьте"
    compiling.make()
    assert read_anew("uk") == "Заходьте"
    assert len(set(place.iterdir()) - before) == 1
    assert len(list(place.iterdir())) == len(before)
