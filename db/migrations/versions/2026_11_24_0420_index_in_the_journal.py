"""registration index in the journal"""

import sqlalchemy as sa
from alembic import op

revision = "c27e90b4d1f6"
down_revision = "c93f17ab64e0"
branch_labels = None
depends_on = None

WRITE = """
CREATE OR REPLACE FUNCTION appeal_line_write(ids bigint[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO appeal_line (appeal_id, organisation_id, number, registered_at, received_at, due_at, attention_at,
    closed_at, state, kind, source, topic, problem, result, sign, registered_by, long_control, name, phone, street,
    house_number, district_id, executor, index, unspelled)
SELECT appeal.id, appeal.organisation_id, appeal.number, appeal.registered_at, appeal.received_at,
    coalesce(appeal.due_at, '9000-01-01+00'), coalesce(appeal.attention_at, '9000-01-01+00'),
    coalesce(appeal.closed_at, '9000-01-01+00'), appeal.state, appeal.kind, appeal.source, appeal.topic,
    appeal.problem, coalesce(appeal.result, ''), coalesce(sign.code, ''), appeal.registered_by, appeal.long_control,
    coalesce(nullif(applicant.title, ''), concat_ws(
        ' ', nullif(applicant.surname, ''), nullif(applicant.given_name, ''), nullif(applicant.patronymic, '')
    )),
    coalesce(applicant.phone, ''), coalesce(street.name, address.written, appeal.address), coalesce(house.number, 0),
    coalesce(house.district_id, 0), coalesce(holder.name, ''), coalesce(given.written, ''), true
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
LEFT JOIN appeal_index AS given ON given.appeal_id = appeal.id
WHERE appeal.id = ANY (ids)
ON CONFLICT (appeal_id) DO UPDATE SET number = excluded.number, registered_at = excluded.registered_at, received_at
    = excluded.received_at, due_at = excluded.due_at, attention_at = excluded.attention_at, closed_at =
    excluded.closed_at, state = excluded.state, kind = excluded.kind, source = excluded.source, topic =
    excluded.topic, problem = excluded.problem, result = excluded.result, sign = excluded.sign, registered_by =
    excluded.registered_by, long_control = excluded.long_control, name = excluded.name, phone = excluded.phone,
    street = excluded.street, house_number = excluded.house_number, district_id = excluded.district_id,
    executor = excluded.executor, index = excluded.index
$$
"""
WRITE_BEFORE = """
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
FILL = """
UPDATE appeal_line SET index = appeal_index.written FROM appeal_index
WHERE appeal_index.appeal_id = appeal_line.appeal_id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.add_column("appeal_line", sa.Column("index", sa.Text(collation="C"), server_default="", nullable=False))
    op.execute(FILL)
    op.alter_column("appeal_line", "index", server_default=None)
    op.create_index("ix_appeal_line_index", "appeal_line", ["organisation_id", "index", "appeal_id"])
    op.execute(WRITE)
    op.execute(
        "CREATE TRIGGER journal_index AFTER INSERT ON appeal_index FOR EACH ROW"
        " EXECUTE FUNCTION appeal_line_of_part()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER journal_index ON appeal_index")
    op.execute(WRITE_BEFORE)
    op.drop_index("ix_appeal_line_index", table_name="appeal_line")
    op.drop_column("appeal_line", "index")
