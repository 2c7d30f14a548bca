"""trail of business rows; `run.migrate` puts the triggers on them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d2a60f8b7c14"
down_revision = "c7d2e94b10fa"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
OF_ORGANISATIONS = ("row_change", "row_entry")
APPEND_ONLY = ("row_entry", "row_form")


def _said() -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in ("of", "row_key", "deed", "digest", "form")]


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "row_change",
        _id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        *_said(),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_change")),
    )
    op.create_table(
        "row_entry",
        _id(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_said(),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_row_entry_number")),
        sa.CheckConstraint("seal ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'", name=op.f("ck_row_entry_seal")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_row_entry_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_entry")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_row_entry_organisation_id_number")),
    )
    op.create_index(op.f("ix_row_entry_organisation_id"), "row_entry", ["organisation_id"])
    op.create_index("ix_row_entry_row", "row_entry", ["organisation_id", "of", "row_key", "number"])
    op.create_table(
        "row_form",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_row_form")),
    )
    for table in OF_ORGANISATIONS:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    for table in APPEND_ONLY:
        op.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM holos_app')


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS holos_enter_changes() CASCADE")
    for table in ("row_form", "row_entry", "row_change"):
        op.drop_table(table)
