"""Speaking a text: one port, several engines. What an installation has is chosen by language in the settings."""

import io
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from calls.model import Language
from ivr.sound import loudness

LONGEST = timedelta(seconds=20)  # an engine may take so long for one prompt
RULES = "2"  # raise when the same text and engine would sound different: everything is then spoken again


class CannotSpeak(RuntimeError):
    """The engine is not on this machine, or failed at this text."""


Engine = Callable[[str, Language, str], bytes]  # text, language, voice or model -> WAV


@dataclass(frozen=True, slots=True)
class Voice:
    """An engine and what it needs: `espeak-ng`, `rhvoice:Anatol`, `piper:/srv/voices/uk.onnx`."""

    engine: str
    name: str = ""

    @classmethod
    def parse(cls, setting: str) -> "Voice":
        """From the settings. ValueError for an engine we do not know, and for one without the model it needs."""
        engine, _, name = setting.partition(":")
        if engine not in ENGINES:
            raise ValueError(f"speech engine {engine!r}: one of {', '.join(ENGINES)}")
        if engine == "piper" and not name:
            raise ValueError("speech engine piper: it needs a model, piper:/srv/voices/uk.onnx")
        return cls(engine, name)

    @property
    def is_here(self) -> bool:
        """Whether this machine can speak with it."""
        return shutil.which(PROGRAMS[self.engine]) is not None

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}" if self.name else self.engine


def speak(text: str, language: Language, voice: Voice) -> bytes:
    """The text as 8 kHz A-law, trimmed and at one loudness. CannotSpeak when the engine fails."""
    sound = ENGINES[voice.engine](_plain(text), language, voice.name)
    try:
        with wave.open(io.BytesIO(sound)) as wav:
            if (wav.getnchannels(), wav.getsampwidth()) != (1, 2):
                raise CannotSpeak(f"{voice.engine} gave no 16-bit mono sound")
            rate = wav.getframerate()
            frames = wav.readframes(wav.getnframes())  # engines that stream claim more than there is
    except (wave.Error, EOFError) as error:
        raise CannotSpeak(f"{voice.engine} gave no sound for {text!r}") from error
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2") / 32768
    if not samples.size:
        raise CannotSpeak(f"{voice.engine} was silent at {text!r}")
    spoken = loudness.trimmed(loudness.resampled(samples, rate))
    if not spoken.size:
        raise CannotSpeak(f"{voice.engine} was silent at {text!r}")
    return loudness.a_law(loudness.levelled(spoken))


def _plain(text: str) -> str:
    """Apostrophes as engines know them: the letters U+02BC and U+2019 would be spelled out."""
    return text.replace("\u02bc", "'").replace("\u2019", "'").strip()


def _run(command: list[str], text: str) -> bytes:
    within = LONGEST.total_seconds()
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=within, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotSpeak(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        last_words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise CannotSpeak(": ".join([command[0], f"exit status {done.returncode}", *last_words]))
    return done.stdout


def _espeak_ng(text: str, language: Language, voice: str) -> bytes:
    slower = "145"  # words a minute; 175, the default, is too fast for a telephone
    return _run(["espeak-ng", "-v", voice or language, "-s", slower, "-p", "42", "--stdin", "--stdout"], text)


def _rhvoice(text: str, language: Language, voice: str) -> bytes:
    named = {Language.UKRAINIAN: "anatol", Language.RUSSIAN: "anna", Language.UZBEK: "sevinch", Language.ENGLISH: "slt"}
    with tempfile.TemporaryDirectory(prefix="holos-speech-") as place:
        # It goes back to the head of its file to write the length there, which a pipe does not allow.
        spoken = Path(place) / "spoken.wav"
        _run(["RHVoice-test", "-p", voice or named[language], "-o", str(spoken)], text)
        return spoken.read_bytes() if spoken.exists() else b""


def _piper(text: str, _language: Language, voice: str) -> bytes:
    return _run(["piper", "--model", voice, "--output_file", "-"], text)


ENGINES: dict[str, Engine] = {"espeak-ng": _espeak_ng, "rhvoice": _rhvoice, "piper": _piper}
PROGRAMS = {"espeak-ng": "espeak-ng", "rhvoice": "RHVoice-test", "piper": "piper"}
