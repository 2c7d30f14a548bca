"""What a SIPp caller's telephone sends: speech in A-law and keys as RFC 4733 events, as one capture file.

SIPp plays such a file packet by packet from the call's own media port, so that speech and keys are one RTP stream, as
from a real telephone. It needs a raw socket for that: root.
"""

import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

PTIME = 0.02  # seconds of each packet
SAMPLES = 160
SILENCE = b"\xd5" * SAMPLES
SPEECH, KEYS = 8, 101  # payload types offered in the SDP
KEY_LENGTH = 0.12
CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}


def alaw_speech(language: str, text: str) -> bytes:
    """The text spoken, as A-law at 8 kHz."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", language, "-s", "150", "--stdout", text], check=True, capture_output=True
    ).stdout
    convert = ["sox", "-t", "wav", "-", "-t", "al", "-r", "8000", "-c", "1", "-", "norm", "-3", "rate", "8k"]
    return subprocess.run(convert, input=spoken, check=True, capture_output=True).stdout


def write_capture(path: Path, speech: bytes, keys: Mapping[float, str], *, seconds: float) -> Path:
    """A capture of `seconds`: the keys at their times, the speech over and over after the last one."""
    begins = max(keys, default=0) + 1
    packets = []
    sequence, place, frame = 1, 0, 0
    frames = int(seconds / PTIME)
    due = sorted(keys.items())
    while frame < frames:
        at = frame * PTIME
        if due and at >= due[0][0]:
            _, key = due.pop(0)
            for payload, offset in _key_payloads(key):
                packets.append((at + offset, _rtp(KEYS, sequence, frame * SAMPLES, payload, marker=offset == 0)))
                sequence += 1
            frame += int(KEY_LENGTH / PTIME) + 3
            continue
        if at < begins:
            payload = SILENCE
        else:
            payload = (speech[place : place + SAMPLES] + SILENCE)[:SAMPLES]
            place = 0 if place + SAMPLES >= len(speech) else place + SAMPLES
        packets.append((at, _rtp(SPEECH, sequence, frame * SAMPLES, payload)))
        sequence += 1
        frame += 1
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for at, packet in packets:
            data = _ethernet(packet)
            file.write(struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(data), len(data)) + data)
    return path


def _key_payloads(key: str) -> list[tuple[bytes, float]]:
    """The event's packets and when each is sent: growing durations, then three ends (RFC 4733, section 2.5)."""
    steps = int(KEY_LENGTH / PTIME)
    growing = [(struct.pack(">BBH", CODES[key], 10, step * SAMPLES), (step - 1) * PTIME) for step in range(1, steps)]
    end = struct.pack(">BBH", CODES[key], 0x80 | 10, steps * SAMPLES)
    return growing + [(end, (steps - 1 + again) * PTIME) for again in range(3)]


def _rtp(kind: int, sequence: int, timestamp: int, payload: bytes, *, marker: bool = False) -> bytes:
    return (
        struct.pack(">BBHII", 0x80, kind | (0x80 if marker else 0), sequence & 0xFFFF, timestamp, 0x486F6C6F) + payload
    )


def _ethernet(rtp: bytes) -> bytes:
    """The packet as a capture holds it; SIPp puts its own addresses and ports in."""
    udp = struct.pack(">HHHH", 4000, 4002, 8 + len(rtp), 0) + rtp
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\x02", b"\x7f\0\0\x01")
    return b"\0" * 12 + b"\x08\0" + header + udp
