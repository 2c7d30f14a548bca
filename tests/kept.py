"""The rows of all tables as they are at a moment, kept aside: which tables have changed since, and put back.

To put back what a test has changed takes milliseconds; to make two organisations with all they have takes a second.
"""

import psycopg
from sqlalchemy import Engine, Table

from db.rls import EVERY, SETTING
from run import schema

TABLES = {table.name: table for table in schema.METADATA.sorted_tables}
ALONE = f"SET {SETTING} = '{EVERY}'; SET session_replication_role = replica"  # no triggers, no looks for references
LAST = b"SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
SUMS = " UNION ALL ".join(
    f"SELECT '{name}', count(*), sum(hashtextextended(whole::text, 0)::numeric) FROM \"{name}\" whole"
    for name in TABLES
)


class Kept:
    """Copies in temporary tables of a connection of its own. `close` forgets them."""

    def __init__(self, owner: Engine) -> None:
        url = owner.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(url, autocommit=True)
        self._do(ALONE)
        self._do(";".join(f'CREATE TEMP TABLE "kept_{name}" AS TABLE "{name}"' for name in TABLES))
        self._sums, self._last = self._summed(), self._last_written()

    def changed(self) -> set[str]:
        """Tables whose rows are others now. Nobody looks where no transaction has written anything since."""
        last = self._last_written()
        if last == self._last:
            return set()
        changed = {name for name, summed in self._summed().items() if summed != self._sums[name]}
        if not changed:
            self._last = last
        return changed

    def put_back(self) -> None:
        """All tables are as they were."""
        if changed := self.changed():
            self._do(";".join(_restored(TABLES[name]) for name in sorted(changed)))
            self._last = self._last_written()

    def close(self) -> None:
        """The copies are gone; the tables stay as they are."""
        self._connection.close()

    def _do(self, statements: str) -> None:
        self._connection.execute(statements.encode())

    def _last_written(self) -> str:
        """Grows with each transaction that writes, and with nothing else."""
        return self._connection.execute(LAST).fetchone()[0]

    def _summed(self) -> dict[str, tuple[object, ...]]:
        """How many rows each table has, and a sum over what stands in them."""
        rows = self._connection.execute(SUMS.encode(), prepare=True).fetchall()
        return {name: summed for name, *summed in rows}


def _restored(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)
    return (
        f'DELETE FROM "{table.name}"; '
        f'INSERT INTO "{table.name}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM "kept_{table.name}"'
    )
