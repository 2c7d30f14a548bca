"""outgoing and numbers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7d2f0b31e8c2"
down_revision = "5c1e9a20d7b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    forbidden = sa.Column("forbidden", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("outgoing_line", forbidden)
    op.add_column("outgoing_line", sa.Column("longest", sa.Interval(), nullable=True))
    op.create_check_constraint(op.f("ck_outgoing_line_longest"), "outgoing_line", "longest > interval '0'")
    op.add_column("agent_command", sa.Column("party", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agent_command", "party")
    op.drop_constraint(op.f("ck_outgoing_line_longest"), "outgoing_line")
    op.drop_column("outgoing_line", "longest")
    op.drop_column("outgoing_line", "forbidden")
