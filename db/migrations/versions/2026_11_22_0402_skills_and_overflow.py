"""skills and overflow"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "ccf06ae50282"
down_revision = "3e71ba1a24bb"
branch_labels = None
depends_on = None

MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)
TABLES = (
    "skill",
    "agent_skill",
    "queue_skill",
    "team",
    "team_member",
    "overflow_step",
    "priority_rule",
    "favoured_number",
    "offer_reason",
    "outgoing_line",
)
STATES = "state IN ('offline', 'ready', 'ringing', {}'talking', 'hold', 'consulting', 'wrap_up', 'paused')"


def upgrade() -> None:
    op.create_table(
        "skill",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,31}$'", name=op.f("ck_skill_code")),
        sa.CheckConstraint("kind IN ('language', 'topic')", name=op.f("ck_skill_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_skill_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("organisation_id", "kind", "code", name=op.f("uq_skill_organisation_id_kind_code")),
    )
    op.create_index(op.f("ix_skill_organisation_id"), "skill", ["organisation_id"])
    op.create_table(
        "agent_skill",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("skill_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_agent_skill_level")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_agent_skill_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_agent_skill_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_agent_skill_skill_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "skill_id", name=op.f("pk_agent_skill")),
    )
    op.create_index(op.f("ix_agent_skill_organisation_id"), "agent_skill", ["organisation_id"])
    op.create_index(op.f("ix_agent_skill_skill_id"), "agent_skill", ["skill_id"])
    op.create_table(
        "queue_skill",
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("skill_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_queue_skill_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_skill_queue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_queue_skill_skill_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue_id", "skill_id", name=op.f("pk_queue_skill")),
    )
    op.create_index(op.f("ix_queue_skill_organisation_id"), "queue_skill", ["organisation_id"])
    op.create_index(op.f("ix_queue_skill_skill_id"), "queue_skill", ["skill_id"])
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_team_leader_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_team_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_team_organisation_id_name")),
    )
    op.create_index(op.f("ix_team_leader_id"), "team", ["leader_id"])
    op.create_index(op.f("ix_team_organisation_id"), "team", ["organisation_id"])
    op.create_table(
        "team_member",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_team_member_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_member_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_organisation_id"), "team_member", ["organisation_id"])
    op.create_index(op.f("ix_team_member_team_id"), "team_member", ["team_id"])
    op.create_table(
        "overflow_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Interval(), nullable=True),
        sa.Column("longer_than", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(deed = 'announcement') = (prompt IS NOT NULL)", name=op.f("ck_overflow_step_prompt")),
        sa.CheckConstraint("(deed = 'queue') = (target_id IS NOT NULL)", name=op.f("ck_overflow_step_target")),
        sa.CheckConstraint("after > interval '0'", name=op.f("ck_overflow_step_after")),
        sa.CheckConstraint("deed <> 'wider' OR after IS NOT NULL", name=op.f("ck_overflow_step_wider")),
        sa.CheckConstraint(
            "deed IN ('wider', 'queue', 'callback', 'announcement')", name=op.f("ck_overflow_step_deed")
        ),
        sa.CheckConstraint("(after IS NULL) <> (longer_than IS NULL)", name=op.f("ck_overflow_step_when")),
        sa.CheckConstraint("longer_than > 0", name=op.f("ck_overflow_step_longer_than")),
        sa.CheckConstraint("target_id <> queue_id", name=op.f("ck_overflow_step_elsewhere")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_overflow_step_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_overflow_step_queue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["target_id"], ["queue.id"], name=op.f("fk_overflow_step_target_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overflow_step")),
    )
    op.create_index(op.f("ix_overflow_step_organisation_id"), "overflow_step", ["organisation_id"])
    op.create_index(op.f("ix_overflow_step_queue_id"), "overflow_step", ["queue_id"])
    op.create_index(op.f("ix_overflow_step_target_id"), "overflow_step", ["target_id"])
    op.create_table(
        "priority_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=True),
        sa.Column("times", sa.BigInteger(), nullable=True),
        sa.Column("within", sa.Interval(), nullable=True),
        sa.Column("raises", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'repeat') = (times IS NOT NULL AND within IS NOT NULL)", name=op.f("ck_priority_rule_repeat")
        ),
        sa.CheckConstraint("kind IN ('benefit', 'repeat')", name=op.f("ck_priority_rule_kind")),
        sa.CheckConstraint("raises BETWEEN 1 AND 4", name=op.f("ck_priority_rule_raises")),
        sa.CheckConstraint("times > 0", name=op.f("ck_priority_rule_times")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_priority_rule_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_priority_rule_queue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_rule")),
    )
    op.create_index(op.f("ix_priority_rule_organisation_id"), "priority_rule", ["organisation_id"])
    op.create_index(op.f("ix_priority_rule_queue_id"), "priority_rule", ["queue_id"])
    op.create_table(
        "favoured_number",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_favoured_number_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_favoured_number_person_id")),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_favoured_number")),
    )
    op.create_table(
        "offer_reason",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("language_level", sa.BigInteger(), nullable=True),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("penalty", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.Column("better", sa.BigInteger(), nullable=False),
        sa.Column("idle", sa.Interval(), nullable=False),
        sa.Column("longer_idle", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.Interval(), nullable=False),
        sa.Column("widened", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_offer_reason_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_offer_reason_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_reason")),
        sa.UniqueConstraint("call", "person_id", "at", name=op.f("uq_offer_reason_call_person_id_at")),
    )
    op.create_index(op.f("ix_offer_reason_organisation_id"), "offer_reason", ["organisation_id"])
    op.create_index("ix_offer_reason_person", "offer_reason", ["person_id", "at"])
    op.create_table(
        "outgoing_line",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("prefixes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outgoing_line_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shown"], ["dialled_number.number"], name=op.f("fk_outgoing_line_shown"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_outgoing_line")),
    )
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.add_column("queue", sa.Column("says_wait", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("queue", sa.Column("messages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("shift", sa.Column("queues_joined", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("agent_state", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pause_reason", sa.Column("lasts", sa.Interval(), nullable=True))
    op.add_column("call", sa.Column("direction", sa.Text(), server_default="in", nullable=False))
    op.drop_constraint(op.f("ck_agent_state_state"), "agent_state")
    op.create_check_constraint(op.f("ck_agent_state_state"), "agent_state", STATES.format("'dialling', "))


def downgrade() -> None:
    op.execute("DELETE FROM agent_state WHERE state = 'dialling'")
    op.drop_constraint(op.f("ck_agent_state_state"), "agent_state")
    op.create_check_constraint(op.f("ck_agent_state_state"), "agent_state", STATES.format(""))
    op.drop_column("call", "direction")
    op.drop_column("pause_reason", "lasts")
    op.drop_column("agent_state", "due_at")
    op.drop_column("shift", "queues_joined")
    op.drop_column("queue", "messages")
    op.drop_column("queue", "says_wait")
    for table in reversed(TABLES):
        op.drop_table(table)
