"""states of parts, reading the audit trail"""

import sqlalchemy as sa
from alembic import op

revision = "7d02c4e9b1a6"
down_revision = "8e41c7d05b2a"
branch_labels = None
depends_on = None


INDEXES = {"page": ["id"], "deed": ["deed", "id"], "subject": ["subject", "id"]}


def upgrade() -> None:
    op.create_table(
        "part_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_part_state")),
    )
    for name, columns in INDEXES.items():  # the trail is written meanwhile
        with op.get_context().autocommit_block():
            op.drop_index(f"ix_audit_{name}", "audit", if_exists=True, postgresql_concurrently=True)
            op.create_index(
                f"ix_audit_{name}",
                "audit",
                ["organisation_id", *columns],
                postgresql_ops={"subject": "text_pattern_ops"} if name == "subject" else {},
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"ix_audit_{name}", "audit")
    op.drop_table("part_state")
