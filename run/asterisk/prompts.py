"""python -m run.asterisk.prompts: makes the sound of every prompt in every language. What is right is kept."""

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from calls.model import Language
from ivr import prompts
from ivr.prompts import Prompt
from ivr.sound.speech import CannotSpeak, Voice, speak
from run.host.steps import Refused, main
from run.settings import Settings

ALWAYS_HERE = Voice("espeak-ng")


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did."""

    spoken: int
    kept: int
    voices: dict[Language, Voice]


def voices(speech: Mapping[str, str]) -> dict[Language, Voice]:
    """The voice of each language; espeak-ng where the chosen engine is not on this machine."""
    chosen = {language: Voice.parse(speech.get(language, "espeak-ng")) for language in Language}
    return {language: voice if voice.is_here else ALWAYS_HERE for language, voice in chosen.items()}


def make(
    sounds: Path, speech: Mapping[str, str], progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Made:
    """Speaks what is missing or changed. Interrupted, the next run goes on; `progress` is told done and all."""
    chosen = voices(speech)
    fingerprints = {language: prompts.made(sounds, language) for language in Language}
    due = [p for p in prompts.all_prompts() if _is_due(sounds, p, chosen, fingerprints)]
    done = 0
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for prompt in pool.map(lambda p: _make_one(sounds, p, chosen), due):
                fingerprints[prompt.heard_by][prompt.name] = prompt.fingerprint(chosen[prompt.language])
                done += 1
                progress(done, len(due))
    finally:
        for language in Language if due else ():
            prompts.note_made(sounds, language, fingerprints[language])
    return Made(len(due), len(prompts.all_prompts()) - len(due), chosen)


def _is_due(
    sounds: Path, prompt: Prompt, chosen: Mapping[Language, Voice], made: Mapping[Language, Mapping[str, str]]
) -> bool:
    fingerprint = prompt.fingerprint(chosen[prompt.language])
    is_there = prompts.path(sounds, prompt.heard_by, prompt.name).exists()
    return not is_there or made[prompt.heard_by].get(prompt.name) != fingerprint


def _make_one(sounds: Path, prompt: Prompt, chosen: Mapping[Language, Voice]) -> Prompt:
    voice = chosen[prompt.language]
    try:
        sound = speak(prompt.words, prompt.language, voice)
    except CannotSpeak as error:
        raise CannotSpeak(f"{voice} cannot speak {prompt.name} ({prompt.language}): {error}") from error
    prompts.write(prompts.path(sounds, prompt.heard_by, prompt.name), sound)
    return prompt


def in_words(made: Made, speech: Mapping[str, str]) -> str:
    """What was done, with which voice in each language, and which chosen engine is not on this machine."""
    voices_used = []
    for language, voice in made.voices.items():
        asked = speech.get(language, str(voice))
        voices_used.append(f"{language} {voice}" if asked == str(voice) else f"{language} {voice}: no {asked} here")
    return f"prompts: {made.spoken} spoken, {made.kept} kept ({', '.join(voices_used)})"


def _main() -> int:
    settings = Settings()

    def progress(done: int, of: int) -> None:
        if done % 100 == 0 or done == of:
            print(f"prompts: {done} of {of}", file=sys.stderr)

    try:
        made = make(settings.sounds, settings.speech, progress)
    except (CannotSpeak, ValueError) as error:
        raise Refused(f"{error}\nAnother engine or voice is chosen by HOLOS_SPEECH; what is spoken is kept.") from error
    print(in_words(made, settings.speech))
    return 0


if __name__ == "__main__":
    main(_main)
