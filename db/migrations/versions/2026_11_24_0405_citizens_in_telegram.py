"""citizens in telegram"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d2f6b81c4e37"
down_revision = "b7d25e90c314"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
SOURCES = "'phone', 'reception', 'letter', 'email', 'site'"
STEPS = "'language', 'matter', 'name', 'place', 'phone', 'check', 'sent'"


def _sources(sources: str) -> None:
    """The channels that an appeal may have come through."""
    op.drop_constraint(op.f("ck_appeal_source"), "appeal", type_="check")
    op.create_check_constraint(op.f("ck_appeal_source"), "appeal", f"source IN ({sources})")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _sources(f"{SOURCES}, 'telegram'")
    op.alter_column("inbound_letter", "mailbox_id", nullable=True)
    op.add_column("inbound_letter", sa.Column("channel_id", sa.BigInteger(), nullable=True))
    told = sa.Column("told", postgresql.JSONB(), server_default="{}", nullable=False)
    op.add_column("inbound_letter", told)
    op.create_foreign_key(
        op.f("fk_inbound_letter_channel_id"), "inbound_letter", "channel", ["channel_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_index(op.f("ix_inbound_letter_channel_id"), "inbound_letter", ["channel_id"])
    op.create_check_constraint(
        op.f("ck_inbound_letter_way"), "inbound_letter", "num_nonnulls(mailbox_id, channel_id) = 1"
    )
    _talks()


def _talks() -> None:
    words = [
        sa.Column(name, sa.Text(), server_default="", nullable=False)
        for name in ("language", "matter", "name", "place", "phone")
    ]
    op.create_table(
        "bot_talk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), server_default="language", nullable=False),
        *words,
        sa.Column("heard_update", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"step IN ({STEPS})", name=op.f("ck_bot_talk_step")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_bot_talk_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bot_talk_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_talk")),
        sa.UniqueConstraint("channel_id", "chat_id", name=op.f("uq_bot_talk_channel_id_chat_id")),
    )
    op.create_index(op.f("ix_bot_talk_organisation_id"), "bot_talk", ["organisation_id"])
    op.execute('ALTER TABLE "bot_talk" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "bot_talk" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY of_organisation ON "bot_talk" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    op.drop_table("bot_talk")
    op.drop_constraint(op.f("ck_inbound_letter_way"), "inbound_letter", type_="check")
    op.drop_column("inbound_letter", "told")
    op.drop_column("inbound_letter", "channel_id")
    op.alter_column("inbound_letter", "mailbox_id", nullable=False)
    _sources(SOURCES)
