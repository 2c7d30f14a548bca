"""Prompts of an organisation: from an uploaded file to a levelled sound, and from the database to where it is played.

Asterisk looks for `sounds/uk_khm/welcome` before `sounds/uk/welcome` when the channel's language is `uk_khm`, so a
recording of one organisation never sounds in another, and undoing it is the deletion of a file.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
from pydub import AudioSegment
from sqlalchemy.orm import Session

from ivr import prompts, queries
from ivr.sound import loudness
from ivr.tables import StudioRecording, TypedPrompt
from staff import queries as staff

LARGEST = 20 * 1024 * 1024  # bytes of an upload
LONGEST = 180  # seconds
SHORTEST = 0.2
QUIETEST = -60.0  # dB below full scale, over the whole sound: below it nobody speaks
_FFMPEG = ("-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe")


class NotAPrompt(ValueError):
    """The file cannot be a prompt; the reason is one of the class's constants."""

    TOO_LARGE = "too_large"
    NO_SOUND = "no_sound"
    TOO_LONG = "too_long"
    SILENT = "silent"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prompt_from(upload: Path) -> bytes:
    """The recording as 8 kHz A-law at the one loudness, without silence around it. NotAPrompt says why not."""
    if upload.stat().st_size > LARGEST:
        raise NotAPrompt(NotAPrompt.TOO_LARGE)
    if _seconds(upload) > LONGEST:
        raise NotAPrompt(NotAPrompt.TOO_LONG)
    command = ["ffmpeg", *_FFMPEG, "-i", f"file:{upload}", "-vn", "-t", str(LONGEST + 1)]
    command += ["-ac", "1", "-ar", "48000", "-f", "s16le", "-"]
    try:
        decoded = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
    except subprocess.SubprocessError as error:
        raise NotAPrompt(NotAPrompt.NO_SOUND) from error
    sound = AudioSegment(decoded[: len(decoded) // 2 * 2], sample_width=2, frame_rate=48000, channels=1)
    if sound.duration_seconds > LONGEST:
        raise NotAPrompt(NotAPrompt.TOO_LONG)
    if sound.duration_seconds < SHORTEST:
        raise NotAPrompt(NotAPrompt.NO_SOUND)
    samples = np.asarray(sound.get_array_of_samples()) / sound.max_possible_amplitude
    spoken = loudness.trimmed(loudness.resampled(samples, sound.frame_rate))
    if sound.dBFS < QUIETEST or spoken.size < SHORTEST * loudness.RATE:
        raise NotAPrompt(NotAPrompt.SILENT)
    return loudness.a_law(loudness.levelled(spoken))


def _seconds(upload: Path) -> float:
    """How long the sound says it is; 0 when the container does not say. NotAPrompt when there is none."""
    command = ["ffprobe", "-v", "error", "-protocol_whitelist", "file,pipe", "-select_streams", "a"]
    command += ["-show_entries", "stream=codec_type:format=duration", "-of", "json", f"file:{upload}"]
    try:
        said = json.loads(subprocess.run(command, capture_output=True, timeout=20, check=True).stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise NotAPrompt(NotAPrompt.NO_SOUND) from error
    if not said.get("streams"):
        raise NotAPrompt(NotAPrompt.NO_SOUND)
    try:
        return float(said.get("format", {}).get("duration", 0))
    except ValueError:
        return 0.0


def synchronise(session: Session, sounds: Path) -> int:
    """Makes the files as the database says (needs EVERY_ORGANISATION); how many were written or removed."""
    codes = {organisation.id: organisation.code for organisation in staff.organisations(session)}
    wanted: dict[Path, StudioRecording | TypedPrompt] = {}
    used: list[StudioRecording | TypedPrompt] = [*queries.typed_prompts(session), *queries.studio_recordings(session)]
    for row in used:  # the last one wins: a person's voice
        wanted[prompts.path(sounds, f"{row.language}_{codes[row.organisation_id]}", row.prompt)] = row
    changed = 0
    for path, row in wanted.items():
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            sound = queries.sound if isinstance(row, StudioRecording) else queries.typed_sound
            prompts.write(path, sound(session, row.id))
            changed += 1
    for path in sounds.glob(f"*_*/**/*{prompts.SUFFIX}"):
        if path not in wanted:
            path.unlink(missing_ok=True)
            changed += 1
    return changed
