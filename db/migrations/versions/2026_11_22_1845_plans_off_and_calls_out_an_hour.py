"""plans off and calls out an hour"""

import sqlalchemy as sa
from alembic import op

revision = "b61f0c93a7d4"
down_revision = "3d7e51b0c8a2"
branch_labels = None
depends_on = None

LIMITS = ("most_an_hour", "most_of_person")


def upgrade() -> None:
    op.add_column("incident_plan", sa.Column("off_at", sa.DateTime(timezone=True), nullable=True))
    for limit in LIMITS:
        op.add_column("outgoing_line", sa.Column(limit, sa.BigInteger(), nullable=True))
        op.create_check_constraint(op.f(f"ck_outgoing_line_{limit}"), "outgoing_line", f"{limit} > 0")


def downgrade() -> None:
    for limit in LIMITS:
        op.drop_constraint(op.f(f"ck_outgoing_line_{limit}"), "outgoing_line")
        op.drop_column("outgoing_line", limit)
    op.drop_column("incident_plan", "off_at")
