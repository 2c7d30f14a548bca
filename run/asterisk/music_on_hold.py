"""Our own music on hold: slow broken chords of a soft electric piano, a minute long, made by numpy alone.

Nobody else's work is in it, so it may be played to anybody anywhere without a fee.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr import prompts
from ivr.sound import loudness

RATE = 8000  # the telephone's band; a higher rate would be thrown away on the way
BEAT = 0.75  # seconds
NOTE = 3.0  # seconds until a note has died away
LOUDNESS = 0.12  # of full scale, RMS: a little below speech, so that announcements stand out
SEED = 22

CHORDS = (  # MIDI numbers; a calm progression that ends where it begins
    (48, 60, 64, 67, 71),
    (45, 57, 60, 64, 67),
    (50, 57, 60, 65, 69),
    (43, 59, 62, 65, 69),
    (52, 59, 62, 67, 71),
    (45, 57, 60, 64, 71),
    (41, 57, 60, 64, 69),
    (43, 55, 60, 62, 67),
)
PATTERN = (0, 2, 3, 4, 3, 2, 1, 2)  # which note of the chord at which beat
ROUNDS = 2


def note(midi: int) -> NDArray[np.float64]:
    """One struck note: a sine with two quiet partials, a soft beginning, a long end."""
    frequency = 440.0 * 2 ** ((midi - 69) / 12)
    time = np.arange(int(NOTE * RATE)) / RATE
    partials = ((1, 1.0, 1.3), (2, 0.25, 2.4), (3, 0.08, 4.0))
    wave = sum(level * np.exp(-decay * time) * np.sin(2 * np.pi * n * frequency * time) for n, level, decay in partials)
    soft = np.minimum(time / 0.015, 1.0) * np.minimum((NOTE - time) / 0.2, 1.0)
    return np.asarray(wave * soft, dtype=np.float64)


def music() -> NDArray[np.float64]:
    """The whole piece, mono. What rings over the end is laid over the beginning: the loop has no seam."""
    chance = np.random.default_rng(SEED)
    beats = len(PATTERN) * len(CHORDS) * ROUNDS
    length = int(beats * BEAT * RATE)
    sound = np.zeros(length)
    for beat in range(beats):
        chord = CHORDS[beat // len(PATTERN) % len(CHORDS)]
        played = [(chord[PATTERN[beat % len(PATTERN)]], chance.uniform(0.6, 0.8))]
        if beat % len(PATTERN) == 0:
            played.append((chord[0], 0.9))
        for midi, strength in played:
            wave = note(midi) * strength
            places = (int(beat * BEAT * RATE) + np.arange(wave.size)) % length
            np.add.at(sound, places, wave)
    sound *= LOUDNESS / np.sqrt(np.mean(sound**2))
    return np.asarray(np.clip(sound, -1, 1), dtype=np.float64)


def write(directory: Path) -> None:
    """Writes `calm.alaw` for the trunk and `calm.sln` for everything else, unless both are there."""
    if (directory / "calm.alaw").exists() and (directory / "calm.sln").exists():
        return
    piece = music()
    prompts.write(directory / "calm.sln", (piece * 32767).astype("<i2").tobytes())
    prompts.write(directory / "calm.alaw", loudness.a_law(piece))
