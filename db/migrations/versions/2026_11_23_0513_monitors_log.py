"""the monitor's log"""

import sqlalchemy as sa
from alembic import op

revision = "d27f90b4e1c6"
down_revision = "5c0e8f2b97a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "part_span",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.CheckConstraint("sign IN ('there', 'away', 'not_known')", name=op.f("ck_part_span_sign")),
        sa.CheckConstraint("until >= since", name=op.f("ck_part_span_until")),
        sa.PrimaryKeyConstraint("name", "since", name=op.f("pk_part_span")),
    )
    op.create_index("ix_part_span_until", "part_span", ["until"])


def downgrade() -> None:
    op.drop_table("part_span")
