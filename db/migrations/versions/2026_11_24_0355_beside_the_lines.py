"""what appeals are counted by, beside the keys of indexes"""

from alembic import op

revision = "b7d25e90c314"
down_revision = "e7b30c5d914f"
branch_labels = None
depends_on = None

OPEN = (
    "state IN ('assigned', 'at_chancellery', 'in_work', 'not_in_competence', 'registered', 'reopened', 'returned',"
    " 'to_be_verified', 'with_editor')"
)
BESIDE = "attention_at, state, kind, source, topic, problem, result, sign, registered_by, district_id, long_control"
INDEXES = (  # name, table, keys, what is beside them, of which rows
    ("ix_appeal_line_open_due", "appeal_line", "organisation_id, due_at, appeal_id", f"registered_at, {BESIDE}", OPEN),
    (
        "ix_appeal_line_long_control",
        "appeal_line",
        "organisation_id, registered_at, appeal_id",
        f"due_at, {BESIDE}",
        "long_control",
    ),
    ("ix_assignment_executor", "assignment", "executor_id, appeal_id", "organisation_id", "state <> 'withdrawn'"),
    ("uq_assignment_executor", "assignment", "appeal_id, executor_id", "organisation_id", "state <> 'withdrawn'"),
)


def upgrade() -> None:
    for name, table, keys, beside, where in INDEXES:
        _anew(name, table, f"({keys}) INCLUDE ({beside}) WHERE {where}")


def downgrade() -> None:
    for name, table, keys, _beside, where in INDEXES:
        _anew(name, table, f"({keys}) WHERE {where}")


def _anew(name: str, table: str, definition: str) -> None:
    """The index is there at every moment, and the table is written meanwhile."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_anew")
        op.execute(f"CREATE {'UNIQUE ' * name.startswith('uq_')}INDEX CONCURRENTLY {name}_anew ON {table} {definition}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"ALTER INDEX {name}_anew RENAME TO {name}")
