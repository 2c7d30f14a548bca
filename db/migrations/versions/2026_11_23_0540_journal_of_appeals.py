"""the journal of appeals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e2b7d9104c6a"
down_revision = "8ab3d6c0f514"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("appeal_line", "appeal_word", "journal_view", "journal_taste", "journal_export", "journal_deed")
WRITE = """
CREATE OR REPLACE FUNCTION appeal_line_write(ids bigint[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO appeal_line (appeal_id, organisation_id, number, registered_at, received_at, due_at, attention_at,
    closed_at, state, kind, source, topic, problem, result, sign, registered_by, long_control, name, phone, street,
    house_number, district_id, unspelled)
SELECT appeal.id, appeal.organisation_id, appeal.number, appeal.registered_at, appeal.received_at,
    coalesce(appeal.due_at, '9000-01-01+00'), coalesce(appeal.attention_at, '9000-01-01+00'),
    coalesce(appeal.closed_at, '9000-01-01+00'), appeal.state, appeal.kind, appeal.source, appeal.topic,
    appeal.problem, coalesce(appeal.result, ''), coalesce(sign.code, ''), appeal.registered_by, appeal.long_control,
    coalesce(nullif(applicant.title, ''), concat_ws(
        ' ', nullif(applicant.surname, ''), nullif(applicant.given_name, ''), nullif(applicant.patronymic, '')
    )),
    coalesce(applicant.phone, ''), coalesce(street.name, address.written, appeal.address), coalesce(house.number, 0),
    coalesce(house.district_id, 0), true
FROM appeal
JOIN applicant ON applicant.id = appeal.applicant_id
LEFT JOIN appeal_address AS address ON address.appeal_id = appeal.id AND address.position = 0
LEFT JOIN house ON house.id = address.house_id
LEFT JOIN street ON street.id = house.street_id
LEFT JOIN LATERAL (
    SELECT entry.code FROM appeal_code JOIN classifier_entry AS entry ON entry.id = appeal_code.entry_id
    WHERE appeal_code.appeal_id = appeal.id AND appeal_code.section = 'sign' LIMIT 1
) AS sign ON true
WHERE appeal.id = ANY (ids)
ON CONFLICT (appeal_id) DO UPDATE SET number = excluded.number, registered_at = excluded.registered_at, received_at
    = excluded.received_at, due_at = excluded.due_at, attention_at = excluded.attention_at, closed_at =
    excluded.closed_at, state = excluded.state, kind = excluded.kind, source = excluded.source, topic =
    excluded.topic, problem = excluded.problem, result = excluded.result, sign = excluded.sign, registered_by =
    excluded.registered_by, long_control = excluded.long_control, name = excluded.name, phone = excluded.phone,
    street = excluded.street, house_number = excluded.house_number, district_id = excluded.district_id
$$
"""
REGISTERED = """
CREATE OR REPLACE FUNCTION appeal_line_registered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM appeal_line_write(ARRAY(SELECT id FROM new_rows));
    PERFORM pg_notify('appeals', whose.organisation_id::text)
    FROM (SELECT DISTINCT organisation_id FROM new_rows) whose;
    RETURN NULL;
END $$
"""
CHANGED = """
CREATE OR REPLACE FUNCTION appeal_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE others bigint[];
BEGIN
    UPDATE appeal_line SET unspelled = true FROM new_rows JOIN old_rows USING (id)
    WHERE appeal_line.appeal_id = new_rows.id
        AND (new_rows.substance, new_rows.applicant_id) IS DISTINCT FROM (old_rows.substance, old_rows.applicant_id);
    others := ARRAY(
        SELECT id FROM new_rows JOIN old_rows USING (id)
        WHERE (new_rows.number, new_rows.registered_at, new_rows.received_at, new_rows.due_at,
            new_rows.attention_at, new_rows.closed_at, new_rows.state, new_rows.kind, new_rows.source,
            new_rows.topic, new_rows.problem, new_rows.result, new_rows.registered_by, new_rows.long_control,
            new_rows.applicant_id, new_rows.address) IS DISTINCT FROM (old_rows.number, old_rows.registered_at,
            old_rows.received_at, old_rows.due_at, old_rows.attention_at, old_rows.closed_at, old_rows.state,
            old_rows.kind, old_rows.source, old_rows.topic, old_rows.problem, old_rows.result,
            old_rows.registered_by, old_rows.long_control, old_rows.applicant_id, old_rows.address)
    );
    IF cardinality(others) > 0 THEN
        PERFORM appeal_line_write(others);
        PERFORM pg_notify('appeals', whose.organisation_id::text)
        FROM (SELECT DISTINCT organisation_id FROM new_rows) whose;
    END IF;
    RETURN NULL;
END $$
"""
APPLICANT = """
CREATE OR REPLACE FUNCTION appeal_line_of_applicant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE theirs bigint[];
BEGIN
    theirs := ARRAY(
        SELECT appeal.id FROM appeal JOIN new_rows ON new_rows.id = appeal.applicant_id
        JOIN old_rows ON old_rows.id = new_rows.id
        WHERE (new_rows.title, new_rows.surname, new_rows.given_name, new_rows.patronymic, new_rows.phone) IS
            DISTINCT FROM (old_rows.title, old_rows.surname, old_rows.given_name, old_rows.patronymic,
            old_rows.phone)
    );
    IF cardinality(theirs) > 0 THEN
        PERFORM appeal_line_write(theirs);
        UPDATE appeal_line SET unspelled = true WHERE appeal_id = ANY (theirs);
    END IF;
    RETURN NULL;
END $$
"""
PART = """
CREATE OR REPLACE FUNCTION appeal_line_of_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM appeal_line_write(ARRAY[OLD.appeal_id]); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM appeal_line_write(ARRAY[NEW.appeal_id]); END IF;
    IF TG_TABLE_NAME = 'appeal_address' THEN
        IF TG_OP <> 'INSERT' THEN UPDATE appeal_line SET unspelled = true WHERE appeal_id = OLD.appeal_id; END IF;
        IF TG_OP <> 'DELETE' THEN UPDATE appeal_line SET unspelled = true WHERE appeal_id = NEW.appeal_id; END IF;
    END IF;
    RETURN NULL;
END $$
"""
PLACE = """
CREATE OR REPLACE FUNCTION appeal_line_of_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE there bigint[];
BEGIN
    IF TG_TABLE_NAME = 'house' THEN
        there := ARRAY(SELECT appeal_id FROM appeal_address WHERE house_id = NEW.id AND position = 0);
    ELSE
        there := ARRAY(
            SELECT address.appeal_id FROM house JOIN appeal_address AS address ON address.house_id = house.id
            WHERE house.street_id = NEW.id AND address.position = 0
        );
    END IF;
    IF cardinality(there) > 0 THEN PERFORM appeal_line_write(there); END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER journal_registered AFTER INSERT ON appeal REFERENCING NEW TABLE AS new_rows FOR "
    "EACH STATEMENT EXECUTE FUNCTION appeal_line_registered()",
    "CREATE TRIGGER journal_changed AFTER UPDATE ON appeal REFERENCING OLD TABLE AS old_rows NEW "
    "TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION appeal_line_changed()",
    "CREATE TRIGGER journal_applicant AFTER UPDATE ON applicant REFERENCING OLD TABLE AS old_rows "
    "NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION appeal_line_of_applicant()",
    "CREATE TRIGGER journal_insert AFTER INSERT ON appeal_code FOR EACH ROW WHEN (NEW.section = "
    "'sign') EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_update AFTER UPDATE ON appeal_code FOR EACH ROW WHEN (NEW.section = "
    "'sign') EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_delete AFTER DELETE ON appeal_code FOR EACH ROW WHEN (OLD.section = "
    "'sign') EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_address AFTER INSERT OR UPDATE OR DELETE ON appeal_address FOR EACH ROW "
    "EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_house AFTER UPDATE OF number, district_id, street_id ON house FOR EACH "
    "ROW EXECUTE FUNCTION appeal_line_of_place()",
    "CREATE TRIGGER journal_street AFTER UPDATE OF name ON street FOR EACH ROW EXECUTE FUNCTION appeal_line_of_place()",
)
FUNCTIONS = ("write", "registered", "changed", "of_applicant", "of_part", "of_place")
OF_TRIGGERS = (
    ("journal_registered", "appeal"),
    ("journal_changed", "appeal"),
    ("journal_applicant", "applicant"),
    ("journal_insert", "appeal_code"),
    ("journal_update", "appeal_code"),
    ("journal_delete", "appeal_code"),
    ("journal_address", "appeal_address"),
    ("journal_house", "house"),
    ("journal_street", "street"),
)
FILL = """
DO $$
DECLARE last bigint := 0; part bigint[];
BEGIN
    LOOP
        part := ARRAY(SELECT id FROM appeal WHERE id > last ORDER BY id LIMIT 10000);
        EXIT WHEN cardinality(part) = 0;
        PERFORM appeal_line_write(part);
        last := part[cardinality(part)];
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Lines of the appeals there are; their words the scheduler writes."""
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.create_table(
        "appeal_line",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attention_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.BigInteger(), nullable=False),
        sa.Column("long_control", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(collation="und-x-icu"), nullable=False),
        sa.Column("phone", sa.Text(collation="C"), nullable=False),
        sa.Column("street", sa.Text(collation="und-x-icu"), nullable=False),
        sa.Column("house_number", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("unspelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_line_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_line_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_line")),
    )
    op.create_index("ix_appeal_line_closed", "appeal_line", ["organisation_id", "closed_at", "appeal_id"], unique=False)
    op.create_index(
        "ix_appeal_line_district_id",
        "appeal_line",
        ["organisation_id", "district_id", "registered_at", "appeal_id"],
        unique=False,
    )
    op.create_index("ix_appeal_line_due", "appeal_line", ["organisation_id", "due_at", "appeal_id"], unique=False)
    op.create_index(
        "ix_appeal_line_kind", "appeal_line", ["organisation_id", "kind", "registered_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_long_control",
        "appeal_line",
        ["organisation_id", "registered_at", "appeal_id"],
        unique=False,
        postgresql_where=sa.text("long_control"),
    )
    op.create_index("ix_appeal_line_name", "appeal_line", ["organisation_id", "name", "appeal_id"], unique=False)
    op.create_index("ix_appeal_line_number", "appeal_line", ["organisation_id", "number", "appeal_id"], unique=False)
    op.create_index(
        "ix_appeal_line_open_due",
        "appeal_line",
        ["organisation_id", "due_at", "appeal_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('in_work', 'registered', 'to_be_verified')"),
    )
    op.create_index("ix_appeal_line_phone", "appeal_line", ["organisation_id", "phone", "appeal_id"], unique=False)
    op.create_index(
        "ix_appeal_line_place", "appeal_line", ["organisation_id", "street", "house_number", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_problem",
        "appeal_line",
        ["organisation_id", "problem", "registered_at", "appeal_id"],
        unique=False,
    )
    op.create_index(
        "ix_appeal_line_received", "appeal_line", ["organisation_id", "received_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_registered", "appeal_line", ["organisation_id", "registered_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_registered_by",
        "appeal_line",
        ["organisation_id", "registered_by", "registered_at", "appeal_id"],
        unique=False,
    )
    op.create_index(
        "ix_appeal_line_result",
        "appeal_line",
        ["organisation_id", "result", "registered_at", "appeal_id"],
        unique=False,
    )
    op.create_index(
        "ix_appeal_line_sign", "appeal_line", ["organisation_id", "sign", "registered_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_source",
        "appeal_line",
        ["organisation_id", "source", "registered_at", "appeal_id"],
        unique=False,
    )
    op.create_index(
        "ix_appeal_line_state", "appeal_line", ["organisation_id", "state", "registered_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_topic", "appeal_line", ["organisation_id", "topic", "registered_at", "appeal_id"], unique=False
    )
    op.create_index(
        "ix_appeal_line_unspelled", "appeal_line", ["appeal_id"], unique=False, postgresql_where=sa.text("unspelled")
    )
    op.create_table(
        "appeal_word",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint("part IN ('s', 'n', 'a')", name=op.f("ck_appeal_word_part")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_word_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_word_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("appeal_id", "part", "word", name=op.f("pk_appeal_word")),
    )
    op.create_index(
        "ix_appeal_word_word", "appeal_word", ["organisation_id", "part", "word", "appeal_id"], unique=False
    )
    op.create_table(
        "journal_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_journal_view_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_view_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_journal_view_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_view")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_journal_view_person_id_name")),
    )
    op.create_index(op.f("ix_journal_view_organisation_id"), "journal_view", ["organisation_id"], unique=False)
    op.create_table(
        "journal_taste",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_taste_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_journal_taste_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_journal_taste")),
    )
    op.create_index(op.f("ix_journal_taste_organisation_id"), "journal_taste", ["organisation_id"], unique=False)
    op.create_table(
        "journal_export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("codes", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("written", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (object_key IS NOT NULL)", name=op.f("ck_journal_export_done")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_journal_export_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_journal_export_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_journal_export_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_export")),
    )
    op.create_index("ix_journal_export_expires_at", "journal_export", ["expires_at"], unique=False)
    op.create_index(op.f("ix_journal_export_organisation_id"), "journal_export", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_journal_export_person_id"), "journal_export", ["person_id"], unique=False)
    op.create_index(
        "ix_journal_export_under_way",
        "journal_export",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "journal_deed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_deed_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_journal_deed_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_deed")),
    )
    op.create_index(op.f("ix_journal_deed_organisation_id"), "journal_deed", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_journal_deed_person_id"), "journal_deed", ["person_id"], unique=False)
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    for statement in (WRITE, REGISTERED, CHANGED, APPLICANT, PART, PLACE, *TRIGGERS, FILL):
        op.execute(statement)


def downgrade() -> None:
    for trigger, table in OF_TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION appeal_line_{name}")
    for table in reversed(TABLES):
        op.drop_table(table)
