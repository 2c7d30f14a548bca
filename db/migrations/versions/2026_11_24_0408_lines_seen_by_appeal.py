"""lines of appeals that are found elsewhere"""

from alembic import op

revision = "c93f17ab64e0"
down_revision = "d2f6b81c4e37"
branch_labels = None
depends_on = None

INDEX = "ix_appeal_line_seen"
BESIDE = ["organisation_id", "registered_at", "due_at", "attention_at", "state"]


def upgrade() -> None:
    with op.get_context().autocommit_block():  # a table that is written meanwhile
        op.drop_index(INDEX, "appeal_line", if_exists=True, postgresql_concurrently=True)
        op.create_index(INDEX, "appeal_line", ["appeal_id"], postgresql_include=BESIDE, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(INDEX, "appeal_line")
