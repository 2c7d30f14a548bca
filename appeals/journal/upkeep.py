"""How PostgreSQL keeps the lines of the journal: whoever changes an appeal, whatever way, its line follows.

A line holds what stands in nine tables, so that one table is filtered and sorted. Functions run with the rights of who
changes, under the same row-level security.
"""

from typing import Final

NOTICE: Final = "appeals"  # as `db.notices.APPEALS`: the board of appeals looks anew

_COLUMNS = (
    "number", "registered_at", "received_at", "due_at", "attention_at", "closed_at", "state", "kind", "source", "topic",
    "problem", "result", "sign", "registered_by", "long_control", "name", "phone", "street", "house_number",
    "district_id", "executor", "index",
)  # fmt: skip
_OF_APPEAL = (
    "number, registered_at, received_at, due_at, attention_at, closed_at, state, kind, source, topic, problem, result,"
    " registered_by, long_control, applicant_id, address"
)
_WHO = "title, surname, given_name, patronymic, phone"


def _of(row: str, columns: str) -> str:
    return ", ".join(f"{row}.{name.strip()}" for name in columns.split(","))


LINES: Final = f"""
CREATE OR REPLACE FUNCTION appeal_line_write(ids bigint[]) RETURNS void LANGUAGE sql AS $$
INSERT INTO appeal_line (appeal_id, organisation_id, {", ".join(_COLUMNS)}, unspelled)
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
ON CONFLICT (appeal_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
$$
"""
REGISTERED: Final = f"""
CREATE OR REPLACE FUNCTION appeal_line_registered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM appeal_line_write(ARRAY(SELECT id FROM new_rows));
    PERFORM pg_notify('{NOTICE}', whose.organisation_id::text)
    FROM (SELECT DISTINCT organisation_id FROM new_rows) whose;
    RETURN NULL;
END $$
"""
CHANGED: Final = f"""
CREATE OR REPLACE FUNCTION appeal_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE others bigint[];
BEGIN
    UPDATE appeal_line SET unspelled = true FROM new_rows JOIN old_rows USING (id)
    WHERE appeal_line.appeal_id = new_rows.id
        AND (new_rows.substance, new_rows.applicant_id) IS DISTINCT FROM (old_rows.substance, old_rows.applicant_id);
    others := ARRAY(
        SELECT id FROM new_rows JOIN old_rows USING (id)
        WHERE ({_of("new_rows", _OF_APPEAL)}) IS DISTINCT FROM ({_of("old_rows", _OF_APPEAL)})
    );
    IF cardinality(others) > 0 THEN
        PERFORM appeal_line_write(others);
        PERFORM pg_notify('{NOTICE}', whose.organisation_id::text)
        FROM (SELECT DISTINCT organisation_id FROM new_rows) whose;
    END IF;
    RETURN NULL;
END $$
"""
APPLICANT: Final = f"""
CREATE OR REPLACE FUNCTION appeal_line_of_applicant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE theirs bigint[];
BEGIN
    theirs := ARRAY(
        SELECT appeal.id FROM appeal JOIN new_rows ON new_rows.id = appeal.applicant_id
        JOIN old_rows ON old_rows.id = new_rows.id
        WHERE ({_of("new_rows", _WHO)}) IS DISTINCT FROM ({_of("old_rows", _WHO)})
    );
    IF cardinality(theirs) > 0 THEN
        PERFORM appeal_line_write(theirs);
        UPDATE appeal_line SET unspelled = true WHERE appeal_id = ANY (theirs);
    END IF;
    RETURN NULL;
END $$
"""
PART: Final = """
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
PLACE: Final = """
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
HOLDER: Final = f"""
CREATE OR REPLACE FUNCTION appeal_line_of_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'executor' THEN
        PERFORM appeal_line_write(
            ARRAY(SELECT appeal_id FROM assignment WHERE executor_id = NEW.id AND state <> 'withdrawn')
        );
    ELSE
        PERFORM appeal_line_write(ARRAY[NEW.appeal_id]);
        PERFORM pg_notify('{NOTICE}', NEW.organisation_id::text);
    END IF;
    RETURN NULL;
END $$
"""
FUNCTIONS: Final = (LINES, REGISTERED, CHANGED, APPLICANT, PART, PLACE, HOLDER)
_BOTH = "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT"
TRIGGERS: Final = (
    "CREATE TRIGGER journal_registered AFTER INSERT ON appeal REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT"
    " EXECUTE FUNCTION appeal_line_registered()",
    f"CREATE TRIGGER journal_changed AFTER UPDATE ON appeal {_BOTH} EXECUTE FUNCTION appeal_line_changed()",
    f"CREATE TRIGGER journal_applicant AFTER UPDATE ON applicant {_BOTH} EXECUTE FUNCTION appeal_line_of_applicant()",
    *(
        f"CREATE TRIGGER journal_{deed.lower()} AFTER {deed} ON appeal_code FOR EACH ROW WHEN ({row}.section = 'sign')"
        " EXECUTE FUNCTION appeal_line_of_part()"
        for deed, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ),
    "CREATE TRIGGER journal_address AFTER INSERT OR UPDATE OR DELETE ON appeal_address FOR EACH ROW"
    " EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_index AFTER INSERT ON appeal_index FOR EACH ROW EXECUTE FUNCTION appeal_line_of_part()",
    "CREATE TRIGGER journal_house AFTER UPDATE OF number, district_id, street_id ON house FOR EACH ROW"
    " EXECUTE FUNCTION appeal_line_of_place()",
    "CREATE TRIGGER journal_street AFTER UPDATE OF name ON street FOR EACH ROW EXECUTE FUNCTION appeal_line_of_place()",
    "CREATE TRIGGER journal_given AFTER INSERT ON assignment FOR EACH ROW EXECUTE FUNCTION appeal_line_of_holder()",
    "CREATE TRIGGER journal_passed_on AFTER UPDATE OF state ON assignment FOR EACH ROW"
    " WHEN ((OLD.state = 'withdrawn') <> (NEW.state = 'withdrawn')) EXECUTE FUNCTION appeal_line_of_holder()",
    "CREATE TRIGGER journal_executor AFTER UPDATE OF name ON executor FOR EACH ROW WHEN (OLD.name <> NEW.name)"
    " EXECUTE FUNCTION appeal_line_of_holder()",
)
STATEMENTS: Final = (*FUNCTIONS, *TRIGGERS)
