"""longest waits"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "9f2b6c0d71e4"
down_revision = "c41f7e8a2b60"
branch_labels = None
depends_on = None

FILTERED = ("agent", "queue", "topic", "language", "result", "fate", "recorded")
ENDED, UNRECORDED = sa.text("fate IS NOT NULL"), sa.text("recorded IS false")


def upgrade() -> None:
    """Calls are written meanwhile: no index is made under a lock."""
    _make("ix_call_longest_waits", "waited")
    _make("ix_call_longest_talks", "talked")
    _make("ix_call_waits_of_topic", "topic", "waited")
    _make("ix_call_waits_of_queue", "queue", "waited")
    _make("ix_call_waits_of_fate", "fate", "waited", postgresql_where=ENDED)
    _make("ix_call_talks_of_fate", "fate", "talked", postgresql_where=ENDED)
    _make("ix_call_unrecorded", "arrived_at", postgresql_where=UNRECORDED)
    _drop("ix_call_waited", "ix_call_talked")
    _ends_of_numbers(["id", "arrived_at", *FILTERED])


def downgrade() -> None:
    _make("ix_call_waited", "waited", beside=FILTERED)
    _make("ix_call_talked", "talked", beside=FILTERED)
    _drop("ix_call_longest_waits", "ix_call_longest_talks", "ix_call_waits_of_topic", "ix_call_waits_of_queue")
    _drop("ix_call_waits_of_fate", "ix_call_talks_of_fate", "ix_call_unrecorded")
    _ends_of_numbers(None)


def _make(name: str, *columns: str, beside: tuple[str, ...] = ("arrived_at", *FILTERED), **more: Any) -> None:
    """Anew, should an attempt that failed have left it behind."""
    _drop(name)
    with op.get_context().autocommit_block():
        op.create_index(
            name,
            "call",
            ["organisation_id", *columns, "id"],
            postgresql_include=[each for each in beside if each not in columns],
            postgresql_concurrently=True,
            **more,
        )


def _ends_of_numbers(beside: list[str] | None) -> None:
    """The new index first, then the old one goes and gives it its name."""
    _drop("ix_call_caller_end_new")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_call_caller_end_new",
            "call",
            ["organisation_id", "caller_end"],
            postgresql_ops={"caller_end": "text_pattern_ops"},
            postgresql_include=beside,
            postgresql_concurrently=True,
        )
    _drop("ix_call_caller_end")
    op.execute("ALTER INDEX ix_call_caller_end_new RENAME TO ix_call_caller_end")


def _drop(*indexes: str) -> None:
    with op.get_context().autocommit_block():
        for name in indexes:
            op.drop_index(name, "call", if_exists=True, postgresql_concurrently=True)
