"""outgoing and numbers"""

revision = "7d2f0b31e8c2"
down_revision = "5c1e9a20d7b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
