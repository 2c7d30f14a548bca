"""talks of one call"""

import sqlalchemy as sa
from alembic import op

revision = "3d80a7b5e2c6"
down_revision = "9f2b6c0d71e4"
branch_labels = None
depends_on = None

OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    """The new indexes first: without one of them each wrap-up of a call would be looked for among all."""
    with op.get_context().autocommit_block():
        for name in ("ix_wrap_up_call", "uq_wrap_up_open"):  # an attempt that failed may have left it behind
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index("ix_wrap_up_call", "wrap_up", ["call", "person_id"], postgresql_concurrently=True)
        op.create_index(
            "uq_wrap_up_open",
            "wrap_up",
            ["call", "person_id"],
            unique=True,
            postgresql_where=OPEN,
            postgresql_concurrently=True,
        )
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("uq_wrap_up_call_person_id", "wrap_up", type_="unique")


def downgrade() -> None:
    """Of several talks of an agent in one call the last word stays."""
    op.execute(
        "DELETE FROM wrap_up earlier USING wrap_up later"
        " WHERE earlier.call = later.call AND earlier.person_id = later.person_id AND earlier.id < later.id"
    )
    op.create_unique_constraint("uq_wrap_up_call_person_id", "wrap_up", ["call", "person_id"])
    op.drop_index("uq_wrap_up_open", "wrap_up")
    op.drop_index("ix_wrap_up_call", "wrap_up")
