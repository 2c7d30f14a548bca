"""executors in the journal"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3f8a51c7e0d4"
down_revision = "d2a60f8b7c14"
branch_labels = None
depends_on = None

OPEN = (
    "state IN ('assigned', 'in_work', 'not_in_competence', 'registered', 'reopened', 'returned', 'to_be_verified')"
)
OPEN_BEFORE = "state IN ('in_work', 'registered', 'to_be_verified')"
ASSIGNED = "state <> 'withdrawn'"
WRITE = """
CREATE OR REPLACE FUNCTION appeal_line_write(ids bigint[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO appeal_line (appeal_id, organisation_id, number, registered_at, received_at, due_at, attention_at,
    closed_at, state, kind, source, topic, problem, result, sign, registered_by, long_control, name, phone, street,
    house_number, district_id, executor, unspelled)
SELECT appeal.id, appeal.organisation_id, appeal.number, appeal.registered_at, appeal.received_at,
    coalesce(appeal.due_at, '9000-01-01+00'), coalesce(appeal.attention_at, '9000-01-01+00'),
    coalesce(appeal.closed_at, '9000-01-01+00'), appeal.state, appeal.kind, appeal.source, appeal.topic,
    appeal.problem, coalesce(appeal.result, ''), coalesce(sign.code, ''), appeal.registered_by, appeal.long_control,
    coalesce(nullif(applicant.title, ''), concat_ws(
        ' ', nullif(applicant.surname, ''), nullif(applicant.given_name, ''), nullif(applicant.patronymic, '')
    )),
    coalesce(applicant.phone, ''), coalesce(street.name, address.written, appeal.address), coalesce(house.number, 0),
    coalesce(house.district_id, 0), coalesce(holder.name, ''), true
FROM appeal
JOIN applicant ON applicant.id = appeal.applicant_id
LEFT JOIN appeal_address AS address ON address.appeal_id = appeal.id AND address.position = 0
LEFT JOIN house ON house.id = address.house_id
LEFT JOIN street ON street.id = house.street_id
LEFT JOIN LATERAL (
    SELECT entry.code FROM appeal_code JOIN classifier_entry AS entry ON entry.id = appeal_code.entry_id
    WHERE appeal_code.appeal_id = appeal.id AND appeal_code.section = 'sign' LIMIT 1
) AS sign ON true
LEFT JOIN LATERAL (
    SELECT executor.name FROM assignment JOIN executor ON executor.id = assignment.executor_id
    WHERE assignment.appeal_id = appeal.id AND assignment.state <> 'withdrawn'
    ORDER BY assignment.role <> 'main', assignment.id LIMIT 1
) AS holder ON true
WHERE appeal.id = ANY (ids)
ON CONFLICT (appeal_id) DO UPDATE SET number = excluded.number, registered_at = excluded.registered_at, received_at
    = excluded.received_at, due_at = excluded.due_at, attention_at = excluded.attention_at, closed_at =
    excluded.closed_at, state = excluded.state, kind = excluded.kind, source = excluded.source, topic =
    excluded.topic, problem = excluded.problem, result = excluded.result, sign = excluded.sign, registered_by =
    excluded.registered_by, long_control = excluded.long_control, name = excluded.name, phone = excluded.phone,
    street = excluded.street, house_number = excluded.house_number, district_id = excluded.district_id,
    executor = excluded.executor
$$
"""
WRITE_BEFORE = """
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
HOLDER = """
CREATE OR REPLACE FUNCTION appeal_line_of_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'executor' THEN
        PERFORM appeal_line_write(
            ARRAY(SELECT appeal_id FROM assignment WHERE executor_id = NEW.id AND state <> 'withdrawn')
        );
    ELSE
        PERFORM appeal_line_write(ARRAY[NEW.appeal_id]);
        PERFORM pg_notify('appeals', NEW.organisation_id::text);
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    ("journal_given", "assignment", "AFTER INSERT ON assignment FOR EACH ROW"),
    (
        "journal_passed_on",
        "assignment",
        "AFTER UPDATE OF state ON assignment FOR EACH ROW"
        " WHEN ((OLD.state = 'withdrawn') <> (NEW.state = 'withdrawn'))",
    ),
    (
        "journal_executor",
        "executor",
        "AFTER UPDATE OF name ON executor FOR EACH ROW WHEN (OLD.name <> NEW.name)",
    ),
)
FILL = """
UPDATE appeal_line SET executor = holder.name
FROM (
    SELECT DISTINCT ON (assignment.appeal_id) assignment.appeal_id, executor.name
    FROM assignment JOIN executor ON executor.id = assignment.executor_id
    WHERE assignment.state <> 'withdrawn'
    ORDER BY assignment.appeal_id, assignment.role <> 'main', assignment.id
) AS holder
WHERE holder.appeal_id = appeal_line.appeal_id
"""


def _open_ones(still_open: str) -> None:
    """The index of lines whose appeals wait for something; its states are those of the workflow."""
    op.drop_index("ix_appeal_line_open_due", table_name="appeal_line")
    op.create_index(
        "ix_appeal_line_open_due",
        "appeal_line",
        ["organisation_id", "due_at", "appeal_id"],
        postgresql_where=sa.text(still_open),
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    executor = sa.Column("executor", sa.Text(collation="und-x-icu"), server_default="", nullable=False)
    op.add_column("appeal_line", executor)
    op.execute(FILL)
    op.alter_column("appeal_line", "executor", server_default=None)
    op.create_index("ix_appeal_line_executor", "appeal_line", ["organisation_id", "executor", "appeal_id"])
    _open_ones(OPEN)
    op.create_index(
        "ix_assignment_executor", "assignment", ["executor_id", "appeal_id"], postgresql_where=sa.text(ASSIGNED)
    )
    op.add_column("journal_deed", sa.Column("executor_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_journal_deed_executor_id"), "journal_deed", "executor", ["executor_id"], ["id"])
    refused = sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    op.add_column("journal_deed", refused)
    op.execute(WRITE)
    op.execute(HOLDER)
    for name, _table, when in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION appeal_line_of_holder()")


def downgrade() -> None:
    for name, table, _when in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION appeal_line_of_holder")
    op.execute(WRITE_BEFORE)
    op.execute("DELETE FROM journal_deed WHERE deed = 'given'")
    op.drop_column("journal_deed", "refused")
    op.drop_column("journal_deed", "executor_id")
    op.drop_index("ix_assignment_executor", "assignment")
    _open_ones(OPEN_BEFORE)
    op.drop_column("appeal_line", "executor")
