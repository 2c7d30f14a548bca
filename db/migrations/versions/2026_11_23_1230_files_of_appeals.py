"""files of appeals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a91f6cd04b38"
down_revision = "d41c7be09a25"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("journal_export", sa.Column("format", sa.Text(), server_default="xlsx", nullable=False))
    op.create_check_constraint(op.f("ck_journal_export_format"), "journal_export", "format IN ('xlsx', 'xml')")
    op.create_table(
        "appeal_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="kept", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("registered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("faults", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('kept', 'running', 'done')", name=op.f("ck_appeal_file_state")),
        sa.CheckConstraint("done BETWEEN 0 AND rows", name=op.f("ck_appeal_file_done")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_file_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appeal_file_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_file")),
    )
    op.create_index(op.f("ix_appeal_file_organisation_id"), "appeal_file", ["organisation_id"])
    op.create_index("ix_appeal_file_person_id", "appeal_file", ["person_id", "id"])
    op.execute('ALTER TABLE "appeal_file" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "appeal_file" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY of_organisation ON "appeal_file" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("appeal_file")
    op.drop_constraint(op.f("ck_journal_export_format"), "journal_export", type_="check")
    op.drop_column("journal_export", "format")
