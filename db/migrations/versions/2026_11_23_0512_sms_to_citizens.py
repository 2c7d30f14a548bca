"""sms to citizens"""

import sqlalchemy as sa
from alembic import op

revision = "5c0e8f2b97a4"
down_revision = "c7e0a3914d52"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("opt_out", "notice_policy")
INDEXES = {  # tables that are written meanwhile
    "ix_message_to_citizen": ("message", ["organisation_id", "recipient", "asked_at"], "to_citizen"),
    "ix_message_part_ask_at": ("message_part", ["channel_id", "ask_at"], "ask_at IS NOT NULL"),
    "ix_appeal_closed_at": ("appeal", ["organisation_id", "closed_at"], "closed_at IS NOT NULL"),
    "ix_term_change_at": ("term_change", ["organisation_id", "at"], None),
}


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("message", sa.Column("to_citizen", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("message_part", sa.Column("ask_at", moment, nullable=True))
    op.create_table(
        "opt_out",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_way", sa.Text(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        *_organisation("opt_out"),
        sa.CheckConstraint("phone ~ '^\\+[0-9]{5,15}$'", name=op.f("ck_opt_out_phone")),
        sa.CheckConstraint("way IN ('sms', 'staff')", name=op.f("ck_opt_out_way")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_way IS NULL)", name=op.f("ck_opt_out_undone")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opt_out_person_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_opt_out_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
    )
    op.create_index(
        "uq_opt_out_now",
        "opt_out",
        ["organisation_id", "phone"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "notice_policy",
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("registered_since", moment, nullable=True),
        sa.Column("moved_since", moment, nullable=True),
        sa.Column("closed_since", moment, nullable=True),
        sa.Column("quiet_begin", sa.Time(), server_default=sa.text("'21:00'"), nullable=False),
        sa.Column("quiet_end", sa.Time(), server_default=sa.text("'08:00'"), nullable=False),
        sa.Column("most_a_day", sa.BigInteger(), server_default="3", nullable=False),
        *_organisation("notice_policy"),
        sa.CheckConstraint("most_a_day > 0", name=op.f("ck_notice_policy_most_a_day")),
        sa.CheckConstraint(
            "channel_id IS NOT NULL OR COALESCE(registered_since, moved_since, closed_since) IS NULL",
            name=op.f("ck_notice_policy_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_notice_policy_channel_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_notice_policy")),
    )
    op.create_index(op.f("ix_opt_out_organisation_id"), "opt_out", ["organisation_id"])
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    for name, (table, columns, where) in INDEXES.items():
        with op.get_context().autocommit_block():
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name,
                table,
                columns,
                postgresql_where=sa.text(where) if where else None,
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    for name, (table, _columns, _where) in INDEXES.items():
        op.drop_index(name, table)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("message_part", "ask_at")
    op.drop_column("message", "to_citizen")
