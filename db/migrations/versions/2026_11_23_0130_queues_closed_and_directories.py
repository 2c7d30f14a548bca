"""queues closed and directories"""

import sqlalchemy as sa
from alembic import op

revision = "8e41c7d05b2a"
down_revision = "5c9e21d7a4f0"
branch_labels = None
depends_on = None

NINETY_SECONDS = sa.text("interval '90 s'")


def upgrade() -> None:
    op.add_column("queue", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("queue", sa.Column("messages_every", sa.Interval(), server_default=NINETY_SECONDS, nullable=False))
    op.create_check_constraint(op.f("ck_queue_messages_every"), "queue", "messages_every > interval '0'")
    op.add_column("pause_reason", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("topic", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("topic", "disabled_at")
    op.drop_column("pause_reason", "disabled_at")
    op.drop_constraint(op.f("ck_queue_messages_every"), "queue")
    op.drop_column("queue", "messages_every")
    op.drop_column("queue", "closed_at")
