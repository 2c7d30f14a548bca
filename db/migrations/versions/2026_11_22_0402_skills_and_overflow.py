"""skills and overflow"""

revision = "ccf06ae50282"
down_revision = "3e71ba1a24bb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
