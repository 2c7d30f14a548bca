"""Words that somebody typed, spoken at once; refused in words where they cannot be."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from calls.model import Language
from ivr.sound.speech import CannotSpeak, Voice, speak
from web.forms import Submitted
from web.languages import gettext as _
from web.languages import later

log = structlog.get_logger()

LONGEST = 1500  # characters of one prompt: two minutes of speech


class Unspeakable(ValueError):
    """The words were not spoken; `words` says why, as a message of the catalogue."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def spoken(text: str, language: Language, voices: Mapping[Language, Voice]) -> bytes:
    """The sound of the text in the voice of the language, at the one loudness."""
    if not any(letter.isalnum() for letter in text):
        raise Unspeakable(later("There is nothing to be spoken in this text"))
    if len(text) > LONGEST:
        raise Unspeakable(later("This is too long to be spoken"))
    try:
        return speak(text, language, voices[language])
    except CannotSpeak as error:
        log.warning("not_spoken", language=str(language), error=str(error)[:300])
        raise Unspeakable(later("The voice of this language does not answer. Nothing was changed.")) from error


def spoken_in(
    languages: Iterable[Language], form: Submitted[Any], voices: Mapping[Language, Voice]
) -> dict[Language, tuple[str, bytes]]:
    """The words typed in each of these languages with their sound; what cannot be spoken is refused at its field.

    It takes an engine's time: whoever asks holds no transaction open meanwhile.
    """
    said = {}
    for language in languages:
        words = form.typed[language]
        try:
            said[language] = words, spoken(words, language, voices)
        except Unspeakable as problem:
            form.refuse(language, _(problem.words))
    return said


def refuse_silence(languages: Iterable[Language], form: Submitted[Any]) -> None:
    """Refuses an announcement that has no words in one of these languages."""
    for language in languages:
        if not form.typed[language] and language not in form.errors:
            form.refuse(language, _("Callers of this language would hear nothing"))
