"""addresses"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a4d17e60c2b9"
down_revision = "7be2d40f19a6"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = (
    "settlement",
    "district",
    "street",
    "street_name",
    "street_word",
    "street_trigram",
    "house",
    "enterprise",
    "house_enterprise",
    "facility",
    "facility_house",
    "appeal_address",
    "address_import",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "settlement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_settlement_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_settlement_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_settlement_organisation_id_name")),
    )
    op.create_index(op.f("ix_settlement_organisation_id"), "settlement", ["organisation_id"], unique=False)
    op.create_index(
        "uq_settlement_main", "settlement", ["organisation_id"], unique=True, postgresql_where=sa.text("main")
    )
    op.create_table(
        "district",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_district_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_district_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"], name=op.f("fk_district_settlement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("settlement_id", "name", name=op.f("uq_district_settlement_id_name")),
    )
    op.create_index(op.f("ix_district_organisation_id"), "district", ["organisation_id"], unique=False)
    op.create_table(
        "street",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("settlement_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('street', 'avenue', 'lane', 'boulevard', 'square', 'maidan', 'passage', 'highway', 'embankment', 'dead_end', 'descent', 'district', 'quarter')",
            name=op.f("ck_street_kind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_street_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_street_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"], name=op.f("fk_street_settlement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("settlement_id", "kind", "name", name=op.f("uq_street_settlement_id_kind_name")),
    )
    op.create_index("ix_street_name", "street", ["organisation_id", "name", "id"], unique=False)
    op.create_index(op.f("ix_street_organisation_id"), "street", ["organisation_id"], unique=False)
    op.create_table(
        "street_name",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("former", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('street', 'avenue', 'lane', 'boulevard', 'square', 'maidan', 'passage', 'highway', 'embankment', 'dead_end', 'descent', 'district', 'quarter')",
            name=op.f("ck_street_name_kind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_street_name_name")),
        sa.CheckConstraint("former OR (since IS NULL AND until IS NULL)", name=op.f("ck_street_name_former")),
        sa.CheckConstraint("since < until", name=op.f("ck_street_name_since")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_street_name_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["street_id"], ["street.id"], name=op.f("fk_street_name_street_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_name")),
        sa.UniqueConstraint(
            "street_id",
            "kind",
            "name",
            "until",
            name=op.f("uq_street_name_street_id_kind_name_until"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_street_name_organisation_id"), "street_name", ["organisation_id"], unique=False)
    op.create_table(
        "street_word",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("name_id", sa.BigInteger(), nullable=True),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name_id"], ["street_name.id"], name=op.f("fk_street_word_name_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_street_word_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["street_id"], ["street.id"], name=op.f("fk_street_word_street_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_word")),
    )
    op.create_index(op.f("ix_street_word_name_id"), "street_word", ["name_id"], unique=False)
    op.create_index(op.f("ix_street_word_organisation_id"), "street_word", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_street_word_street_id"), "street_word", ["street_id"], unique=False)
    op.create_index(
        "ix_street_word_word",
        "street_word",
        ["organisation_id", "word"],
        unique=False,
        postgresql_include=["street_id", "name_id", "key"],
    )
    op.create_table(
        "street_trigram",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("name_id", sa.BigInteger(), nullable=True),
        sa.Column("letters", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name_id"], ["street_name.id"], name=op.f("fk_street_trigram_name_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_street_trigram_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["street_id"], ["street.id"], name=op.f("fk_street_trigram_street_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_trigram")),
    )
    op.create_index(
        "ix_street_trigram_letters",
        "street_trigram",
        ["organisation_id", "letters"],
        unique=False,
        postgresql_include=["street_id", "name_id", "key"],
    )
    op.create_index(op.f("ix_street_trigram_name_id"), "street_trigram", ["name_id"], unique=False)
    op.create_index(op.f("ix_street_trigram_organisation_id"), "street_trigram", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_street_trigram_street_id"), "street_trigram", ["street_id"], unique=False)
    op.create_table(
        "house",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("street_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("fraction", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_house_point")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_house_on_earth")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_house_number")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_house_district_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_house_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_house_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house")),
        sa.UniqueConstraint("street_id", "key", name=op.f("uq_house_street_id_key")),
    )
    op.create_index(op.f("ix_house_district_id"), "house", ["district_id"], unique=False)
    op.create_index("ix_house_number", "house", ["street_id", "number"], unique=False)
    op.create_index(op.f("ix_house_organisation_id"), "house", ["organisation_id"], unique=False)
    op.create_table(
        "enterprise",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_enterprise_code")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_enterprise_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enterprise_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_enterprise_organisation_id_code")),
    )
    op.create_index(op.f("ix_enterprise_organisation_id"), "enterprise", ["organisation_id"], unique=False)
    op.create_table(
        "house_enterprise",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("house_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(house_id, house_id, '[]')"), "&&"),
            (sa.text("daterange(since, until)"), "&&"),
            using="gist",
            name="ex_house_enterprise_one_at_a_time",
        ),
        sa.CheckConstraint("since < until", name=op.f("ck_house_enterprise_since")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_house_enterprise_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_house_enterprise_house_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_house_enterprise_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_enterprise")),
    )
    op.create_index(op.f("ix_house_enterprise_enterprise_id"), "house_enterprise", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_house_enterprise_organisation_id"), "house_enterprise", ["organisation_id"], unique=False)
    op.create_table(
        "facility",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_facility_code")),
        sa.CheckConstraint(
            "kind IN ('boiler_house', 'heat_point', 'pump_station', 'substation', 'main', 'lift', 'other')",
            name=op.f("ck_facility_kind"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_facility_name")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_facility_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_facility_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_facility_organisation_id_code")),
    )
    op.create_index(op.f("ix_facility_enterprise_id"), "facility", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_facility_organisation_id"), "facility", ["organisation_id"], unique=False)
    op.create_table(
        "facility_house",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("house_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_house_facility_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["house_id"], ["house.id"], name=op.f("fk_facility_house_house_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_facility_house_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_house")),
        sa.UniqueConstraint("facility_id", "house_id", name=op.f("uq_facility_house_facility_id_house_id")),
    )
    op.create_index(op.f("ix_facility_house_house_id"), "facility_house", ["house_id"], unique=False)
    op.create_index(op.f("ix_facility_house_organisation_id"), "facility_house", ["organisation_id"], unique=False)
    op.create_table(
        "appeal_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("house_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("written <> ''", name=op.f("ck_appeal_address_written")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_address_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["house_id"], ["house.id"], name=op.f("fk_appeal_address_house_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_appeal_address_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_address")),
        sa.UniqueConstraint("appeal_id", "position", name=op.f("uq_appeal_address_appeal_id_position")),
    )
    op.create_index(op.f("ix_appeal_address_house_id"), "appeal_address", ["house_id"], unique=False)
    op.create_index(op.f("ix_appeal_address_organisation_id"), "appeal_address", ["organisation_id"], unique=False)
    op.create_table(
        "address_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("subject IN ('houses', 'facilities')", name=op.f("ck_address_import_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_address_import_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_address_import_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_import")),
    )
    op.create_index(op.f("ix_address_import_organisation_id"), "address_import", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_address_import_person_id"), "address_import", ["person_id"], unique=False)
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
