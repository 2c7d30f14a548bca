"""supervision"""

revision = "68d36ba1c3bb"
down_revision = "b44a52df186c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
