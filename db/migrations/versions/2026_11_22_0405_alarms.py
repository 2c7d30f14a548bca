"""alarms"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "f121ae47bf92"
down_revision = "68d36ba1c3bb"
branch_labels = None
depends_on = None

MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)
TABLES = (
    "message_part", "message_wording", "alarm_rule", "alarm_step", "alarm", "alarm_deed", "telegram_account",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "message",
        sa.Column("buttons", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.create_index(
        "ix_message_sent", "message", ["channel_id", "sent_at"], postgresql_where=sa.text("sent_at IS NOT NULL")
    )
    op.create_index(
        "ix_wrap_up_finished",
        "wrap_up",
        ["organisation_id", "finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "message_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('delivered', 'failed')", name=op.f("ck_message_part_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_message_part_channel_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_part_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_message_part_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_part")),
        sa.UniqueConstraint("channel_id", "reference", name=op.f("uq_message_part_channel_id_reference")),
    )
    op.create_index(op.f("ix_message_part_message_id"), "message_part", ["message_id"])
    op.create_index(op.f("ix_message_part_organisation_id"), "message_part", ["organisation_id"])
    op.create_table(
        "message_wording",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_message_wording_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "template", "language", name=op.f("pk_message_wording")),
    )
    op.create_table(
        "alarm_rule",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('unresolved', 'disputed', 'call', 'complaint', 'suggestion', 'installation')",
            name=op.f("ck_alarm_rule_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alarm_rule_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", name=op.f("pk_alarm_rule")),
    )
    op.create_table(
        "alarm_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("after", sa.Interval(), nullable=False),
        sa.Column("again_every", sa.Interval(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("after >= interval '0'", name=op.f("ck_alarm_step_after")),
        sa.CheckConstraint(
            "again_every IS NULL OR again_every >= interval '1 minute'", name=op.f("ck_alarm_step_again_every")
        ),
        sa.CheckConstraint("kinds <> '{}'", name=op.f("ck_alarm_step_kinds")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_alarm_step_channel_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alarm_step_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_step")),
    )
    op.create_index(op.f("ix_alarm_step_channel_id"), "alarm_step", ["channel_id"])
    op.create_index(op.f("ix_alarm_step_organisation_id"), "alarm_step", ["organisation_id"])
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("call", sa.Uuid(), nullable=True),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("raised_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_alarm_closed_at")),
        sa.CheckConstraint(
            "kind IN ('unresolved', 'disputed', 'call', 'complaint', 'suggestion', 'installation')",
            name=op.f("ck_alarm_kind"),
        ),
        sa.CheckConstraint("state <> 'taken' OR taken_by IS NOT NULL", name=op.f("ck_alarm_taken_by")),
        sa.CheckConstraint("state IN ('open', 'taken', 'closed')", name=op.f("ck_alarm_state")),
        sa.CheckConstraint("(trouble IS NULL) = (place IS NULL)", name=op.f("ck_alarm_place")),
        sa.CheckConstraint("num_nonnulls(call, appeal_id, trouble) = 1", name=op.f("ck_alarm_about_one_thing")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_alarm_closed_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alarm_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_alarm_raised_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_alarm_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "ix_alarm_due", "alarm", ["due_at"], postgresql_where=sa.text("state = 'open' AND due_at IS NOT NULL")
    )
    op.create_index(op.f("ix_alarm_organisation_id"), "alarm", ["organisation_id"])
    op.create_index("ix_alarm_page", "alarm", ["organisation_id", "id"])
    op.create_index(
        "uq_alarm_appeal",
        "alarm",
        ["appeal_id", "kind"],
        unique=True,
        postgresql_where=sa.text("appeal_id IS NOT NULL"),
    )
    op.create_index(
        "uq_alarm_call", "alarm", ["call", "kind"], unique=True, postgresql_where=sa.text("call IS NOT NULL")
    )
    op.create_index(
        "uq_alarm_trouble",
        "alarm",
        ["organisation_id", "trouble", "place"],
        unique=True,
        postgresql_where=sa.text("trouble IS NOT NULL AND state <> 'closed'"),
    )
    op.create_table(
        "alarm_deed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_deed_alarm_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alarm_deed_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alarm_deed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_deed")),
    )
    op.create_index(op.f("ix_alarm_deed_alarm_id"), "alarm_deed", ["alarm_id"])
    op.create_index(op.f("ix_alarm_deed_organisation_id"), "alarm_deed", ["organisation_id"])
    op.create_table(
        "telegram_account",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("telegram_name", sa.Text(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(code_hash IS NULL) = (code_until IS NULL)", name=op.f("ck_telegram_account_code_until")),
        sa.CheckConstraint("(telegram_id IS NULL) = (linked_at IS NULL)", name=op.f("ck_telegram_account_linked_at")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_telegram_account_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_telegram_account_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_telegram_account")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_telegram_account_code_hash")),
        sa.UniqueConstraint(
            "organisation_id", "telegram_id", name=op.f("uq_telegram_account_organisation_id_telegram_id")
        ),
    )
    op.create_index(op.f("ix_telegram_account_organisation_id"), "telegram_account", ["organisation_id"])
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "alarm_deed" FROM holos_app')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_wrap_up_finished", "wrap_up")
    op.drop_index("ix_message_sent", "message")
    op.drop_column("message", "buttons")
