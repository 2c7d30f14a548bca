"""deeds done by workers, views shared"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d0c6b7f18e3"
down_revision = "c3a7d90e51b4"
branch_labels = None
depends_on = None

TABLE = "journal_deed"
VIEW = "journal_view"
ROLES = "'operator', 'supervisor', 'manager', 'administrator', 'executor', 'chancellery', 'editor'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    numbers = postgresql.ARRAY(sa.Text())
    op.add_column(TABLE, sa.Column("part", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("state", sa.Text(), server_default="done", nullable=False))
    op.add_column(TABLE, sa.Column("marked", numbers, server_default="{}", nullable=False))
    op.add_column(TABLE, sa.Column("gone", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(TABLE, sa.Column("left", numbers, server_default="{}", nullable=False))
    op.add_column(TABLE, sa.Column("language", sa.Text(), server_default="", nullable=False))
    told_at = sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    op.add_column(TABLE, told_at)
    op.create_check_constraint(op.f(f"ck_{TABLE}_state"), TABLE, "state IN ('running', 'done', 'undoing')")
    op.create_check_constraint(op.f(f"ck_{TABLE}_gone"), TABLE, "gone BETWEEN 0 AND cardinality(marked)")
    at_work = sa.text("state IN ('running', 'undoing')")
    op.create_index(f"ix_{TABLE}_at_work", TABLE, ["state"], postgresql_where=at_work)
    op.add_column(VIEW, sa.Column("role", sa.Text(), nullable=True))
    op.add_column(VIEW, sa.Column("executor_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{VIEW}_executor_id"), VIEW, "executor", ["executor_id"], ["id"])
    op.create_check_constraint(op.f(f"ck_{VIEW}_role"), VIEW, f"role IN ({ROLES})")
    whom = "shared::int + num_nonnulls(role, executor_id) <= 1"
    op.create_check_constraint(op.f(f"ck_{VIEW}_shared"), VIEW, whom)


def downgrade() -> None:
    for name in ("shared", "role"):
        op.drop_constraint(op.f(f"ck_{VIEW}_{name}"), VIEW, type_="check")
    op.drop_column(VIEW, "executor_id")
    op.drop_column(VIEW, "role")
    op.drop_index(f"ix_{TABLE}_at_work", TABLE)
    op.drop_constraint(op.f(f"ck_{TABLE}_gone"), TABLE, type_="check")
    op.drop_constraint(op.f(f"ck_{TABLE}_state"), TABLE, type_="check")
    for column in ("told_at", "language", "left", "gone", "marked", "state", "part"):
        op.drop_column(TABLE, column)
