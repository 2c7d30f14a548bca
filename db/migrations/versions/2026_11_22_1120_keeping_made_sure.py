"""keeping made sure"""

import sqlalchemy as sa
from alembic import op

revision = "c41f7e8a2b60"
down_revision = "8e3a1c42f9d3"
branch_labels = None
depends_on = None

STORED = (
    "state <> 'stored' OR (sha256 IS NOT NULL AND object_key IS NOT NULL AND size IS NOT NULL "
    "AND duration IS NOT NULL AND waves IS NOT NULL"
)
REASONS = "'not_answered', 'no_files', 'no_sound', 'never_started', 'unreadable'"


def upgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.execute(
        "UPDATE recording SET ended_at = coalesce(ended_at, created_at + duration), "
        "stored_at = coalesce(stored_at, ended_at, created_at + duration) "
        "WHERE state = 'stored' AND (ended_at IS NULL OR stored_at IS NULL)"
    )
    _stored(f"{STORED} AND ended_at IS NOT NULL AND stored_at IS NOT NULL)")
    op.create_check_constraint(op.f("ck_recording_reason_known"), "recording", f"reason IN ({REASONS})")
    op.create_index(
        "ix_recording_stored",
        "recording",
        ["organisation_id", "stored_at"],
        postgresql_where=sa.text("stored_at IS NOT NULL"),
    )
    op.add_column("keeping_policy", sa.Column("lowering_asked_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_keeping_policy_lowering_asked_by"),
        "keeping_policy",
        "person",
        ["lowering_asked_by"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_check_constraint(
        op.f("ck_keeping_policy_lowering"), "keeping_policy", "lowering_asked_by IS NULL OR two_persons"
    )


def _stored(known: str) -> None:
    op.drop_constraint(op.f("ck_recording_stored_is_known"), "recording")
    op.create_check_constraint(op.f("ck_recording_stored_is_known"), "recording", known)


def downgrade() -> None:
    op.drop_column("keeping_policy", "lowering_asked_by")
    op.drop_index("ix_recording_stored", "recording")
    op.drop_constraint(op.f("ck_recording_reason_known"), "recording")
    _stored(f"{STORED})")
