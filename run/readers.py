"""python -m run.readers {list | add ORGANISATION ROLE | remove ROLE}: who reads the published views by SQL.

A role signs in with a password that is shown once, reads the schema `published` of one organisation, and nothing else.
"""

import argparse
import re
import secrets
import sys
from collections.abc import Sequence

import psycopg
from psycopg import sql

from appeals.published.views import SCHEMA
from run.host import keys
from run.settings import DATA, Settings

NAME = re.compile(r"[a-z][a-z0-9_]{2,30}")
OURS = re.compile(r"postgres|pg_.*|holos_owner|holos_app")
CONNECTIONS = 5
LONGEST = "10min"  # of one question


def listed(connection: psycopg.Connection[tuple[object, ...]]) -> Sequence[tuple[str, str]]:
    """Each role with the code of its organisation."""
    rows = connection.execute(
        "SELECT reader.role, organisation.code FROM published_reader AS reader "
        "JOIN organisation ON organisation.id = reader.organisation_id ORDER BY reader.role"
    )
    return [(str(row[0]), str(row[1])) for row in rows]


def add(connection: psycopg.Connection[tuple[object, ...]], organisation: str, role: str) -> str:
    """A role that reads the organisation's views; its password. LookupError, ValueError."""
    if not NAME.fullmatch(role) or OURS.fullmatch(role):
        raise ValueError(f"{role!r}: three to 31 small letters, digits and underscores, and none of our own roles")
    row = connection.execute("SELECT id FROM organisation WHERE code = %s", [organisation]).fetchone()
    if row is None:
        raise LookupError(f"no organisation has the code {organisation!r}")
    password, whose = secrets.token_urlsafe(24), sql.Identifier(role)
    made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {}")
    connection.execute(made.format(whose, sql.Literal(password), sql.Literal(CONNECTIONS)))
    chosen = {
        "holos.organisation": str(row[0]), "search_path": SCHEMA, "statement_timeout": LONGEST,
        "default_transaction_read_only": "on",
    }  # fmt: skip
    for name, value in chosen.items():
        setting = sql.SQL("ALTER ROLE {} SET {} = {}")
        parts = sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))
        connection.execute(setting.format(whose, parts, sql.Literal(value)))
    connection.execute("INSERT INTO published_reader (organisation_id, role) VALUES (%s, %s)", [row[0], role])
    return password


def remove(connection: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    """The role is gone. LookupError for one that is none of these."""
    gone = connection.execute("DELETE FROM published_reader WHERE role = %s", [role])
    if gone.rowcount == 0:
        raise LookupError(f"{role!r} reads no published views")
    connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def connected(settings: Settings) -> psycopg.Connection[tuple[object, ...]]:
    """As who may make roles: PostgreSQL's superuser of our own server, else the tables' owner. PermissionError."""
    if password := settings.postgres_password.get_secret_value():
        address = f"host=127.0.0.1 port={settings.postgres_port} user=postgres dbname=holos"
        return psycopg.connect(address, password=password)
    if owner := settings.database_owner_url.get_secret_value():
        return psycopg.connect(owner.replace("postgresql+psycopg://", "postgresql://", 1))
    raise PermissionError("only root may read the password of who may make roles")


def main(arguments: list[str], settings: Settings) -> int:
    """Does it and says what was done; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m run.readers", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True)
    deeds.add_parser("list")
    adding = deeds.add_parser("add")
    adding.add_argument("organisation")
    adding.add_argument("role")
    deeds.add_parser("remove").add_argument("role")
    given = parser.parse_args(arguments)
    try:
        with connected(settings) as connection:
            connection.execute("SELECT set_config('holos.organisation', 'every', false)")
            match given.deed:
                case "list":
                    for role, organisation in listed(connection):
                        print(f"{role}  {organisation}")
                case "add":
                    print(f"{given.role}  {add(connection, given.organisation, given.role)}")
                case _:
                    remove(connection, given.role)
    except (LookupError, ValueError, PermissionError, psycopg.Error) as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], keys.of_installed(DATA)))
