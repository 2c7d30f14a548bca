"""The messages of the browser's scripts: `say` in `web/frontend`, one small file a language."""

import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from db import NotFound
from web.assets import FOR_A_YEAR, as_json
from web.languages import LANGUAGES, catalogue

FRONTEND = Path(__file__).parent / "frontend"
SAID = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)+)\"""")

router = APIRouter()


def messages() -> list[str]:
    """Every message the scripts say, as written in their sources."""
    found = {
        match.group(1).replace('\\"', '"')
        for path in FRONTEND.rglob("*.ts")
        for match in SAID.finditer(path.read_text("utf-8"))
    }
    return sorted(found)


@cache
def script(language: str) -> str:
    """A script that gives the page its words."""
    known = {message: catalogue(language).gettext(message) for message in messages()}
    return f"window.holosWords={as_json(known)};"


@cache
def address(language: str) -> str:
    """The address of a language's words, with the hash of their content."""
    return f"/words/{language}.js?v={hashlib.sha256(script(language).encode()).hexdigest()[:12]}"


@router.get("/words/{language}.js")
def words(language: str) -> Response:
    """The words of one language."""
    if language not in LANGUAGES:
        raise NotFound(language)
    return Response(script(language), media_type="text/javascript", headers={"Cache-Control": FOR_A_YEAR})
