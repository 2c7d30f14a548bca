"""Which Holos this is: its version, and the release whose code runs."""

import re
from functools import cache
from pathlib import Path
from typing import Final

VERSION: Final = "0.1.0"  # as in pyproject.toml (a test compares)
_REVISION: Final = re.compile(r'^(revision|down_revision) = "([0-9a-f]+)"', re.MULTILINE)
_PLACE: Final = Path(__file__).resolve().parents[1]


def release() -> str:
    """The name of the release that this process was begun from; "source" in a clone."""
    return _PLACE.name if _PLACE.parent.name == "releases" else "source"


@cache
def newest_migration() -> str:
    """The migration that this code wants the database to have: the one that no other comes after."""
    made, before = set(), set()
    for path in (_PLACE / "db" / "migrations" / "versions").glob("*.py"):
        found = dict(_REVISION.findall(path.read_text("utf-8")))
        made.add(found["revision"])
        before.add(found.get("down_revision", ""))
    return " ".join(sorted(made - before))
