"""missed calls"""

import sqlalchemy as sa
from alembic import op

revision = "b44a52df186c"
down_revision = "ccf06ae50282"
branch_labels = None
depends_on = None

TABLES = ("owed_call", "missed_call", "callback_attempt", "callback_rules")
MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)


def upgrade() -> None:
    op.create_table(
        "owed_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("missed", sa.BigInteger(), nullable=False),
        sa.Column("first_missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.BigInteger(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('dialling', 'offered', 'waiting')) = (closed_at IS NULL)", name=op.f("ck_owed_call_closed_at")
        ),
        sa.CheckConstraint(
            "NOT (state IN ('dialling', 'offered')) OR person_id IS NOT NULL", name=op.f("ck_owed_call_person")
        ),
        sa.CheckConstraint(
            "reason IN ('asked', 'cut_off', 'gave_up', 'gave_up_in_menu', 'out_of_hours', 'refused')",
            name=op.f("ck_owed_call_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('called_back', 'dialling', 'escalated', 'offered', 'reached_us', 'waiting')",
            name=op.f("ck_owed_call_state"),
        ),
        sa.CheckConstraint("attempts >= 0 AND missed > 0", name=op.f("ck_owed_call_counts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_owed_call_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["passed_by"], ["person.id"], name=op.f("fk_owed_call_passed_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_owed_call_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_call")),
    )
    op.create_index("ix_owed_call_closed", "owed_call", ["organisation_id", "closed_at"], unique=False)
    op.create_index(op.f("ix_owed_call_organisation_id"), "owed_call", ["organisation_id"], unique=False)
    op.create_index(
        "uq_owed_call_open",
        "owed_call",
        ["organisation_id", "number", "queue"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_owed_call_person",
        "owed_call",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('dialling', 'offered')"),
    )
    op.create_table(
        "missed_call",
        sa.Column("call", sa.Uuid(), nullable=False),
        sa.Column("owed_call_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('asked', 'cut_off', 'gave_up', 'gave_up_in_menu', 'out_of_hours', 'refused')",
            name=op.f("ck_missed_call_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_missed_call_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owed_call_id"], ["owed_call.id"], name=op.f("fk_missed_call_owed_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_missed_call")),
    )
    op.create_index(op.f("ix_missed_call_organisation_id"), "missed_call", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_missed_call_owed_call_id"), "missed_call", ["owed_call_id"], unique=False)
    op.create_table(
        "callback_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owed_call_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('answered', 'busy', 'never_dialled', 'no_answer', 'no_line', 'unreachable')",
            name=op.f("ck_callback_attempt_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_callback_attempt_ended_at")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_callback_attempt_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owed_call_id"], ["owed_call.id"], name=op.f("fk_callback_attempt_owed_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_callback_attempt_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempt")),
        sa.UniqueConstraint("call", name=op.f("uq_callback_attempt_call")),
    )
    op.create_index(op.f("ix_callback_attempt_organisation_id"), "callback_attempt", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_callback_attempt_owed_call_id"), "callback_attempt", ["owed_call_id"], unique=False)
    op.create_index(
        "uq_callback_attempt_open",
        "callback_attempt",
        ["owed_call_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "callback_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("most_attempts", sa.BigInteger(), nullable=False),
        sa.Column("pause", sa.Interval(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.Column("deadline", sa.Interval(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("most_attempts BETWEEN 1 AND 20", name=op.f("ck_callback_rules_most_attempts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_callback_rules_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_rules")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_callback_rules_organisation_id")),
    )
    op.create_index(op.f("ix_callback_rules_organisation_id"), "callback_rules", ["organisation_id"], unique=False)
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
