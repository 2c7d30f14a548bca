"""maps"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "4f0c6b2d91a7"
down_revision = "f41c7b92d0e8"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("appeal_point", "map_tile", "map_ground", "map_extract")


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _at(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "appeal_point",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("placed_by", sa.BigInteger(), nullable=False),
        _at("placed_at"),
        *_own("appeal_point"),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_appeal_point_on_earth")
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_appeal_point_position")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_point_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_appeal_point_placed_by")),
        sa.PrimaryKeyConstraint("appeal_id", "position", name=op.f("pk_appeal_point")),
    )
    op.create_table(
        "map_tile",
        *_id("map_tile"),
        sa.Column("zoom", sa.BigInteger(), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        *_own("map_tile"),
        sa.UniqueConstraint("organisation_id", "zoom", "x", "y", name=op.f("uq_map_tile_organisation_id_zoom_x_y")),
    )
    op.create_table(
        "map_ground",
        *_id("map_ground"),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        _at("made_at"),
        *_own("map_ground"),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_map_ground_organisation_id")),
    )
    op.create_table(
        "map_extract",
        *_id("map_extract"),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("with_addresses", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stage", sa.Text(), server_default="looking", nullable=False),
        sa.Column("outcome", postgresql.JSONB(), server_default="{}", nullable=False),
        _at("sent_at"),
        _at("told_at"),
        *_own("map_extract"),
        sa.CheckConstraint(
            "stage IN ('looking', 'looked', 'saving', 'saved', 'failed')", name=op.f("ck_map_extract_stage")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_map_extract_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_map_extract_person_id"), "map_extract", ["person_id"])
    op.create_index(
        "ix_map_extract_under_way",
        "map_extract",
        ["stage"],
        postgresql_where=sa.text("stage IN ('looking', 'saving')"),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.create_index("ix_house_place", "house", ["organisation_id", "latitude", "longitude"])


def downgrade() -> None:
    op.drop_index("ix_house_place", table_name="house")
    for table in reversed(TABLES):
        op.drop_table(table)
