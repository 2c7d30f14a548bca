"""What callers are told of emergency works, spoken beforehand: the menus' prompts follow the register of works.

Works and menus are neighbours that do not know each other, so it is done here, by a job of the scheduler: texts that
came or changed are spoken, those of works that are over are taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from appeals.works import queries as works
from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import queries as prompts
from ivr import service as ivr
from ivr.prompts import WORK
from ivr.sound import speaking
from ivr.sound.speaking import Unspeakable
from ivr.sound.speech import Voice
from staff import queries as staff

log = structlog.get_logger()

AT_ONCE = 8  # texts of one organisation in a run: an engine takes its time, and other jobs wait


@dataclass(frozen=True, slots=True)
class _Text:
    """What is to be spoken as which prompt, and who wrote it."""

    prompt: str
    language: Language
    words: str
    by: int


def follow(voices: Mapping[Language, Voice]) -> Mapping[str, int]:
    """Every organisation's texts, spoken or taken back; no transaction waits for an engine."""
    with transaction(EVERY_ORGANISATION) as session:
        whose = sorted({*works.whose_emergencies(session), *prompts.whose_typed(session, WORK)})
    spoken = 0
    for organisation in whose:
        new, over = _differences(organisation)
        if over:
            with transaction(organisation) as session:
                for prompt, language in over:
                    ivr.untype_prompt(session, organisation, prompt, language)
        spoken += sum(_spoken(organisation, text, voices) for text in new[:AT_ONCE])
    return {"works_spoken": spoken}


def _differences(organisation: int) -> tuple[list[_Text], list[tuple[str, Language]]]:
    """Texts that are not spoken so yet; prompts of works that are over, or no longer said in that language."""
    with transaction(organisation) as session:
        languages = [Language(code) for code in staff.organisation(session, organisation).languages]
        wanted = {
            (f"{WORK}{work.id}", language): _Text(f"{WORK}{work.id}", language, work.said[language], work.changed_by)
            for work in works.emergencies(session, organisation)
            for language in languages
            if work.said.get(language)
        }
        there = {
            (each.prompt, Language(each.language)): each.words
            for each in prompts.typed_prompts(session)
            if each.prompt.startswith(WORK)
        }
    new = [text for key, text in wanted.items() if there.get(key) != text.words]
    return new, [key for key in there if key not in wanted]


def _spoken(organisation: int, text: _Text, voices: Mapping[Language, Voice]) -> bool:
    """Whether it was spoken; callers are told by an operator of what cannot be."""
    try:
        sound = speaking.spoken(text.words, text.language, voices)
    except Unspeakable as refusal:
        log.warning("work_not_spoken", prompt=text.prompt, language=text.language.value, why=refusal.words)
        return False
    with transaction(organisation) as session:
        ivr.type_prompt(session, organisation, text.prompt, text.language, words=text.words, sound=sound, by=text.by)
    return True
