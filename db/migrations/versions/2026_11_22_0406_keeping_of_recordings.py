"""keeping of recordings"""

revision = "1aadf9b2441a"
down_revision = "f121ae47bf92"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
