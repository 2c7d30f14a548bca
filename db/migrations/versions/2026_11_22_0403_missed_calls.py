"""missed calls"""

revision = "b44a52df186c"
down_revision = "ccf06ae50282"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
