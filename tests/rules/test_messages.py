"""Everything a reader sees is in the catalogues of all languages, with the same placeholders."""

import ast
import re
from collections.abc import Iterator

import pytest
from jinja2 import nodes

from run.development.messages import catalogues, domain_of, missing
from tests.rules.sources import modules, name, tree
from web.pages import TEMPLATES, environment

LANGUAGES = ("uk", "uz", "ru")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|\{\w+\}")
NOT_WORDS = re.compile(r"<(kbd|code|svg|script|style)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SEEN_ATTRIBUTE = re.compile(r"""\b(?:title|aria-label|placeholder|alt)="([^"]*[^\W\d_]{2,}[^"]*)\"""")
WORD = re.compile(r"[^\W\d_]{2,}")
PROPER_NAMES = {"Holos"}
IN_A_TAG = {"body_class", "_state", "_next"}  # blocks and macros that write attributes
SENTENCE = re.compile(r"^[A-Z][a-z]+( |$)|[a-z]+ [a-z]+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated(language: str):
    gaps = [f"{domain_of(path)}.po: {message.singular!r} ({path})" for message, path in missing(language).items()]
    assert not gaps, f"{len(gaps)} in {language}; see python -m run.development.messages {language}\n" + "\n".join(
        sorted(gaps)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language: str):
    wrong = []
    for domain, catalogue in catalogues(language).items():
        for entry in catalogue:
            if not entry.id:
                continue
            plural = isinstance(entry.id, tuple)
            expected = sorted(PLACEHOLDER.findall(entry.id[-1] if plural else entry.id))
            strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            wrong += [
                f"{language}/{domain}.po: {entry.id!r} → {text!r}"
                for text in strings
                if text and sorted(PLACEHOLDER.findall(text)) != expected
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_in_their_own_letters(language: str):
    cyrillic, ukrainian, russian = (
        re.compile("[а-яёіїєґ]", re.I),
        re.compile("[іїєґ]", re.I),
        re.compile("[ыэёъ]", re.I),
    )
    foreign = {"uk": russian, "ru": ukrainian, "uz": cyrillic}[language]
    wrong = [
        f"{language}/{domain}.po: {text}"
        for domain, catalogue in catalogues(language).items()
        for entry in catalogue
        if entry.id
        for text in (entry.string if isinstance(entry.string, tuple) else (entry.string,))
        if foreign.search(text)
    ]
    assert not wrong, "\n".join(wrong)


def test_uzbek_has_its_own_apostrophes():
    """oʻ and gʻ are written with U+02BB, the glottal stop with U+2019 (the alphabet of 1995)."""
    wrong = [
        f"{domain}.po: {text}"
        for domain, catalogue in catalogues("uz").items()
        for entry in catalogue
        if entry.id
        for text in (entry.string if isinstance(entry.string, tuple) else (entry.string,))
        if re.search(r"[oOgG][‘’'`](?=[^\W\d_])|\w['`ʼ]\w", text)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("template", sorted(environment().list_templates(extensions=["html"])))
def test_templates_hold_no_text_outside_trans(template: str):
    source = (TEMPLATES / template).read_text("utf-8")
    loose = []
    for output in environment().parse(source).find_all(nodes.Output):
        text = "".join(node.data if isinstance(node, nodes.TemplateData) else "\x00" for node in output.nodes)
        loose += SEEN_ATTRIBUTE.findall(text)
    parsed = environment().parse(source)
    whole = "".join(_shown(parsed))
    bare = TAG.sub(" ", NOT_WORDS.sub(" ", whole))
    loose += [word for word in WORD.findall(bare) if word not in PROPER_NAMES and "&" not in word]
    loose += _said_plainly(parsed)
    assert not loose, loose


def _shown(node: nodes.Node) -> Iterator[str]:
    """The plain text of a template, without what only becomes part of a tag."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    in_a_tag = isinstance(node, nodes.Block | nodes.Macro) and node.name in IN_A_TAG
    if not in_a_tag:
        for below in node.iter_child_nodes():
            yield from _shown(below)


def _said_plainly(template: nodes.Template) -> Iterator[str]:
    """Sentences given to macros as they are, without `_()`."""
    for call in template.find_all(nodes.Call):
        if (
            isinstance(call.node, nodes.Getattr)
            and isinstance(call.node.node, nodes.Name)
            and call.node.node.name == "ui"
        ):
            values = [*call.args, *(keyword.value for keyword in call.kwargs)]
            for value in values:
                if isinstance(value, nodes.Const) and isinstance(value.value, str) and SENTENCE.search(value.value):
                    yield value.value


def test_python_says_nothing_past_the_catalogue():
    """Notices and refusals are built with `_()`, not written plainly."""
    plain = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            said = [keyword.value for keyword in node.keywords if keyword.arg in {"notice", "refused"}]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "refuse" and len(node.args) == 2:
                said.append(node.args[1])
            plain += [
                name(path, each)
                for each in said
                if isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Constant) and each.value)
            ]
    assert not plain, "\n".join(plain)
