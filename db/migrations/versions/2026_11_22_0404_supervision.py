"""supervision"""

import sqlalchemy as sa
from alembic import op

revision = "68d36ba1c3bb"
down_revision = "b44a52df186c"
branch_labels = None
depends_on = None

TABLES = ("supervision", "supervisor_phone", "supervisor_message", "supervision_rules")
MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organisation_id")
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.add_column("shift", sa.Column("ends_after", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "supervision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("call", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wished", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mode IN ('listen', 'whisper', 'barge', 'take_over')", name=op.f("ck_supervision_mode")),
        sa.CheckConstraint(
            "purpose IN ('quality', 'training', 'help', 'complaint', 'other')", name=op.f("ck_supervision_purpose")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('over', 'not_answered', 'talk_gone', 'refused')",
            name=op.f("ck_supervision_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_supervision_ended_at")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_supervision_person_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_supervision_agent_id")),
        _organisation("supervision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
    )
    open_only = sa.text("ended_at IS NULL")
    op.create_index("uq_supervision_open", "supervision", ["person_id"], unique=True, postgresql_where=open_only)
    op.create_index("ix_supervision_page", "supervision", ["organisation_id", "asked_at"])
    op.create_index(op.f("ix_supervision_agent_id"), "supervision", ["agent_id"])
    op.create_index(op.f("ix_supervision_call"), "supervision", ["call"])
    op.create_index(op.f("ix_supervision_organisation_id"), "supervision", ["organisation_id"])
    op.create_table(
        "supervisor_phone",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("lent_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_supervisor_phone_person_id"), ondelete="CASCADE"
        ),
        _organisation("supervisor_phone"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_supervisor_phone")),
    )
    op.create_index(op.f("ix_supervisor_phone_organisation_id"), "supervisor_phone", ["organisation_id"])
    op.create_table(
        "supervisor_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_supervisor_message_person_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_supervisor_message_agent_id")),
        _organisation("supervisor_message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisor_message")),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_supervisor_message_unread", "supervisor_message", ["agent_id"], postgresql_where=unread)
    op.create_index(op.f("ix_supervisor_message_organisation_id"), "supervisor_message", ["organisation_id"])
    op.create_table(
        "supervision_rules",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Interval(), nullable=False),
        sa.CheckConstraint(
            "\"limit\" > interval '0' AND \"limit\" <= interval '2 h'", name=op.f("ck_supervision_rules_limit")
        ),
        _organisation("supervision_rules"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_supervision_rules")),
    )
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("shift", "ends_after")
