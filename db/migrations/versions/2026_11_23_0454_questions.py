"""questions"""

import sqlalchemy as sa
from alembic import op

revision = "d5f2c13e7b69"
down_revision = "c4e1b02d6a58"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", moment, nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("num_nonnulls(appeal_id, call_id) > 0", name=op.f("ck_question_about")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_question_text")),
        sa.CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_question_taken")),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_question_answered")),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_question_answer")),
        sa.ForeignKeyConstraint(["executor_id"], ["executor.id"], name=op.f("fk_question_executor_id")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_question_appeal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_question_asked_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_question_taken_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_question_answered_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_question_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_executor_id", "question", ["executor_id", "asked_at"])
    op.create_index(
        "ix_question_open",
        "question",
        ["organisation_id", "executor_id"],
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_question_asked_by", "question", ["asked_by", "asked_at"])
    op.create_index("ix_question_appeal_id", "question", ["appeal_id"])
    op.create_index("ix_question_call_id", "question", ["call_id"])
    op.create_index(op.f("ix_question_organisation_id"), "question", ["organisation_id"])
    op.execute('ALTER TABLE "question" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "question" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY of_organisation ON "question" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    op.drop_table("question")
