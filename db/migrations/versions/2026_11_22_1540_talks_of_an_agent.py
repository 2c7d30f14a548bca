"""talks of an agent"""

import sqlalchemy as sa
from alembic import op

revision = "3d7e51b0c8a2"
down_revision = "3d80a7b5e2c6"
branch_labels = None
depends_on = None

FILTERED = ("agent", "queue", "topic", "language", "result", "fate", "recorded")


def upgrade() -> None:
    """Calls are written meanwhile: no index is made under a lock."""
    beside = ["arrived_at", *(each for each in FILTERED if each != "agent")]
    _drop("ix_call_talks_of_agent")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_call_talks_of_agent",
            "call",
            ["organisation_id", "agent", "talked", "id"],
            postgresql_include=beside,
            postgresql_concurrently=True,
        )
    _passed_on(["agents", "waited", "talked", *FILTERED])


def downgrade() -> None:
    _drop("ix_call_talks_of_agent")
    _passed_on(["agents", *FILTERED])


def _passed_on(beside: list[str]) -> None:
    """The new index first, then the old one goes and gives it its name."""
    _drop("ix_call_passed_on_new")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_call_passed_on_new",
            "call",
            ["organisation_id", "arrived_at", "id"],
            postgresql_include=beside,
            postgresql_where=sa.text("cardinality(agents) > 0"),
            postgresql_concurrently=True,
        )
    _drop("ix_call_passed_on")
    op.execute("ALTER INDEX ix_call_passed_on_new RENAME TO ix_call_passed_on")


def _drop(name: str) -> None:
    with op.get_context().autocommit_block():
        op.drop_index(name, "call", if_exists=True, postgresql_concurrently=True)
