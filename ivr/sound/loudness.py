"""One loudness for all that callers hear: EBU R128 for 8 kHz mono, trimming of silence, A-law.

Coefficients of the K-weighting and the gates: ITU-R BS.1770-4, annex 1. The filters are applied to the spectrum.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]  # -1.0 to 1.0, one channel

RATE: Final = 8000  # Hz, as Asterisk plays A-law
TARGET: Final = -19.0  # LUFS: as loud as a person who speaks clearly on the telephone
CEILING: Final = 0.89  # -1 dB of full scale
SILENCE: Final = 0.01  # below -40 dB of the loudest sample nothing is said
MARGIN: Final = 0.04  # seconds left before and after the speech

_PRE = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_RLB = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def _k_weighted(samples: Samples) -> Samples:
    spectrum = np.fft.rfft(samples)
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(samples.size, 1 / RATE) / 48000)  # the standard's filters are for 48 kHz
    for upper, lower in (_PRE, _RLB):
        spectrum = spectrum * np.polyval(upper[::-1], z) / np.polyval(lower[::-1], z)
    weighted: Samples = np.fft.irfft(spectrum, samples.size)
    return weighted


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS; -inf for silence. Less than 400 ms is measured as one block."""
    weighted = _k_weighted(samples)
    block, step = min(int(0.4 * RATE), weighted.size), int(0.1 * RATE)
    powers = np.array([np.mean(weighted[i : i + block] ** 2) for i in range(0, weighted.size - block + 1, step)])
    levels = -0.691 + 10 * np.log10(powers + 1e-12)
    loud = powers[levels > -70]
    if not loud.size:
        return float("-inf")
    relative = -0.691 + 10 * np.log10(np.mean(loud)) - 10
    return float(-0.691 + 10 * np.log10(np.mean(powers[(levels > -70) & (levels > relative)])))


def trimmed(samples: Samples) -> Samples:
    """Without the silence before and after; a short margin stays so that no consonant is cut."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    spoken = np.flatnonzero(np.abs(samples) > peak * SILENCE)
    if not peak or not spoken.size:
        return samples[:0]
    margin = int(MARGIN * RATE)
    return samples[max(0, int(spoken[0]) - margin) : int(spoken[-1]) + margin]


def levelled(samples: Samples) -> Samples:
    """At `TARGET`. What would pass the ceiling is bent softly, not cut; silence stays silence."""
    for _ in range(3):  # bending takes a little loudness away, the next round gives it back
        now = loudness(samples)
        if now == float("-inf"):
            return samples
        samples = samples * 10 ** ((TARGET - now) / 20)
        over = np.abs(samples) > CEILING / 2
        bent = CEILING / 2 * (1 + np.tanh(np.abs(samples[over]) / (CEILING / 2) - 1))
        samples[over] = np.sign(samples[over]) * bent
    return samples


def resampled(samples: Samples, rate: int) -> Samples:
    """From `rate` to 8 kHz, band-limited to what a telephone carries (150 Hz to 3 600 Hz)."""
    size = round(samples.size * RATE / rate)
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(samples.size, 1 / rate)
    spectrum *= np.clip((frequencies - 100) / 50, 0, 1) * np.clip((3800 - frequencies) / 200, 0, 1)
    kept = np.zeros(size // 2 + 1, dtype=np.complex128)
    n = min(kept.size, spectrum.size)
    kept[:n] = spectrum[:n]
    low: Samples = np.fft.irfft(kept, size) * (size / samples.size)
    return low


def a_law(samples: Samples) -> bytes:
    """ITU-T G.711 A-law, as Asterisk's `.alaw` files hold it."""
    linear = np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int32)
    magnitude = np.where(linear >= 0, linear, -linear - 1) >> 3  # twelve bits
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    mask = np.where(linear >= 0, 0xD5, 0x55)
    return bytes((code ^ mask).astype(np.uint8))


def from_a_law(sound: bytes) -> bytes:
    """16-bit little-endian samples of A-law."""
    code = np.frombuffer(sound, dtype=np.uint8).astype(np.int32) ^ 0x55
    segment, mantissa = (code >> 4) & 7, code & 0x0F
    magnitude = np.where(segment == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype("<i2").tobytes()
