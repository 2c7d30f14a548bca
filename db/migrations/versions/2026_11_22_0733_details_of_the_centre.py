"""details of the centre"""

revision = "8e3a1c42f9d3"
down_revision = "7d2f0b31e8c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
