"""the list of calls"""

import sqlalchemy as sa
from alembic import op

revision = "5c9e21d7a4f0"
down_revision = "b61f0c93a7d4"
branch_labels = None
depends_on = None

FILTERED = ("agent", "queue", "topic", "language", "result", "fate", "recorded")
BY_PART = {
    "first": (["(agents[1])"], "cardinality(agents) >= 1"),
    "second": (["(agents[2])"], "cardinality(agents) >= 1"),
    "further": ([], "cardinality(agents) >= 3"),
}
POLICIES = sa.text("SELECT tablename FROM pg_policies WHERE policyname = 'of_organisation' ORDER BY tablename")
SETTING = "current_setting('holos.organisation', true)"
EVERY = "{} = 'every' OR organisation_id = {}"
NUMBER = f"NULLIF(NULLIF({SETTING}, 'every'), '')::bigint"


def upgrade() -> None:
    """Calls are written meanwhile: no index is made under a lock, and the new ones are there before the old ones go."""
    for name, (keys, only) in BY_PART.items():
        _passed_on(f"ix_call_passed_on_{name}", keys, only)
    _drop("ix_call_passed_on", "call")
    _visits(["call", "outcome"])
    _policies(EVERY.format(f"(SELECT {SETTING})", f"(SELECT {NUMBER})"))


def downgrade() -> None:
    _policies(EVERY.format(SETTING, NUMBER))
    _visits(None)
    _passed_on("ix_call_passed_on", [], "cardinality(agents) > 0")
    for name in BY_PART:
        _drop(f"ix_call_passed_on_{name}", "call")


def _passed_on(name: str, keys: list[str], only: str) -> None:
    """Calls of several participants, by the place of one of them."""
    _drop(name, "call")
    with op.get_context().autocommit_block():
        op.create_index(
            name,
            "call",
            ["organisation_id", *(sa.text(key) for key in keys), "arrived_at", "id"],
            postgresql_include=["agents", "waited", "talked", *FILTERED],
            postgresql_where=sa.text(only),
            postgresql_concurrently=True,
        )


def _visits(beside: list[str] | None) -> None:
    """The new index first, then the old one goes and gives it its name."""
    _drop("ix_call_visit_queue_new", "call_visit")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_call_visit_queue_new",
            "call_visit",
            ["organisation_id", "queue", "joined_at"],
            postgresql_include=beside,
            postgresql_concurrently=True,
        )
    _drop("ix_call_visit_queue", "call_visit")
    op.execute("ALTER INDEX ix_call_visit_queue_new RENAME TO ix_call_visit_queue")


def _policies(mine: str) -> None:
    """Each table for itself: its lock is held for a moment, and no two of them together."""
    with op.get_context().autocommit_block():
        for (table,) in op.get_bind().execute(POLICIES).all():
            op.execute(f'ALTER POLICY of_organisation ON "{table}" USING ({mine}) WITH CHECK ({mine})')


def _drop(name: str, table: str) -> None:
    with op.get_context().autocommit_block():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
