"""views shared with a team"""

import sqlalchemy as sa
from alembic import op

revision = "4f8ae03c91d2"
down_revision = "e5b0c2f7a119"
branch_labels = None
depends_on = None

VIEW = "journal_view"


def _shared(columns: str) -> None:
    op.drop_constraint(op.f(f"ck_{VIEW}_shared"), VIEW, type_="check")
    op.create_check_constraint(op.f(f"ck_{VIEW}_shared"), VIEW, f"shared::int + num_nonnulls({columns}) <= 1")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(VIEW, sa.Column("team_id", sa.BigInteger(), nullable=True))
    name = op.f(f"fk_{VIEW}_team_id")
    op.create_foreign_key(name, VIEW, "team", ["team_id"], ["id"], ondelete="SET NULL")
    _shared("role, executor_id, team_id")


def downgrade() -> None:
    _shared("role, executor_id")
    op.drop_column(VIEW, "team_id")
