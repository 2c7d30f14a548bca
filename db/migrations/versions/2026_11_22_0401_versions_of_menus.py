"""versions of menus"""

revision = "3e71ba1a24bb"
down_revision = "b7e20c5f9a16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
