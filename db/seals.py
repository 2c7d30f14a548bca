"""Rows that nobody changes past the program: each change leaves an entry, written by PostgreSQL itself.

Triggers enter what rows are after a statement: a digest of their content, never the content, and the mark of the
transaction, which only a process that knows the database's password can make. A changed row without an entry, or with
one whose mark is not ours, was changed past the program (U-45).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

MARK: Final = "holos.mark"
LONGEST_KEY: Final = 3  # columns
_FUNCTION = "holos_enter_changes"
_SAID = f"COALESCE(current_setting('{MARK}', true), '')"
_ROWS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}  # what is entered of each deed
_CHANGE = "INSERT INTO row_change (organisation_id, of, row_key, deed, digest, form, mark)"
_DIGEST = "encode(sha256(convert_to(content::text, 'UTF8')), 'hex')"


def function() -> str:
    """The statement that makes what the triggers call. Its arguments are the columns of the key.

    Once a statement, however many rows it touched; the rows come as JSON once each, so OFFSET 0.
    """
    key = ", ".join(f"content ->> TG_ARGV[{place}]" for place in range(LONGEST_KEY))
    entered = f"""
        {_CHANGE}
        SELECT organisation_id, TG_TABLE_NAME, concat_ws(',', {key}), lower(TG_OP), {_DIGEST}, its_form, {_SAID}
        FROM (SELECT one.organisation_id, to_jsonb(one) AS content FROM {{}} AS one OFFSET 0) AS each;"""
    return f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $body$
DECLARE
    its_names text[];
    its_form text;
BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM FROM old_rows LIMIT 1; ELSE PERFORM FROM new_rows LIMIT 1; END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(attname::text ORDER BY attname COLLATE "C") INTO its_names FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
    its_form := md5(array_to_string(its_names, ','));
    INSERT INTO row_form (hash, names) VALUES (its_form, its_names) ON CONFLICT DO NOTHING;
    IF TG_OP = 'DELETE' THEN{entered.format("old_rows")}
    ELSE{entered.format("new_rows")}
    END IF;
    RETURN NULL;
END
$body$"""


def triggers(table: str, key: Sequence[str]) -> Iterator[str]:
    """The statements that have each change of the table entered."""
    columns = ", ".join(f"'{name}'" for name in key)
    for deed, rows in _ROWS.items():
        yield (
            f'CREATE OR REPLACE TRIGGER entered_{deed.lower()} AFTER {deed} ON "{table}"'
            f" REFERENCING {rows} TABLE AS {rows.lower()}_rows"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}({columns})"
        )


def has_triggers() -> str:
    """The question which tables have them all."""
    return (
        "SELECT relname::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " JOIN pg_proc ON pg_proc.oid = tgfoid"
        f" WHERE proname = '{_FUNCTION}' AND tgenabled <> 'D' GROUP BY relname HAVING count(*) = {len(_ROWS)}"
    )


def present(table: str, key: Sequence[str]) -> Iterator[str]:
    """The statements that enter rows which were there before the triggers, as they are now."""
    form = "md5(array_to_string(names, ','))"
    columns = f"""
        SELECT array_agg(attname::text ORDER BY attname COLLATE "C") AS names FROM pg_attribute
        WHERE attrelid = '"{table}"'::regclass AND attnum > 0 AND NOT attisdropped"""
    yield f"INSERT INTO row_form (hash, names) SELECT {form}, names FROM ({columns}) AS those ON CONFLICT DO NOTHING"
    yield f"""
{_CHANGE} SELECT organisation_id, '{table}', {row_key(key)}, 'begin', {_DIGEST}, {form}, {_SAID}
FROM (SELECT one.organisation_id, to_jsonb(one) AS content FROM "{table}" AS one OFFSET 0) AS each
CROSS JOIN ({columns}) AS those"""


def row_key(key: Sequence[str]) -> str:
    """The key of a row in one word, of its `content`."""
    columns = ", ".join(f"content ->> '{name}'" for name in key)
    return f"concat_ws(',', {columns})"


def secret_of(password: str | None) -> bytes:
    """What marks are made with: PostgreSQL keeps a password's hash only, so who owns the database does not have it."""
    return hashlib.sha256(f"holos marks {password or ''}".encode()).digest()


def mark(secret: bytes) -> str:
    """A new transaction's."""
    chance = secrets.token_hex(8)
    return f"{chance}{_signed(secret, chance)}"


def is_ours(secret: bytes, written: str) -> bool:
    """Whether a mark was made by a process of ours."""
    return len(written) == 48 and hmac.compare_digest(written[16:], _signed(secret, written[:16]))


def _signed(secret: bytes, chance: str) -> str:
    return hmac.new(secret, chance.encode(), hashlib.sha256).hexdigest()[:32]
