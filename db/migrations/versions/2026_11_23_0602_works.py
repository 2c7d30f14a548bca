"""works"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c7e41d9b5a30"
down_revision = "e2b7d9104c6a"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("work_service", "work", "work_house", "work_change", "work_appeal")
KINDS = "kind IN ('planned', 'emergency')"
STATES = "state IN ('planned', 'in_progress', 'extended', 'finished', 'cancelled')"
CHANGES = "change IN ('entered', 'begin', 'extend', 'finish', 'cancel', 'edited', 'houses', 'answered')"


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    now, nothing = sa.text("now()"), "{}"
    op.create_table(
        "work_service",
        _id(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disabled_at", moment, nullable=True),
        *_organisation("work_service"),
        sa.CheckConstraint("code <> ''", name=op.f("ck_work_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_service")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_work_service_organisation_id_code")),
    )
    op.create_table(
        "work",
        _id(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("planned_from", moment, nullable=False),
        sa.Column("planned_until", moment, nullable=True),
        sa.Column("actual_from", moment, nullable=True),
        sa.Column("actual_until", moment, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", moment, server_default=now, nullable=False),
        sa.Column("entered_at", moment, server_default=now, nullable=False),
        *_organisation("work"),
        sa.CheckConstraint(KINDS, name=op.f("ck_work_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_work_state")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_work_reason")),
        sa.CheckConstraint("planned_from < planned_until", name=op.f("ck_work_planned")),
        sa.CheckConstraint("actual_from <= actual_until", name=op.f("ck_work_actual")),
        sa.CheckConstraint(
            "state NOT IN ('extended', 'finished', 'in_progress') OR actual_from IS NOT NULL",
            name=op.f("ck_work_begun"),
        ),
        sa.CheckConstraint("(state = 'finished') = (actual_until IS NOT NULL)", name=op.f("ck_work_finished")),
        sa.CheckConstraint("facility_id IS NULL OR enterprise_id IS NULL", name=op.f("ck_work_drawn_from")),
        sa.CheckConstraint("version > 0", name=op.f("ck_work_version")),
        _to("work", "service_id", "work_service", "RESTRICT"),
        _to("work", "facility_id", "facility", "RESTRICT"),
        _to("work", "enterprise_id", "enterprise", "RESTRICT"),
        _to("work", "changed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    for column in ("service_id", "facility_id", "enterprise_id"):
        op.create_index(op.f(f"ix_work_{column}"), "work", [column])
    op.create_index("ix_work_planned_from", "work", ["organisation_id", "planned_from", "id"])
    op.create_index(
        "ix_work_open",
        "work",
        ["organisation_id", "planned_from"],
        postgresql_where=sa.text("state IN ('extended', 'in_progress', 'planned')"),
    )
    op.create_table(
        "work_house",
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("house_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *_organisation("work_house"),
        sa.CheckConstraint("why IN ('drawn', 'added', 'excluded')", name=op.f("ck_work_house_why")),
        _to("work_house", "work_id", "work", "CASCADE"),
        _to("work_house", "house_id", "house"),
        sa.PrimaryKeyConstraint("work_id", "house_id", name=op.f("pk_work_house")),
    )
    op.create_index(op.f("ix_work_house_house_id"), "work_house", ["house_id"])
    op.create_table(
        "work_change",
        _id(),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, server_default=now, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_until", moment, nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default=nothing, nullable=False),
        *_organisation("work_change"),
        sa.CheckConstraint(CHANGES, name=op.f("ck_work_change_change")),
        sa.CheckConstraint(STATES, name=op.f("ck_work_change_state")),
        _to("work_change", "work_id", "work", "CASCADE"),
        _to("work_change", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_change")),
    )
    op.create_index("ix_work_change_work_id", "work_change", ["work_id", "id"])
    op.create_table(
        "work_appeal",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("linked_by", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", moment, server_default=now, nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        *_organisation("work_appeal"),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_work_appeal_answered_by")),
        _to("work_appeal", "appeal_id", "appeal", "CASCADE"),
        _to("work_appeal", "work_id", "work", "RESTRICT"),
        _to("work_appeal", "linked_by", "person"),
        _to("work_appeal", "answered_by", "person"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_work_appeal")),
    )
    op.create_index(op.f("ix_work_appeal_work_id"), "work_appeal", ["work_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute("REVOKE UPDATE, DELETE ON work_change FROM holos_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
