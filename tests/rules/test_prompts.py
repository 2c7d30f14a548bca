"""Menus, self-services, queues' announcements and the dialplan name prompts; each has a text in every language."""

import ast
import re
from collections.abc import Iterator

import pytest

from acd.queues.model import SPOKEN
from acd.queues.words import ANNOUNCEMENTS
from appeals.model import TOLD, Result, State
from calls.model import Language
from ivr import contents, prompts, rehearsal
from ivr.demonstration import MENUS
from run.asterisk.config import DIALPLAN_PROMPTS, TEMPLATES
from run.demo.people import ORGANISATIONS
from tests.rules.sources import modules, tree

SPEAKING = {"hears", "is_asked", "_to_people", "_ends_at_queue"}
PLAYED = re.compile(r"(?:Playback|BackGround|ControlPlayback)\(([^),]+)")
ANNOUNCED = re.compile(r"^(?:queue-\w+|periodic-announce)[ \t]*=[ \t]*(\S+)", re.MULTILINE)
NAME = re.compile(r"[a-z][a-z0-9-]*(/\d+)?")


def named_in_code() -> Iterator[str]:
    """Literal prompts that `ivr` and `agi` say to callers."""
    for path in modules("ivr", "agi"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SPEAKING:
                for inner in (node, *node.keywords):
                    yield from (
                        constant.value
                        for constant in ast.walk(inner)
                        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
                    )


def named_in_configuration() -> Iterator[str]:
    """Prompts that Asterisk plays by itself."""
    for path in TEMPLATES.glob("*.j2"):
        text = path.read_text("utf-8")
        for found in (*PLAYED.findall(text), *ANNOUNCED.findall(text)):
            yield from (name for name in found.split("&") if "{" not in name and "$" not in name)


def everything_named() -> set[str]:
    named = {*named_in_configuration(), *DIALPLAN_PROMPTS, *contents.WALK_PROMPTS, *contents.CALLBACK_PROMPTS}
    named |= {name for name in named_in_code() if NAME.fullmatch(name) and "-" in name}
    for menus in MENUS.values():
        named |= contents.prompts(menus)
    named |= {f"appeal-state-{TOLD.get(state, state).replace('_', '-')}" for state in State}
    named |= {f"appeal-result-{result.replace('_', '-')}" for result in Result}
    named |= {*ANNOUNCEMENTS, *(expected.prompt for expected in SPOKEN)}
    return named


@pytest.mark.parametrize("language", Language)
def test_every_prompt_named_has_words_in_every_language(language: Language):
    named = everything_named()
    assert {"static-greeting", "recording-notice", "enter-appeal-number", "khm-topics", "digits/7"} <= named
    assert sorted(named - set(prompts.words(language))) == []


def test_every_text_is_said_somewhere():
    spare = {"waiting", "not-in-service"}  # for the announcements of queues to come
    written = set(prompts.written(Language.ENGLISH))
    in_source = {c.value for p in modules("ivr", "agi") for c in ast.walk(tree(p)) if isinstance(c, ast.Constant)}
    assert sorted(written - everything_named() - in_source - spare) == []


@pytest.mark.parametrize("language", Language)
def test_texts_are_written_as_they_are_spoken(language: Language):
    """No digits, abbreviations or letters that an engine would spell out."""
    odd = [
        f"{language}: {name}"
        for name, words in prompts.words(language).items()
        if re.search(r"\d|[\u02bc\u2019№&/]|\b(?:вул|тел|грн|str|tel)\.", words) or words != words.strip()
    ]
    assert odd == []


def test_texts_are_in_their_own_letters():
    foreign = {"uk": "[ыэёъ]|[a-z]", "ru": "[іїєґ]|[a-z]", "uz": "[а-яёіїєґ]", "en": "[а-яёіїєґ]|[oʻgʻ]ʻ"}
    wrong = [
        f"{p.language}: {p.name}: {p.words}"
        for p in prompts.all_prompts()
        if re.search(foreign[p.language], p.words, re.IGNORECASE)
    ]
    assert wrong == []


def test_menus_lead_to_queues_and_topics_that_the_demonstration_has():
    for demo in ORGANISATIONS:
        menus = MENUS[demo.code]
        assert contents.queues(menus) <= set(demo.queues)
        topics = {getattr(action, "topic", None) for _, action in contents.actions(menus)} - {None}
        assert topics <= set(demo.topics)
        assert set(contents.languages(menus)) == set(demo.languages)


def test_self_services_have_one_list():
    offered = tree(next(path for path in modules("agi") if path.match("scripts/__init__.py")))
    names = {key.value for node in ast.walk(offered) if isinstance(node, ast.Dict) for key in node.keys if key}  # type: ignore[attr-defined]
    assert names == set(contents.SCRIPTS) == set(rehearsal.PRETENDED)
