"""marks of citizens"""

import sqlalchemy as sa
from alembic import op

revision = "a41c7d9e0b25"
down_revision = "9c41f7d2be60"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("feedback_rule", "feedback")


def _row(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, other: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "feedback_rule",
        _row("organisation_id"),
        _time("asked_since"),
        sa.Column("days", sa.BigInteger(), server_default=sa.text("30"), nullable=False),
        _row("person_id"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_feedback_rule")),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_feedback_rule_days")),
        _to("feedback_rule", "organisation_id", "organisation", ondelete="RESTRICT"),
        _to("feedback_rule", "person_id", "person"),
    )
    _feedback()
    op.create_index(op.f("ix_feedback_organisation_id"), "feedback", ["organisation_id"])
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE DELETE ON "feedback" FROM holos_app')


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _row("appeal_id"),
        _time("closed_at", nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        _time("marked_at"),
        _row("mark", nullable=True),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("way", sa.Text(), nullable=True),
        _row("noted_by", nullable=True),
        _row("reopened_id", nullable=True),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("appeal_id", "closed_at", name=op.f("uq_feedback_appeal_id_closed_at")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feedback_token_hash")),
        sa.CheckConstraint("mark BETWEEN 1 AND 5", name=op.f("ck_feedback_mark")),
        sa.CheckConstraint("settled IN ('yes', 'partly', 'no')", name=op.f("ck_feedback_settled")),
        sa.CheckConstraint("way IN ('link', 'cabinet', 'phone')", name=op.f("ck_feedback_way")),
        sa.CheckConstraint("num_nonnulls(marked_at, mark, settled, way) IN (0, 4)", name=op.f("ck_feedback_whole")),
        sa.CheckConstraint(
            "(way IS NOT DISTINCT FROM 'phone') = (noted_by IS NOT NULL)", name=op.f("ck_feedback_noted_by")
        ),
        _to("feedback", "appeal_id", "appeal", ondelete="RESTRICT"),
        _to("feedback", "noted_by", "person"),
        _to("feedback", "reopened_id", "appeal"),
        _to("feedback", "organisation_id", "organisation", ondelete="RESTRICT"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
