"""letters from mailboxes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8ab3d6c0f514"
down_revision = "5e1d7c93a0f4"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("mailbox", "inbound_letter")
SOURCES = ("phone", "reception", "letter")


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _sources(*names: str) -> None:
    op.drop_constraint(op.f("ck_appeal_source"), "appeal")
    listed = ", ".join(repr(name) for name in names)
    op.create_check_constraint(op.f("ck_appeal_source"), "appeal", f"source IN ({listed})", postgresql_not_valid=True)
    op.execute("ALTER TABLE appeal VALIDATE CONSTRAINT ck_appeal_source")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "mailbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.BigInteger(), nullable=False),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("ca", sa.Text(), server_default="", nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), server_default="INBOX", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_success_at", moment, nullable=True),
        sa.Column("last_failure_at", moment, nullable=True),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        *_organisation("mailbox"),
        sa.CheckConstraint("security IN ('tls', 'starttls', 'none')", name=op.f("ck_mailbox_security")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_mailbox_failures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_mailbox_organisation_id_name")),
    )
    op.create_table(
        "inbound_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("faults", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("handed_over", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        *_organisation("inbound_letter"),
        sa.CheckConstraint(
            "state IN ('waiting', 'registered', 'returned', 'spam', 'passed_over')", name=op.f("ck_inbound_letter_state")
        ),
        sa.CheckConstraint(
            "machine IS NULL OR machine IN ('automatic', 'list', 'bounce', 'our_own')",
            name=op.f("ck_inbound_letter_machine"),
        ),
        sa.CheckConstraint(
            "(state = 'registered') = (appeal_id IS NOT NULL)", name=op.f("ck_inbound_letter_registered")
        ),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailbox.id"], name=op.f("fk_inbound_letter_mailbox_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_inbound_letter_appeal_id")),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["message.id"], name=op.f("fk_inbound_letter_reply_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_inbound_letter_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_letter")),
        sa.UniqueConstraint("organisation_id", "message_id", name=op.f("uq_inbound_letter_organisation_id_message_id")),
    )
    op.create_index(op.f("ix_inbound_letter_mailbox_id"), "inbound_letter", ["mailbox_id"])
    op.create_index(op.f("ix_inbound_letter_appeal_id"), "inbound_letter", ["appeal_id"])
    op.create_index(
        "ix_inbound_letter_waiting",
        "inbound_letter",
        ["organisation_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_inbound_letter_files",
        "inbound_letter",
        ["id"],
        postgresql_where=sa.text("state = 'registered' AND NOT handed_over"),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    _sources(*SOURCES, "email")


def downgrade() -> None:
    _sources(*SOURCES)
    for table in reversed(TABLES):
        op.drop_table(table)
