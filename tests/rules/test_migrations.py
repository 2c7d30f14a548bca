"""Migrations follow one another: two that came at the same time are put into an order before they are kept."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

PROJECT = Path(__file__).parents[2]


def test_migrations_have_one_head() -> None:
    script = ScriptDirectory.from_config(Config(PROJECT / "alembic.ini"))
    assert len(script.get_heads()) == 1, f"each of these follows none of the others: {script.get_heads()}"
