"""routing"""

import sqlalchemy as sa
from alembic import op

revision = "c4e1b02d6a58"
down_revision = "b3f0a91c5d47"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("routing_rule", "routing_co", "complained_of")


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("house_id", sa.BigInteger(), nullable=True),
        sa.Column("street_id", sa.BigInteger(), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_organisation("routing_rule"),
        _to("routing_rule", "house_id", "house"),
        _to("routing_rule", "street_id", "street"),
        _to("routing_rule", "district_id", "district"),
        _to("routing_rule", "executor_id", "executor"),
        _to("routing_rule", "made_by", "person"),
        sa.CheckConstraint("num_nonnulls(house_id, street_id, district_id) <= 1", name=op.f("ck_routing_rule_one_place")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_routing_rule_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
    )
    for column in ("house_id", "street_id", "district_id"):
        op.create_index(
            f"ix_routing_rule_{column}", "routing_rule", [column], postgresql_where=sa.text(f"{column} IS NOT NULL")
        )
    op.create_index(
        "ix_routing_rule_everywhere",
        "routing_rule",
        ["organisation_id", "problem"],
        postgresql_where=sa.text("num_nonnulls(house_id, street_id, district_id) = 0"),
    )
    op.create_index("ix_routing_rule_executor_id", "routing_rule", ["executor_id"])
    op.create_table(
        "routing_co",
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        *_organisation("routing_co"),
        _to("routing_co", "rule_id", "routing_rule", "CASCADE"),
        _to("routing_co", "executor_id", "executor"),
        sa.PrimaryKeyConstraint("rule_id", "executor_id", name=op.f("pk_routing_co")),
    )
    op.create_table(
        "complained_of",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        *_organisation("complained_of"),
        _to("complained_of", "appeal_id", "appeal", "CASCADE"),
        _to("complained_of", "executor_id", "executor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complained_of")),
        sa.UniqueConstraint("appeal_id", "executor_id", name=op.f("uq_complained_of_appeal_id_executor_id")),
    )
    op.create_index(op.f("ix_complained_of_executor_id"), "complained_of", ["executor_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
