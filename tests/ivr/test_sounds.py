"""Prompts as files: all there, one loudness, made once."""

import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from calls.model import Language
from ivr import prompts
from ivr.sound import loudness
from ivr.sound.speech import Voice
from run.asterisk.prompts import make, voices
from tests.agi.conftest import SPEECH, sounds

__all__ = ["sounds"]


def test_every_prompt_has_a_sound_and_a_second_run_makes_nothing(sounds: Path) -> None:
    for prompt in prompts.all_prompts():
        assert prompts.path(sounds, prompt.heard_by, prompt.name).stat().st_size > 800, prompt  # a tenth of a second
    again = make(sounds, SPEECH)
    assert (again.spoken, again.kept) == (0, len(prompts.all_prompts()))


@pytest.mark.parametrize("language", Language)
def test_loudness_is_one_by_an_independent_meter(sounds: Path, language: Language) -> None:
    for name in ("recording-notice", "khm-topics", "dtm-welcome", "sorry"):
        command = ["ffmpeg", "-hide_banner", "-nostats", "-f", "alaw", "-ar", "8000", "-ac", "1"]
        command += ["-i", str(prompts.path(sounds, language, name)), "-af", "ebur128", "-f", "null", "-"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        measured = float(told.rsplit("I:", 1)[1].split()[0])
        assert measured == pytest.approx(loudness.TARGET, abs=1.0), name


def test_quiet_and_loud_speakers_end_up_alike() -> None:
    voice = np.random.default_rng(1).normal(0, 0.1, 16000) * (1 + np.sin(np.arange(16000) / 300))
    for gain in (0.01, 0.3, 1.0, 5.0):
        levelled = loudness.levelled(voice * gain)
        assert loudness.loudness(levelled) == pytest.approx(loudness.TARGET, abs=0.3)
        assert np.abs(levelled).max() <= 0.9


def test_silence_stays_silence() -> None:
    assert loudness.loudness(np.zeros(8000)) == float("-inf")
    assert not loudness.levelled(np.zeros(8000)).any()
    assert loudness.trimmed(np.zeros(8000)).size == 0


def test_a_law_is_the_standards() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        audioop = pytest.importorskip("audioop")
    every = np.arange(-32768, 32768).astype("<i2")
    assert loudness.a_law(every / 32767) == audioop.lin2alaw(every.tobytes(), 2)
    codes = bytes(range(256))
    assert loudness.from_a_law(codes) == audioop.alaw2lin(codes, 2)


def test_an_engine_that_is_not_here_is_replaced_and_a_misspelt_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert voices({"uk": "piper:/srv/uk.onnx"})[Language.UKRAINIAN] == Voice("espeak-ng")
    with pytest.raises(ValueError, match="espeak"):
        voices({"uk": "espaek"})
