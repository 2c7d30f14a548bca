"""escalation"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "91c3e05a7d28"
down_revision = "a4d17e60c2b9"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("escalation_step", "escalation_told", "term_measure")


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "escalation_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("after", sa.Interval(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        *_organisation("escalation_step"),
        sa.CheckConstraint("moment IN ('attention', 'overdue')", name=op.f("ck_escalation_step_moment")),
        sa.CheckConstraint("whom IN ('responsible', 'head', 'management')", name=op.f("ck_escalation_step_whom")),
        sa.CheckConstraint("after >= interval '0'", name=op.f("ck_escalation_step_after")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_escalation_step_channel_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_step")),
    )
    op.create_index(op.f("ix_escalation_step_channel_id"), "escalation_step", ["channel_id"])
    op.create_table(
        "escalation_told",
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("at", moment, server_default=sa.text("now()"), nullable=False),
        *_organisation("escalation_told"),
        sa.ForeignKeyConstraint(
            ["step_id"], ["escalation_step.id"], name=op.f("fk_escalation_told_step_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_escalation_told_appeal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("step_id", "appeal_id", "due_at", name=op.f("pk_escalation_told")),
    )
    op.create_table(
        "term_measure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("opened_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        *_organisation("term_measure"),
        sa.CheckConstraint("(closed_at IS NULL) = (cause_id IS NULL)", name=op.f("ck_term_measure_cause")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_term_measure_closed_by")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_term_measure_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["classifier_entry.id"], name=op.f("fk_term_measure_cause_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_term_measure_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_measure")),
    )
    op.create_index(op.f("ix_term_measure_appeal_id"), "term_measure", ["appeal_id"])
    op.create_index(
        "uq_term_measure_open",
        "term_measure",
        ["appeal_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
