"""Row-level security: a transaction sees the rows of the organisation it works for, and no others.

The rule is PostgreSQL's own (PostgreSQL 15 manual, section 5.8): the application's role owns nothing and may not
bypass row security, so a forgotten WHERE cannot show one organisation's citizens to another.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import MetaData, Table

SETTING: Final = "holos.organisation"
EVERY: Final = "every"


def tables_of_organisations(metadata: MetaData) -> Iterator[Table]:
    """Every table with an `organisation_id`."""
    return (table for table in metadata.sorted_tables if "organisation_id" in table.columns)


def policy(table: str) -> list[str]:
    """The statements that put a table under row-level security.

    The setting is asked for in subqueries: once a statement. Said without them PostgreSQL reads it anew for each row,
    which takes longer than the row.
    """
    said = f"current_setting('{SETTING}', true)"
    mine = f"(SELECT {said}) = '{EVERY}' OR organisation_id = (SELECT NULLIF(NULLIF({said}, '{EVERY}'), '')::bigint)"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY of_organisation ON "{table}" USING ({mine}) WITH CHECK ({mine})',
    ]
