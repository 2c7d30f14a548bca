"""From two mono legs to one stereo file: the caller on the left, the operator on the right; levels on the way.

The legs are read in stretches, so that an hour of talk needs no more memory than a minute. Why Opus in WebM:
docs/decisions/0041-recording-format.md.
"""

import math
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from recordings.model import Leg, Sound
from recordings.spool import RATE, SAMPLE, Samples

CODEC: Final = "audio/webm; codecs=opus"
_FRAME: Final = RATE // 50  # 20 ms, the length of a packet
_STRETCH: Final = _FRAME * 3000  # a minute
_SILENT: Final = -45.0  # dB below full scale; line noise lies below, quiet speech above
_FULL: Final = 32768.0
_FLOOR: Final = -99.0  # what we call the level of no signal at all
_LONG_PAUSE: Final = 2.0  # seconds
_KEPT_OF_PAUSE: Final = 0.4  # seconds at each side that are not skipped, so that no word is clipped
_WAVE_POINTS: Final = 1000
_OPUS: Final = {"b": "40k", "application": "audio", "compression_level": "0", "frame_duration": "60"}

Frames = NDArray[np.float64]
Wave = NDArray[np.int16]


class NotEncodable(Exception):
    """The encoder refused; says what it said."""


class _Levels:
    """Peak and energy of each 20 ms of one channel."""

    def __init__(self) -> None:
        self._peaks: list[Frames] = []
        self._energies: list[Frames] = []

    def add(self, wave: Wave) -> None:
        frames = wave[: len(wave) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
        self._peaks.append(np.abs(frames).max(axis=1, initial=0.0))
        self._energies.append((frames**2).mean(axis=1))

    def silent(self) -> NDArray[np.bool_]:
        """For each frame, whether nothing is said in it."""
        return self._energy() < (_FULL * 10 ** (_SILENT / 20)) ** 2

    def leg(self) -> Leg:
        peaks, energy = np.concatenate(self._peaks), self._energy()
        count = min(_WAVE_POINTS, len(peaks))
        begins = np.arange(count) * len(peaks) // max(1, count)
        points = np.maximum.reduceat(peaks, begins) if count else np.zeros(1)
        return Leg(
            peak=_decibels(float(peaks.max(initial=0.0))),
            loudness=_decibels(math.sqrt(float(energy.mean())) if len(energy) else 0.0),
            silence=round(float(self.silent().mean()), 3) if len(energy) else 1.0,
            wave=tuple(np.rint(points / _FULL * 100).astype(int).tolist()),
        )

    def _energy(self) -> Frames:
        return np.concatenate(self._energies)


def encode(caller: Samples | None, operator: Samples | None, target: Path) -> Sound:
    """Writes the stereo file and tells what it sounds like. The shorter leg is filled up with silence.

    NotEncodable; OSError or MemoryError when it is the machine that has no room.
    """
    left, right = _Levels(), _Levels()
    length = max(leg.count if leg else 0 for leg in (caller, operator))
    try:
        with closing(_Encoder(target)) as encoder:
            for said, heard in zip(_stretches(caller, length), _stretches(operator, length), strict=True):
                left.add(said)
                right.add(heard)
                encoder.add(said, heard)
    except av.error.FFmpegError as refusal:
        if isinstance(refusal, OSError | MemoryError):  # as PyAV names what the system says
            raise
        raise NotEncodable(str(refusal)[-500:]) from refusal
    nobody = left.silent() & right.silent()
    return Sound(
        duration=timedelta(seconds=length / RATE),
        caller=left.leg(),
        operator=right.leg(),
        silence=round(float(nobody.mean()), 3) if len(nobody) else 1.0,
        pauses=tuple(_pauses(nobody)),
    )


class _Encoder:
    """ffmpeg's libraries, fed with stereo; the index in front, so that players seek without reading to the end."""

    def __init__(self, target: Path) -> None:
        self._file = av.open(str(target), "w", format="webm", options={"cues_to_front": "1"})
        self._stream = self._file.add_stream("libopus", rate=RATE, layout="stereo", options=_OPUS)
        self._samples = 0

    def add(self, left: Wave, right: Wave) -> None:
        """The next samples, as many on each side."""
        woven = np.column_stack((left, right)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(woven, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, self._samples
        self._samples += len(left)
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        """The rest, and the index."""
        try:
            self._file.mux(self._stream.encode(None))
        finally:
            self._file.close()


def _stretches(leg: Samples | None, length: int) -> Iterator[Wave]:
    """The leg a minute at a time, padded to `length` samples."""
    for start in range(0, length, _STRETCH):
        wanted = min(_STRETCH, length - start)
        there = min(wanted, max(0, leg.count - start)) if leg else 0
        wave = np.zeros(wanted, dtype=np.int16)
        if leg is not None and there:
            wave[:there] = np.fromfile(leg.path, dtype="<i2", count=there, offset=leg.offset + start * SAMPLE)[:there]
        yield wave


def _pauses(nobody: NDArray[np.bool_]) -> Iterator[tuple[float, float]]:
    """Where nobody speaks for long, in seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], nobody, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        since, until = float(start) / 50, float(end) / 50
        if until - since >= _LONG_PAUSE:
            yield round(since + _KEPT_OF_PAUSE, 2), round(until - _KEPT_OF_PAUSE, 2)


def _decibels(amplitude: float) -> float:
    """An amplitude of 16-bit sound as decibels below full scale."""
    return round(20 * math.log10(amplitude / _FULL), 1) if amplitude > 0 else _FLOOR
