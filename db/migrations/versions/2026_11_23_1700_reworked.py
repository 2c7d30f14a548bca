"""reworked"""

import sqlalchemy as sa
from alembic import op

revision = "5be20c7f1d93"
down_revision = "8e41d07a92bc"
branch_labels = None
depends_on = None

INDEX = "ix_assignment_reworked"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    columns = ["organisation_id", "appeal_id"]
    op.create_index(INDEX, "assignment", columns, postgresql_where=sa.text("reworks > 0"))


def downgrade() -> None:
    op.drop_index(INDEX, table_name="assignment")
