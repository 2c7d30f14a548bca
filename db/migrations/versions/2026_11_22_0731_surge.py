"""surge"""

import sqlalchemy as sa
from alembic import op

revision = "5c1e9a20d7b1"
down_revision = "1aadf9b2441a"
branch_labels = None
depends_on = None

MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)
TABLES = ("temporary_batch", "temporary_account", "incident_plan", "incident")
KINDS = "'unresolved', 'disputed', 'call', 'complaint', 'suggestion', 'installation'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.add_column("organisation", sa.Column("warn_at", sa.BigInteger(), server_default="80", nullable=False))
    op.create_check_constraint(op.f("ck_organisation_warn_at"), "organisation", "warn_at BETWEEN 1 AND 100")
    op.add_column("person", sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("trunk", sa.Text(), nullable=True))
    op.alter_column("emergency", "announced_by", nullable=True)
    op.add_column(
        "emergency", sa.Column("offers_callback", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    _kinds(f"{KINDS}, 'surge'")
    op.execute("UPDATE alarm_step SET kinds = kinds || '{surge}' WHERE 'installation' = ANY (kinds)")
    _temporary()
    _plans()
    _incidents()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def _kinds(kinds: str) -> None:
    for table in ("alarm_rule", "alarm"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind IN ({kinds})")


def _of_organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _temporary() -> None:
    op.create_table(
        "temporary_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        *_of_organisation("temporary_batch"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_temporary_batch_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_temporary_batch_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temporary_batch")),
    )
    op.create_table(
        "temporary_account",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        *_of_organisation("temporary_account"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_temporary_account_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["temporary_batch.id"], name=op.f("fk_temporary_account_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_temporary_account")),
    )
    op.create_index(op.f("ix_temporary_account_batch_id"), "temporary_account", ["batch_id"])


def _plans() -> None:
    op.create_table(
        "incident_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), server_default="", nullable=False),
        sa.Column("offers_callback", sa.Boolean(), nullable=False),
        sa.Column("lasting", sa.Interval(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=True),
        sa.Column("at_least", sa.BigInteger(), nullable=True),
        sa.Column("begins_after", sa.Interval(), nullable=True),
        sa.Column("below", sa.BigInteger(), nullable=True),
        sa.Column("ends_after", sa.Interval(), nullable=True),
        sa.Column("high_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calm_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        *_of_organisation("incident_plan"),
        sa.CheckConstraint(
            "measure IS NULL OR measure IN ('waiting', 'arrivals', 'longest_wait')",
            name=op.f("ck_incident_plan_measure"),
        ),
        sa.CheckConstraint(
            "num_nulls(measure, at_least, begins_after, below, ends_after) IN (0, 5)",
            name=op.f("ck_incident_plan_whole_threshold"),
        ),
        sa.CheckConstraint("at_least > 0 AND below > 0 AND below <= at_least", name=op.f("ck_incident_plan_below")),
        sa.CheckConstraint("lasting > interval '0'", name=op.f("ck_incident_plan_lasting")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_incident_plan_queue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_incident_plan_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_plan")),
    )
    op.create_index(op.f("ix_incident_plan_queue_id"), "incident_plan", ["queue_id"])


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("emergency_id", sa.BigInteger(), nullable=False),
        sa.Column("measured", sa.BigInteger(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("began_by", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        *_of_organisation("incident"),
        sa.CheckConstraint("until_at > began_at", name=op.f("ck_incident_until_at")),
        sa.CheckConstraint(
            "ended_because IS NULL OR ended_because IN ('by_hand', 'calm', 'time', 'replaced')",
            name=op.f("ck_incident_ended_because"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_incident_ended")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["incident_plan.id"], name=op.f("fk_incident_plan_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["emergency_id"], ["emergency.id"], name=op.f("fk_incident_emergency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["began_by"], ["person.id"], name=op.f("fk_incident_began_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_incident_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_plan_id"), "incident", ["plan_id"])
    op.create_index(op.f("ix_incident_emergency_id"), "incident", ["emergency_id"])
    op.create_index(
        "uq_incident_open", "incident", ["organisation_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM alarm WHERE kind = 'surge'")
    op.execute("DELETE FROM alarm_rule WHERE kind = 'surge'")
    op.execute("UPDATE alarm_step SET kinds = array_remove(kinds, 'surge') WHERE kinds <> '{surge}'")
    _kinds(KINDS)
    op.drop_column("emergency", "offers_callback")
    op.execute("DELETE FROM emergency WHERE announced_by IS NULL")
    op.alter_column("emergency", "announced_by", nullable=False)
    op.drop_column("call", "trunk")
    op.drop_column("person", "valid_until")
    op.drop_constraint(op.f("ck_organisation_warn_at"), "organisation")
    op.drop_column("organisation", "warn_at")
