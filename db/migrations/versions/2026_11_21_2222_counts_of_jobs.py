"""counts of jobs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8c1f50a7d2e4"
down_revision = "2aa804d98417"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_run", sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.alter_column("job_run", "outcome", new_column_name="error")
    op.execute("UPDATE job_run SET error = NULL WHERE ok")


def downgrade() -> None:
    op.alter_column("job_run", "error", new_column_name="outcome")
    op.drop_column("job_run", "counts")
