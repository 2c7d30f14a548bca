"""A release is a whole copy or none, and publishing the same code twice changes nothing."""

import json
from pathlib import Path

import pytest

from run.host import release
from run.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of an empty data directory; the source is a clone of a few files that nobody edits meanwhile."""
    clone = tmp_path / "clone"
    for name in ("run/host/services.py", "web/static/holos.svg", "tests/test_x.py", "run/__pycache__/services.pyc"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(name)
    (clone / "web/compiling.py").write_text(f"import os; os.mkdir({str(release.COMPILED)!r})")
    build = f"mkdir -p {release.BUILT} && echo built >{release.BUILT}/app.js"
    (clone / "package.json").write_text(json.dumps({"scripts": {"build": build}}))
    monkeypatch.setattr(release, "SOURCE", clone)
    settings = Settings(_env_file=None, data=tmp_path / "data", software=tmp_path / "software")
    settings.data.mkdir()
    return settings


def test_the_code_is_copied_once(settings: Settings) -> None:
    assert release.publish(settings)
    assert not release.publish(settings)
    current = (settings.data / "release").resolve()
    assert (current / "run/host/services.py").read_text() == "run/host/services.py"
    assert (current / "web/static/built/app.js").exists()
    assert (current / release.COMPILED).is_dir()
    assert not (current / "tests").exists()
    assert not (current / "run/__pycache__/services.pyc").exists()  # only what is compiled here


def test_changed_code_is_a_new_release_and_the_one_before_is_kept(settings: Settings) -> None:
    release.publish(settings)
    first = (settings.data / "release").resolve()
    for words in ("a = 1", "a = 2"):
        before = (settings.data / "release").resolve()
        (release.SOURCE / "run/host/services.py").write_text(words)
        assert release.publish(settings)
        assert (settings.data / "release").resolve() != before
    assert before.exists()
    assert not first.exists()


def test_a_half_copied_release_is_made_again(settings: Settings) -> None:
    release.publish(settings)
    current = (settings.data / "release").resolve()
    (current / "complete").unlink()
    (current / "run/host/services.py").unlink()
    release.publish(settings)
    assert (current / "run/host/services.py").exists()


def test_every_subject_of_the_clone_is_released() -> None:
    for name in release.SUBJECTS:
        assert (release.SOURCE / name).exists(), name
