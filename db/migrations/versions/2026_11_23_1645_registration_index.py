"""registration index of appeals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8e41d07a92bc"
down_revision = "5d0c6b7f18e3"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("index_rule", "index_counter", "appeal_index")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "index_rule",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("by_source", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("signs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_index_rule")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_index_rule_organisation_id"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint("pattern LIKE '%{number}%'", name=op.f("ck_index_rule_pattern")),
    )
    op.create_table(
        "index_counter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_counter")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_index_counter_organisation_id"), ondelete="RESTRICT"
        ),
        sa.UniqueConstraint(
            "organisation_id", "year", "source", name=op.f("uq_index_counter_organisation_id_year_source")
        ),
    )
    op.create_index(op.f("ix_index_counter_organisation_id"), "index_counter", ["organisation_id"])
    op.create_table(
        "appeal_index",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_index")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_index_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_index_appeal_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("organisation_id", "written", name=op.f("uq_appeal_index_organisation_id_written")),
    )
    op.create_index(op.f("ix_appeal_index_organisation_id"), "appeal_index", ["organisation_id"])
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "appeal_index" FROM holos_app')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
