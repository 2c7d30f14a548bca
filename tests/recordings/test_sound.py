"""Two legs become one stereo file, and what is said of it is true."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from recordings import sound, spool
from tests.recordings.speech import RATE, conversation, decoded, lain, likeness, write_leg

SECOND = timedelta(seconds=1)


def legs(folder: Path) -> spool.Legs:
    return spool.Legs(folder / "l.wav", folder / "r.wav")


def encoded(folder: Path, left: np.ndarray | None, right: np.ndarray | None, **how: bool) -> tuple[sound.Sound, bytes]:
    for name, wave in (("l.wav", left), ("r.wav", right)):
        if wave is not None:
            write_leg(folder / name, wave, **how)
    heard = sound.encode(*spool.finished(legs(folder), patience=SECOND), folder / "out.webm")
    return heard, (folder / "out.webm").read_bytes()


def test_each_channel_holds_what_its_side_said(tmp_path: Path) -> None:
    caller, operator = conversation()
    heard, data = encoded(tmp_path, caller, operator)
    stereo = decoded(data)
    assert likeness(stereo[:, 0], caller) > 0.9
    assert likeness(stereo[:, 1], operator) > 0.9
    assert likeness(stereo[:, 0], operator) < 0.3
    assert likeness(stereo[:, 1], caller) < 0.3
    assert abs(len(stereo) / RATE - heard.duration.total_seconds()) < 0.1


def test_levels_and_silence_are_measured(tmp_path: Path) -> None:
    tone = (np.sin(np.arange(RATE * 4) * 2 * np.pi * 500 / RATE) * 32767 * 10 ** (-12 / 20)).astype(np.int16)
    quiet = np.zeros(RATE * 4, dtype=np.int16)
    heard, _ = encoded(tmp_path, np.concatenate((tone, quiet, quiet)), np.concatenate((quiet, quiet, tone)))
    assert heard.caller.peak == pytest.approx(-12, abs=0.2)
    assert heard.caller.loudness == pytest.approx(-12 - 3 - 10 * np.log10(3), abs=0.3)  # a sine, a third of the time
    assert heard.caller.silence == pytest.approx(2 / 3, abs=0.01)
    assert heard.silence == pytest.approx(1 / 3, abs=0.01)
    [(since, until)] = heard.pauses
    assert since == pytest.approx(4.4, abs=0.05)
    assert until == pytest.approx(7.6, abs=0.05)
    assert max(heard.operator.wave[: len(heard.operator.wave) // 2]) == 0
    assert max(heard.operator.wave) == pytest.approx(25, abs=1)


def test_a_leg_cut_off_by_a_crash_counts_by_its_size(tmp_path: Path) -> None:
    caller, operator = conversation()
    for name, wave in (("l.wav", caller), ("r.wav", operator)):
        write_leg(tmp_path / name, wave, finished=False)
    with pytest.raises(spool.NotFinished):
        spool.finished(legs(tmp_path), patience=timedelta())
    lain(tmp_path / "l.wav", tmp_path / "r.wav")
    heard, data = encoded(tmp_path, None, None)
    assert heard.duration.total_seconds() == pytest.approx(len(caller) / RATE)
    assert likeness(decoded(data)[:, 1], operator) > 0.9


def test_a_header_cut_short_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "l.wav").write_bytes(b"RIFF\0\0")
    lain(tmp_path / "l.wav")
    found, absent = spool.finished(legs(tmp_path), patience=timedelta())
    assert found is not None
    assert found.count == 0
    assert absent is None


def test_a_leg_that_still_grows_is_not_finished_though_its_header_agrees(tmp_path: Path) -> None:
    caller, operator = conversation()
    write_leg(tmp_path / "r.wav", operator)
    with growing(tmp_path / "l.wav", caller), pytest.raises(spool.NotFinished):
        spool.finished(legs(tmp_path), patience=SECOND)
    whole, other = spool.finished(legs(tmp_path), patience=SECOND)
    assert whole is not None
    assert other is not None
    assert whole.count == (tmp_path / "l.wav").stat().st_size // 2 - 22  # all that was written, without the header
    assert other.count == len(operator)


@contextmanager
def growing(path: Path, wave: np.ndarray) -> Iterator[None]:
    """Asterisk, still writing: every 20 ms another packet, in a file whose header always agrees with its size."""
    over, begun = threading.Event(), threading.Event()

    def write() -> None:
        packets = 0
        while not over.wait(0.02):
            packets += 1
            write_leg(path.with_suffix(".new"), np.resize(wave, packets * 160))
            path.with_suffix(".new").rename(path)
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        writer.join()


def test_one_leg_alone_is_a_recording_with_a_silent_side(tmp_path: Path) -> None:
    caller, _ = conversation()
    heard, data = encoded(tmp_path, caller, None)
    assert heard.operator.silence == 1.0
    assert heard.operator.peak == -99.0
    assert np.abs(decoded(data)[:, 1]).max() < 30


def test_a_long_call_is_read_in_stretches(tmp_path: Path) -> None:
    """Eleven minutes cross many stretches; the shorter leg ends in the middle of one."""
    noise = np.random.default_rng(1).integers(-3000, 3000, RATE * 11 * 60, dtype=np.int16)
    heard, data = encoded(tmp_path, noise, noise[: RATE * 330 + 77])
    assert heard.duration == timedelta(minutes=11)
    assert len(heard.caller.wave) == 1000
    assert heard.operator.silence == pytest.approx(0.5, abs=0.01)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", "-"],
        input=data, check=True, capture_output=True, text=False,
    ).stdout  # fmt: skip
    assert float(told) == pytest.approx(660, abs=0.1)


def _a_leg(folder: Path) -> spool.Samples:
    caller, _ = conversation()
    write_leg(folder / "l.wav", caller)
    leg, _ = spool.finished(legs(folder), patience=SECOND)
    assert leg is not None
    return leg


def test_what_the_encoder_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leg = _a_leg(tmp_path)
    monkeypatch.setitem(sound._OPUS, "application", "nonsense")
    with pytest.raises(sound.NotEncodable, match="Invalid argument"):
        sound.encode(leg, None, tmp_path / "x.webm")


def test_a_full_disk_is_no_fault_of_the_legs(tmp_path: Path) -> None:
    leg = _a_leg(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        sound.encode(leg, None, Path("/dev/full"))
    with pytest.raises(OSError, match="No such file"):
        sound.encode(leg, None, tmp_path / "absent" / "x.webm")
