"""Speech for tests: said by espeak-ng, cut to 8 kHz by sox, laid out on two legs as MixMonitor would."""

import os
import struct
import subprocess
import time
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
Wave = NDArray[np.int16]

QUESTION = "Добрий день, на вулиці Прибузькій немає води з самого ранку. Коли вона буде?"
ANSWER = "Вітаю. Там ремонтують трубу, воду дадуть до вісімнадцятої години. Дякую за дзвінок."


@cache
def said(text: str, language: str = "uk") -> Wave:
    """The text as 8 kHz samples."""
    spoken = subprocess.run(["espeak-ng", "-v", language, "--stdout", text], check=True, capture_output=True).stdout
    cut = ["sox", "-t", "wav", "-", "-r", str(RATE), "-b", "16", "-c", "1", "-e", "signed", "-t", "raw", "-"]
    cut += ["gain", "-6"]
    raw = subprocess.run(cut, input=spoken, check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<i2")


def conversation() -> tuple[Wave, Wave]:
    """First the caller speaks, then for three seconds nobody, then the operator: both legs of one length."""
    question, answer = said(QUESTION), said(ANSWER)
    pause = np.zeros(3 * RATE, dtype=np.int16)
    return (
        np.concatenate((question, pause, np.zeros_like(answer))),
        np.concatenate((np.zeros_like(question), pause, answer)),
    )


def write_leg(path: Path, wave: Wave, *, finished: bool = True) -> None:
    """A leg as Asterisk writes it; not `finished`: the header's lengths are still zero, as after kill -9."""
    data = wave.astype("<i2").tobytes()
    told = len(data) if finished else 0
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", told + 36 if finished else 0, b"WAVE", b"fmt ", 16, 1, 1, RATE,
                       RATE * 2, 2, 16, b"data", told)  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + data)


def lain(*legs: Path) -> None:
    """The legs, as if nobody had written to them for an hour."""
    for leg in legs:
        os.utime(leg, (time.time() - 3600,) * 2)


def decoded(encoded: bytes) -> NDArray[np.float64]:
    """The samples of an encoded recording, one column a channel, at 8 kHz."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "s16le", "-ar", str(RATE), "pipe:1"],
        input=encoded,
        check=True,
        capture_output=True,
    ).stdout
    return np.frombuffer(raw, dtype="<i2").reshape(-1, 2).astype(float)


def likeness(heard: NDArray[np.float64], sent: Wave) -> float:
    """The best correlation of what is heard with what was sent, over small shifts: 1 is the same."""
    length = min(len(heard), len(sent))
    a, b = heard[:length] - heard[:length].mean(), sent[:length].astype(float)
    spectrum = np.fft.rfft(a, 2 * length) * np.conj(np.fft.rfft(b, 2 * length))
    return float(np.fft.irfft(spectrum).max() / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))
