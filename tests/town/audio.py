"""Sound at 8 kHz as arrays, speech for people to say, and finding one sound in another.

Waveforms are compared by normalised cross-correlation, which survives companding, Opus and any loudness. A long
sound is compared piece by piece, because a jitter buffer may stretch or drop some milliseconds between the pieces.
"""

import subprocess
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
Sound = NDArray[np.float32]
SILENCE = 0.004  # of full scale: what a codec makes of nothing stays below


@dataclass(frozen=True)
class Found:
    """Where a sound was found: how alike (1 = the same but for loudness) and where it begins, in samples."""

    alike: float
    at: int


@dataclass(frozen=True)
class Channels:
    """A recording: what the caller said on the left, what the operator said on the right."""

    caller: Sound
    operator: Sound

    def hold(self, *, caller: Sound, operator: Sound, seconds: float) -> None:
        """Each channel holds what its side said, most of these seconds, and not what the other side said."""
        for name, said, own, other in (
            ("caller", caller, self.caller, self.operator),
            ("operator", repeated(operator), self.operator, self.caller),
        ):
            assert (found := seconds_of(said, own)) >= 0.6 * seconds, f"of the {name} only {found:g} s are heard"
            assert (found := seconds_of(said, other)) <= 0.2 * seconds, (
                f"the {name} is heard on the other side: {found:g} s"
            )


def from_pcm(data: bytes) -> Sound:
    """Signed 16-bit little-endian samples as a sound."""
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.float32) / 32768


def to_pcm(sound: Sound) -> bytes:
    """A sound as signed 16-bit little-endian samples."""
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


@cache
def _alaw_values() -> Sound:
    """The 256 A-law codes as samples (ITU-T G.711)."""
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (codes & 0x70) >> 4, codes & 0x0F
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return (np.where(codes & 0x80, magnitude, -magnitude) / 32768).astype(np.float32)


def read(path: Path) -> Sound:
    """A sound file (.alaw, or whatever ffmpeg reads; its channels mixed) at 8 kHz."""
    if path.suffix == ".alaw":
        return _alaw_values()[np.frombuffer(path.read_bytes(), dtype=np.uint8)]
    return read_channels(path).mean(axis=0)


def read_channels(path: Path, channels: int | None = None) -> NDArray[np.float32]:
    """The channels of a sound file at 8 kHz, one row each."""
    if channels is None:
        probe = ["ffprobe", "-v", "error", "-show_entries", "stream=channels", "-of", "csv=p=0", str(path)]
        channels = int(subprocess.run(probe, check=True, capture_output=True, text=True).stdout.split()[0])
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ar", str(RATE), "-f", "s16le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return from_pcm(raw).reshape(-1, channels).T


def write(path: Path, sound: Sound, rate: int = RATE) -> Path:
    """The sound as a mono wav."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(to_pcm(sound))
    return path


def speech(folder: Path, name: str, voice: str, text: str) -> Path:
    """A wav of somebody saying the text, made once; `voice` is espeak-ng's: "uz", or "uz+f3" for a woman."""
    path = folder / f"{name}.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        spoken = subprocess.run(
            ["espeak-ng", "-v", voice, "-s", "150", "--stdout", text], check=True, capture_output=True
        ).stdout
        levelled = ["sox", "-t", "wav", "-", "-r", str(RATE), "-c", "1", "-b", "16", str(path)]
        levelled += ["norm", "-3", "rate", "8k"]
        subprocess.run(levelled, input=spoken, check=True, capture_output=True)
    return path


def repeated(sound: Sound) -> Sound:
    """Twice over: what is said in a loop may be cut anywhere."""
    return np.tile(sound, 2)


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(sound) > SILENCE * 3)
    return sound[loud[0] : loud[-1] + 1] if loud.size else sound[:0]


def is_silent(sound: Sound) -> bool:
    """Whether nothing but a codec's own noise is heard."""
    return sound.size == 0 or float(np.sqrt(np.mean(sound**2))) < SILENCE


class Hay:
    """A sound in which needles of one length are looked for; what each search needs is computed once."""

    def __init__(self, hay: Sound, needle_size: int) -> None:
        self._needle_size, self._places = needle_size, hay.size - needle_size + 1
        if self._places < 1 or needle_size == 0:
            self._places = 0
            return
        self._size = 1 << (hay.size + needle_size - 1).bit_length()
        self._spectrum = np.fft.rfft(hay, self._size)
        energy = np.concatenate(([0.0], np.cumsum(hay.astype(np.float64) ** 2)))
        here = np.sqrt(np.maximum(energy[needle_size:] - energy[:-needle_size], 1e-6 * needle_size))
        self._loudness = here.astype(np.float32)

    def find(self, needle: Sound) -> Found:
        """The place that is most like the needle."""
        if not self._places:
            return Found(0.0, 0)
        product = np.fft.irfft(self._spectrum * np.conj(np.fft.rfft(needle, self._size)), self._size)
        likeness = product[: self._places] / self._loudness
        best = int(np.argmax(likeness))
        return Found(float(likeness[best]) / max(float(np.linalg.norm(needle)), 1e-9), best)


def find(needle: Sound, hay: Sound) -> Found:
    """The place where `hay` is most like `needle`."""
    return Hay(hay, needle.size).find(needle)


def find_prompt(prompt: Sound, hay: Sound, *, seconds: float = 2.4) -> Found:
    """Where the beginning of a prompt was heard: the middling likeness of its pieces, found where they belong."""
    needle = trimmed(prompt)[: int(seconds * RATE)]
    first = find(needle, hay)
    pieces = [piece for piece in np.array_split(needle, 4) if not is_silent(piece)]
    if first.alike > 0.8 or len(pieces) < 3:
        return first
    offsets = np.cumsum([0, *(piece.size for piece in np.array_split(needle, 4))])
    slack = RATE // 4
    places = []
    for piece, offset in zip(np.array_split(needle, 4), offsets[:-1], strict=True):
        start = max(first.at + int(offset) - slack, 0)
        places.append(find(piece, hay[start : start + piece.size + 2 * slack]).alike)
    return Found(float(np.median(places)), first.at)


def seconds_of(said: Sound, heard: Sound, *, piece: float = 0.5, alike: float = 0.55) -> float:
    """How many seconds of `heard`, in pieces that are not silent, come from what was said."""
    length = int(piece * RATE)
    pieces = (heard[start : start + length] for start in range(0, heard.size - length + 1, length))
    hay = Hay(said, length)
    return piece * sum(hay.find(part).alike >= alike for part in pieces if not is_silent(part))


def share_heard(sent: Sound, heard: Sound, *, piece: float = 0.5, alike: float = 0.55) -> float:
    """The share of the speech in `sent` (pieces of half a second that are not silent) that is found in `heard`."""
    length = int(piece * RATE)
    pieces = [sent[start : start + length] for start in range(0, sent.size - length + 1, length)]
    spoken = [part for part in pieces if not is_silent(part)]
    if not spoken:
        raise AssertionError("nothing was said, so nothing can be compared")
    hay = Hay(heard, length)
    return sum(hay.find(part).alike >= alike for part in spoken) / len(spoken)
