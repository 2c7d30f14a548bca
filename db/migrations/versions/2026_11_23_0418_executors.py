"""executors"""

import sqlalchemy as sa
from alembic import op

revision = "b3f0a91c5d47"
down_revision = "91c3e05a7d28"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("executor", "executor_member", "absence")
ROLES = "ARRAY['operator', 'supervisor', 'manager', 'administrator', 'executor', 'chancellery', 'editor']"
ROLES_BEFORE = "ARRAY['operator', 'supervisor', 'manager', 'administrator']"


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "executor",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="body", nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("connected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        *_own("executor"),
        _to("executor", "parent_id", "executor"),
        sa.CheckConstraint("kind IN ('body', 'department', 'enterprise')", name=op.f("ck_executor_kind")),
        sa.CheckConstraint("code <> ''", name=op.f("ck_executor_code")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_executor_name")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_executor_parent")),
        sa.CheckConstraint("phone = '' OR phone ~ '^\\+[0-9]{5,15}$'", name=op.f("ck_executor_phone")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_executor_organisation_id_code")),
    )
    op.create_index("ix_executor_parent_id", "executor", ["parent_id"])
    op.create_table(
        "executor_member",
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), server_default="worker", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        *_own("executor_member"),
        _to("executor_member", "executor_id", "executor"),
        _to("executor_member", "person_id", "person"),
        sa.CheckConstraint("role IN ('head', 'worker')", name=op.f("ck_executor_member_role")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_executor_member_validity")),
    )
    op.execute(
        "ALTER TABLE executor_member ADD CONSTRAINT ex_executor_member_once_at_a_time EXCLUDE USING gist ("
        "int8range(executor_id, executor_id, '[]') WITH &&, int8range(person_id, person_id, '[]') WITH &&, "
        "daterange(valid_from, valid_until, '[]') WITH &&)"
    )
    op.create_index("ix_executor_member_executor_id", "executor_member", ["executor_id"])
    op.create_index("ix_executor_member_person_id", "executor_member", ["person_id"])
    op.create_table(
        "absence",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        *_own("absence"),
        _to("absence", "person_id", "person"),
        _to("absence", "substitute_id", "person"),
        _to("absence", "made_by", "person"),
        sa.CheckConstraint("until >= since", name=op.f("ck_absence_until")),
        sa.CheckConstraint("substitute_id <> person_id", name=op.f("ck_absence_substitute")),
    )
    op.execute(
        "ALTER TABLE absence ADD CONSTRAINT ex_absence_one_at_a_time EXCLUDE USING gist ("
        "int8range(person_id, person_id, '[]') WITH &&, daterange(since, until, '[]') WITH &&)"
    )
    op.create_index("ix_absence_until", "absence", ["organisation_id", "until"])
    op.create_index("ix_absence_substitute_id", "absence", ["substitute_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.drop_constraint(op.f("ck_person_roles"), "person", type_="check")
    op.create_check_constraint(op.f("ck_person_roles"), "person", f"roles <@ {ROLES}")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_person_roles"), "person", type_="check")
    op.create_check_constraint(op.f("ck_person_roles"), "person", f"roles <@ {ROLES_BEFORE}")
    for table in reversed(TABLES):
        op.drop_table(table)
