"""corrections of cards"""

import sqlalchemy as sa
from alembic import op

revision = "c3a7d90e51b4"
down_revision = "a91f6cd04b38"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLE = "appeal_correction"
DEEDS_BEFORE = (
    "'assign', 'take', 'finish', 'decline', 'ask_later', 'answer_for', 'reassign', 'pass_on', 'withdraw', 'return', "
    "'accept', 'close', 'explain', 'forward', 'return_to_author', 'not_subject', 'cancel', 'reopen', 'formalise', "
    "'submit', 'send_back', 'enter', 'dispatch'"
)
DEEDS = f"{DEEDS_BEFORE}, 'correct'"


def _deeds(deeds: str) -> None:
    """The deeds that a history may have."""
    op.drop_constraint(op.f("ck_appeal_deed_deed"), "appeal_deed", type_="check")
    op.create_check_constraint(op.f("ck_appeal_deed_deed"), "appeal_deed", f"deed IN ({deeds})")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _deeds(DEEDS)
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("deed_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f(f"fk_{TABLE}_appeal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deed_id"], ["appeal_deed.id"], name=op.f(f"fk_{TABLE}_deed_id"), ondelete="CASCADE"),
        sa.CheckConstraint(
            "field IN ('kind', 'topic', 'problem', 'substance', 'address')", name=op.f(f"ck_{TABLE}_field")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_appeal_id"), TABLE, ["appeal_id"])
    op.create_index(op.f(f"ix_{TABLE}_organisation_id"), TABLE, ["organisation_id"])
    op.execute(f'ALTER TABLE "{TABLE}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{TABLE}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY of_organisation ON "{TABLE}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute(f'REVOKE UPDATE, DELETE ON "{TABLE}" FROM holos_app')


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.drop_table(TABLE)
    op.execute("DELETE FROM appeal_deed WHERE deed = 'correct'")
    _deeds(DEEDS_BEFORE)
