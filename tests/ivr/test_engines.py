"""Speech engines beside espeak-ng, as programs that write down how they were called and answer with a tone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calls.model import Language
from ivr.sound import loudness
from ivr.sound.speech import CannotSpeak, Voice, speak
from run.asterisk.prompts import Made, in_words, voices
from run.host.release import SOURCE
from run.settings import Settings

RHVOICE, PIPER = "RHVoice-test", "piper"
TONE = "sox -q -D -n -b 16 -c 1"  # at the rate that follows
ANSWERS = {
    # RHVoice-test writes the length into the head of its file at the end; its file cannot be a pipe.
    RHVOICE: f'[ -p "$4" ] || [ "$4" = /dev/stdout ] && exit 9; {TONE} -r 24000 "$4" synth 0.8 sine 300',
    PIPER: f"{TONE} -r 22050 -t wav - synth 0.8 sine 300",
}

Engine = Callable[..., Path]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """`engine("piper")` puts a program of that name on PATH; gives the folder in which it writes down each call."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    def put(name: str, answer: str = "") -> Path:
        heard = tmp_path / f"heard-{name}"
        heard.mkdir()
        script = programs / name
        script.write_text(
            "#!/bin/sh\n"
            f'for argument; do printf "%s\\n" "$argument"; done >{heard}/arguments\n'
            f"cat >{heard}/text\n"
            f"{answer or ANSWERS[name]}\n"
        )
        script.chmod(0o755)
        return heard

    return put


def arguments(heard: Path) -> list[str]:
    """How the engine was called last."""
    return (heard / "arguments").read_text().splitlines()


def is_the_tone(sound: bytes) -> bool:
    """Whether this A-law at 8 kHz is the engine's 300 Hz at the loudness of all prompts."""
    samples = np.frombuffer(loudness.from_a_law(sound), dtype="<i2") / 32768
    strongest = np.argmax(np.abs(np.fft.rfft(samples))) * loudness.RATE / samples.size
    return abs(strongest - 300) < 5 and abs(loudness.loudness(samples) - loudness.TARGET) < 1


def test_each_language_is_spoken_by_the_engine_that_the_settings_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rhvoice, piper = engine(RHVOICE), engine(PIPER)
    named = {"uk": "rhvoice", "ru": "rhvoice:Aleksandr", "uz": "piper:/srv/voices/uz.onnx", "en": "espeak-ng"}
    monkeypatch.setenv("HOLOS_SPEECH", json.dumps(named))
    chosen = voices(Settings(_env_file=None).speech)
    assert {language.value: str(voice) for language, voice in chosen.items()} == named

    assert is_the_tone(speak("Об'єднання мешканців", Language.UKRAINIAN, chosen[Language.UKRAINIAN]))
    assert arguments(rhvoice)[:3] == ["-p", "anatol", "-o"]
    assert (rhvoice / "text").read_text() == "Об'єднання мешканців"

    assert is_the_tone(speak("-p Анна", Language.RUSSIAN, chosen[Language.RUSSIAN]))
    assert arguments(rhvoice)[:3] == ["-p", "Aleksandr", "-o"]
    assert (rhvoice / "text").read_text() == "-p Анна", "words are never arguments"

    assert is_the_tone(speak("Oʻzbekiston", Language.UZBEK, chosen[Language.UZBEK]))
    assert arguments(piper) == ["--model", "/srv/voices/uz.onnx", "--output_file", "-"]
    assert (piper / "text").read_text() == "Oʻzbekiston"

    assert not is_the_tone(speak("Hello", Language.ENGLISH, chosen[Language.ENGLISH]))


def test_the_file_an_engine_wrote_is_gone_afterwards(engine: Engine) -> None:
    heard = engine(RHVOICE)
    speak("один", Language.UKRAINIAN, Voice("rhvoice"))
    assert not Path(arguments(heard)[3]).exists()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("echo 'No such voice: anatol' >&2; exit 1", "RHVoice-test: exit status 1: No such voice: anatol"),
        ("exit 0", "gave no sound"),
        ('echo noise >"$4"', "gave no sound"),
        ('printf RIFFxxxxWAVE >"$4"', "gave no sound"),
        (f'{TONE} -r 24000 "$4" synth 0.8 sine 300 vol 0', "was silent"),
    ],
)
def test_an_engine_that_fails_says_why(engine: Engine, answer: str, told: str) -> None:
    engine(RHVOICE, answer)
    with pytest.raises(CannotSpeak, match=told):
        speak("один", Language.UKRAINIAN, Voice("rhvoice"))


def test_stereo_is_refused(engine: Engine) -> None:
    engine(PIPER, "sox -q -n -b 16 -c 2 -r 22050 -t wav - synth 0.8 sine 300")
    with pytest.raises(CannotSpeak, match="no 16-bit mono"):
        speak("bir", Language.UZBEK, Voice("piper", "/srv/uz.onnx"))


def test_piper_without_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match="piper:/"):
        Voice.parse("piper")


def test_an_engine_that_is_not_here_is_replaced_and_named() -> None:
    asked = {"uk": "rhvoice:anatol", "ru": "espeak-ng"}
    chosen = voices(asked)
    assert chosen[Language.UKRAINIAN] == Voice("espeak-ng")
    told = in_words(Made(0, 1659, chosen), asked)
    assert "uk espeak-ng: no rhvoice:anatol here" in told
    assert "ru espeak-ng," in told


def test_a_broken_engine_stops_the_prompts_with_a_sentence(engine: Engine, tmp_path: Path) -> None:
    engine(RHVOICE, "echo 'cannot load the voice' >&2; exit 1")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "HOLOS_DATA": str(tmp_path / "data"),
        "HOLOS_SPEECH": json.dumps({"uk": "rhvoice"}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "run.asterisk.prompts"],
        env=environment,
        cwd=SOURCE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "rhvoice cannot speak" in done.stderr
    assert "cannot load the voice" in done.stderr
    assert "HOLOS_SPEECH" in done.stderr
    assert "Traceback" not in done.stderr
