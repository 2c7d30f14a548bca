"""details of the centre"""

import sqlalchemy as sa
from alembic import op

revision = "8e3a1c42f9d3"
down_revision = "7d2f0b31e8c2"
branch_labels = None
depends_on = None

KINDS = "'unresolved', 'disputed', 'call', 'complaint', 'suggestion', 'installation', 'surge'"
ABOUT = "num_nonnulls(call, appeal_id, trouble) = 1"


def upgrade() -> None:
    op.add_column("reader_place", sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarm", sa.Column("owed_call_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_alarm_owed_call",
        "alarm",
        ["owed_call_id"],
        unique=True,
        postgresql_where=sa.text("owed_call_id IS NOT NULL AND state <> 'closed'"),
    )
    _about("num_nonnulls(call, appeal_id, owed_call_id, trouble) = 1")
    _kinds(f"{KINDS}, 'owed_call'")
    op.execute("UPDATE alarm_step SET kinds = kinds || '{owed_call}' WHERE 'unresolved' = ANY (kinds)")


def _kinds(kinds: str) -> None:
    for table in ("alarm", "alarm_rule"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind IN ({kinds})")


def _about(one_thing: str) -> None:
    op.drop_constraint(op.f("ck_alarm_about_one_thing"), "alarm")
    op.create_check_constraint(op.f("ck_alarm_about_one_thing"), "alarm", one_thing)


def downgrade() -> None:
    op.execute("DELETE FROM alarm WHERE kind = 'owed_call'")
    op.execute("DELETE FROM alarm_rule WHERE kind = 'owed_call'")
    op.execute("UPDATE alarm_step SET kinds = array_remove(kinds, 'owed_call') WHERE kinds <> '{owed_call}'")
    _kinds(KINDS)
    _about(ABOUT)
    op.drop_index("uq_alarm_owed_call", "alarm")
    op.drop_column("alarm", "owed_call_id")
    op.drop_column("reader_place", "recovered_at")
