"""Every prompt with its words: the texts in `asterisk-config/prompts`, spoken numbers and dates, their files."""

import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calls.model import Language
from ivr import spoken
from ivr.sound.speech import RULES, Voice

TEXTS = Path(__file__).parent.parent / "asterisk-config" / "prompts"
OWN_LANGUAGE = "own-language"
EMERGENCY = "emergency-"  # and a number: the words of an emergency announcement
WORK = "work-"  # and a number: what is told of a work
OF_THE_PRODUCT = (EMERGENCY, WORK)  # names that nobody gives a prompt of their own
SUFFIX = ".alaw"
MADE = ".made.json"  # beside the sounds: from what each was made


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to be spoken: `words` in `language`, played to callers who chose `heard_by`."""

    name: str
    heard_by: Language
    language: Language
    words: str
    section: str  # "common", "appeals", an organisation's code, "numbers"

    def fingerprint(self, voice: Voice) -> str:
        """Changes when the sound would."""
        return hashlib.sha256(f"{RULES}|{voice}|{self.language}|{self.words}".encode()).hexdigest()


def _toml(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def all_prompts() -> tuple[Prompt, ...]:
    """Every prompt in every language."""
    return tuple(prompt for language in Language for prompt in _prompts(language))


@cache
def written(language: Language) -> Mapping[str, Prompt]:
    """The prompts with a text of their own, by name: those that a studio would record first."""
    return {p.name: p for p in all_prompts() if p.heard_by is language and p.section != "numbers"}


def _prompts(language: Language) -> Iterator[Prompt]:
    for section, texts in _toml(language).items():
        for name, words in texts.items():
            yield Prompt(name, language, language, words, section)
    for own, texts in _toml(OWN_LANGUAGE).items():
        for name, words in texts.items():
            yield Prompt(name, language, Language(own), words, "common")
    for name, words in spoken.texts(language):
        yield Prompt(name, language, language, words, "numbers")


def path(sounds: Path, language: str, name: str) -> Path:
    """Where Asterisk finds the prompt."""
    return sounds / language / f"{name}{SUFFIX}"


def made(sounds: Path, language: Language) -> dict[str, str]:
    """From what each prompt there was made; nothing when the list is missing or damaged."""
    try:
        listed: dict[str, str] = json.loads((sounds / language / MADE).read_text())
    except (OSError, ValueError):
        return {}
    return listed


def note_made(sounds: Path, language: Language, fingerprints: Mapping[str, str]) -> None:
    """Keeps the list for the next run."""
    write(sounds / language / MADE, json.dumps(fingerprints, indent=0, sort_keys=True).encode())


def write(target: Path, content: bytes) -> None:
    """The whole file or nothing, readable for Asterisk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{os.getpid()}.half")
    half.write_bytes(content)
    half.chmod(0o644)
    half.replace(target)


@cache
def words(language: Language) -> Mapping[str, str]:
    """What each prompt says to callers of this language."""
    return {prompt.name: prompt.words for prompt in all_prompts() if prompt.heard_by is language}
