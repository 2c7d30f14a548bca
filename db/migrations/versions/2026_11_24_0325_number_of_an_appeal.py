"""appeals are found by their number"""

from alembic import op

revision = "e7b30c5d914f"
down_revision = "a41c7d9e0b25"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():  # a table that is written meanwhile
        op.drop_index("ix_appeal_number", "appeal", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_appeal_number", "appeal", ["number"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_appeal_number", "appeal")
