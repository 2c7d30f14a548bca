"""surge"""

revision = "5c1e9a20d7b1"
down_revision = "1aadf9b2441a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
