"""alarms"""

revision = "f121ae47bf92"
down_revision = "68d36ba1c3bb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
