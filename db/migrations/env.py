"""What alembic runs: the migrations, with the connection and the tables that `run.migrate` hands over.

A migration waits at most five seconds for a lock, so that it never stops calls from being written.
"""

from alembic import context
from alembic.operations import ops
from sqlalchemy import Connection

from db.rls import policy

LOCK_TIMEOUT = "5s"


def _with_row_security(_context: object, _revision: object, directives: list[ops.MigrationScript]) -> None:
    """Every new table with an organisation gets its policy in the migration that makes it."""
    for script in directives:
        if script.upgrade_ops is None:
            continue
        made = [step for step in script.upgrade_ops.ops if isinstance(step, ops.CreateTableOp)]
        for table in made:
            columns = {getattr(column, "name", None) for column in table.columns}
            statements = policy(table.table_name) if "organisation_id" in columns else []
            if table.table_name in APPEND_ONLY:
                statements.append(f'REVOKE UPDATE, DELETE ON "{table.table_name}" FROM holos_app')
            if table.table_name in KEPT:
                statements.append(f'REVOKE DELETE ON "{table.table_name}" FROM holos_app')
            script.upgrade_ops.ops.extend(ops.ExecuteSQLOp(statement) for statement in statements)


def _run(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        compare_type=True,
        compare_server_default=False,  # PostgreSQL spells defaults in its own way
        transaction_per_migration=True,
        process_revision_directives=_with_row_security,
    )
    with context.begin_transaction():
        context.run_migrations()


APPEND_ONLY: frozenset[str] = context.config.attributes["append_only"]
KEPT: frozenset[str] = context.config.attributes["kept"]
_run(context.config.attributes["connection"])
