"""classifier"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0c41a7e9b2d5"
down_revision = "7d02c4e9b1a6"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
SECTIONS = (
    "'form', 'sign', 'kind', 'sex', 'subject', 'type', 'category', 'social', 'result', 'question', 'cause', 'problem'"
)


def upgrade() -> None:
    op.create_table(
        "classifier_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), server_default="", nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("meaning", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"section IN ({SECTIONS})", name=op.f("ck_classifier_entry_section")),
        sa.CheckConstraint("code <> ''", name=op.f("ck_classifier_entry_code")),
        sa.CheckConstraint("parent <> code", name=op.f("ck_classifier_entry_parent")),
        sa.CheckConstraint("name <> '{}'::jsonb", name=op.f("ck_classifier_entry_name")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_classifier_entry_validity")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_classifier_entry_made_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_classifier_entry_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_entry")),
        sa.UniqueConstraint(
            "organisation_id",
            "section",
            "code",
            "valid_from",
            name=op.f("uq_classifier_entry_organisation_id_section_code_valid_from"),
        ),
    )
    op.create_index(op.f("ix_classifier_entry_organisation_id"), "classifier_entry", ["organisation_id"])
    op.create_index(
        "uq_classifier_entry_used",
        "classifier_entry",
        ["organisation_id", "section", "code"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.execute('ALTER TABLE "classifier_entry" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "classifier_entry" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY of_organisation ON "classifier_entry" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    op.drop_table("classifier_entry")
