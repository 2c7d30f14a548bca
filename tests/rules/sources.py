"""The product's Python sources, read once, for rules that look at the code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from run.host.release import SOURCE

PACKAGES = (
    "acd", "agi", "ami", "appeals", "calls", "db", "ivr", "notify", "recordings", "reports", "run", "staff",
    "supervisor", "web",
)  # fmt: skip
ROUTES = (
    "*/routes.py",
    "*/*_routes.py",
    "*/*/routes.py",
    "*/*/*_routes.py",
    "*/*/*/routes.py",
    "run/pages/about.py",
    "run/pages/home.py",
    "run/pages/manual.py",
    "run/pages/metrics.py",
    "run/pages/health.py",
    "run/pages/search.py",
    "run/pages/status.py",
)


def modules(*packages: str) -> Iterator[Path]:
    """Every module of the packages, or of all; migrations are written by a tool and left out."""
    for package in packages or PACKAGES:
        yield from (path for path in sorted((SOURCE / package).rglob("*.py")) if "versions" not in path.parts)


def routes() -> Iterator[Path]:
    """Modules that hold HTTP handlers."""
    for pattern in ROUTES:
        yield from sorted(SOURCE.glob(pattern))


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path, node: ast.AST | None = None) -> str:
    """Where something is, as an editor opens it."""
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(SOURCE)}{line}"
