"""emergencies of queues"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c7e0a3914d52"
down_revision = "d5f2c13e7b69"
branch_labels = None
depends_on = None

TABLES = ("emergency", "incident_plan")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.add_column(table, sa.Column("queues", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "queues")
