"""The manual for citizens as a page: the file of `docs/manuals` in the reader's language, without its pictures.

Only what our manuals have is read: headings, paragraphs, lists, bold, italic, code and links.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Final

from fastapi import APIRouter
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from run.host.release import SOURCE
from web.languages import audience
from web.pages import render

router = APIRouter()

FOLDER: Final = SOURCE / "docs" / "manuals"
INLINE: Final = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https://[^)\s]+|/[^)\s]*)\)"), r'<a href="\2">\1</a>'),
)


@router.get("/help")
def page(request: Request) -> Response:
    """How citizens write, sign in and follow their appeals."""
    title, text = manual(audience().language)
    return render(request, "help/page.html", manual_title=title, text=text)


@cache
def manual(language: str) -> tuple[str, Markup]:
    """Its title and its text; the English file has no language in its name."""
    path = FOLDER / ("citizen.md" if language == "en" else f"citizen.{language}.md")
    title, _, text = path.read_text("utf-8").partition("\n")
    return title.removeprefix("# "), html_of(text)


def html_of(text: str) -> Markup:
    """Markdown of ours as HTML; whatever else stands in it is text."""
    return Markup("\n").join(_part(lines) for lines in _parts(text.splitlines()))


def _parts(lines: Iterable[str]) -> Iterator[list[str]]:
    for is_blank, found in groupby(lines, lambda line: not line.strip()):
        part = list(found)
        if not is_blank and not part[0].startswith("!["):
            yield part


def _part(lines: list[str]) -> Markup:
    if lines[0].startswith("## "):
        return Markup("<h2>{}</h2>").format(_inline(lines[0][3:]))
    kind = "ul" if lines[0].startswith("- ") else "ol" if lines[0].startswith("1. ") else ""
    if not kind:
        return Markup("<p>{}</p>").format(_inline(" ".join(lines)))
    items: list[str] = []
    for line in lines:
        begins = re.match(r"(?:- |\d+\. )(.*)", line)
        if begins:
            items.append(begins[1])
        else:
            items[-1] += f" {line.strip()}"
    listed = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return Markup("<{0}>{1}</{0}>").format(kind, listed)


def _inline(text: str) -> Markup:
    told = str(escape(text))
    for pattern, becomes in INLINE:
        told = pattern.sub(becomes, told)
    return Markup(told)
