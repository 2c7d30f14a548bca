"""The prompts of one organisation: their words and whose voice says each in each language, or that nobody does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from calls.model import Language
from ivr import prompts, queries
from staff.tables import Organisation

COMMON = ("common", "appeals")  # sections of the texts that every organisation has
OWN = "own"


class Voice(StrEnum):
    """Whose voice a prompt has in one language."""

    STUDIO = "studio"
    TYPED = "typed"  # words of the organisation, spoken by the machine
    SPOKEN = "spoken"  # words that came with the product, spoken by the machine
    MISSING = "missing"


@dataclass(slots=True)
class Entry:
    """One prompt: `words` and `voices` by language."""

    name: str
    section: str
    words: dict[str, str] = field(default_factory=dict)
    voices: dict[str, Voice] = field(default_factory=dict)

    def voice(self, language: str) -> Voice:
        """Whose voice callers of this language hear."""
        return self.voices.get(language, Voice.MISSING)


def entries(
    session: Session, organisation: Organisation, *, named: Iterable[str] = (), emergencies: bool = False
) -> dict[str, Entry]:
    """Every prompt that the organisation has, and those `named` by its menus that it has not."""
    found = _shipped(organisation)
    for typed in queries.typed_prompts(session):
        mine = (prompts.WORK,) if emergencies else prompts.OF_THE_PRODUCT
        if not typed.prompt.startswith(mine):
            entry = found.setdefault(typed.prompt, Entry(typed.prompt, OWN))
            entry.words[typed.language] = typed.words
            entry.voices[typed.language] = Voice.TYPED
    for recording in queries.studio_recordings(session):
        found.setdefault(recording.prompt, Entry(recording.prompt, OWN)).voices[recording.language] = Voice.STUDIO
    for name in sorted(named):
        found.setdefault(name, Entry(name, OWN))
    return found


def _shipped(organisation: Organisation) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for language in Language:
        for name, prompt in prompts.written(language).items():
            if prompt.section in (*COMMON, organisation.code):
                section = prompt.section if prompt.section in COMMON else OWN
                entry = found.setdefault(name, Entry(name, section))
                entry.words[language] = prompt.words
                entry.voices[language] = Voice.SPOKEN
    return found


def sounds(known: Mapping[str, Entry], languages: Iterable[str]) -> dict[str, frozenset[str]]:
    """By language: the prompts that can be heard."""
    return {
        language: frozenset(name for name, entry in known.items() if entry.voice(language) is not Voice.MISSING)
        for language in languages
    }


def shown(known: Mapping[str, Entry], languages: Iterable[str]) -> dict[str, str]:
    """Each prompt in words, in the first of the languages that has them; its name where nobody wrote any."""
    return {
        name: next((entry.words[language] for language in languages if entry.words.get(language)), name)
        for name, entry in known.items()
    }


def is_free(session: Session, organisation: Organisation, name: str) -> bool:
    """Whether a new prompt may have this name: nobody's, not that of a number, a date, an emergency, a work."""
    taken = {prompt.name for prompt in prompts.all_prompts()} | entries(session, organisation).keys()
    return name not in taken and not name.startswith(prompts.OF_THE_PRODUCT)
