"""sources of appeals"""

from alembic import op

revision = "5d0e6a41c7b9"
down_revision = "8c1f50a7d2e4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, rule in (
        ("source", "source IN ('phone', 'reception', 'letter')"),
        ("result", "result IN ('satisfied', 'refused', 'explained')"),
    ):
        op.execute(f"ALTER TABLE appeal ADD CONSTRAINT ck_appeal_{name} CHECK ({rule})")


def downgrade() -> None:
    op.drop_constraint("ck_appeal_result", "appeal")
    op.drop_constraint("ck_appeal_source", "appeal")
