"""consults and chosen languages"""

import sqlalchemy as sa
from alembic import op

revision = "2aa804d98417"
down_revision = "f3dbbed71b08"
branch_labels = None
depends_on = None

WITHOUT_CONSULTS = ("offline", "ready", "ringing", "talking", "hold", "wrap_up", "paused")


def upgrade() -> None:
    op.add_column("person", sa.Column("language_chosen", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    _states(*WITHOUT_CONSULTS, "consulting")


def downgrade() -> None:
    op.execute("UPDATE agent_state SET state = 'paused' WHERE state = 'consulting'")
    _states(*WITHOUT_CONSULTS)
    op.drop_column("person", "language_chosen")


def _states(*states: str) -> None:
    """Which states an agent may be in."""
    op.drop_constraint(op.f("ck_agent_state_state"), "agent_state")
    op.create_check_constraint(op.f("ck_agent_state_state"), "agent_state", sa.column("state").in_(states))
