"""Static files with a hash of their content in the address, so that browsers may keep them for a year."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"


@cache
def address(name: str) -> str:
    """The address of a file under `web/static`. FileNotFoundError: the front end was not built (`npm run build`)."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def icons() -> frozenset[str]:
    """Names of the icons in the sprite."""
    sprite = (STATIC / "built/icons.svg").read_text("utf-8")
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))


class KeptFiles(StaticFiles):
    """Files of `web/static`; an address that carries the hash is kept by the browser, a bare one is asked again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            versioned = b"v=" in scope["query_string"]
            response.headers["Cache-Control"] = FOR_A_YEAR if versioned else "no-cache"
        return response


def as_json(value: object) -> str:
    """JSON for a data attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
