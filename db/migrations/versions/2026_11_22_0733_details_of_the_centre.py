"""details of the centre"""

import sqlalchemy as sa
from alembic import op

revision = "8e3a1c42f9d3"
down_revision = "7d2f0b31e8c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reader_place", sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("reader_place", "recovered_at")
