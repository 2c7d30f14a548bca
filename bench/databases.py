"""Databases that a bench fills by itself: a PostgreSQL of its own, or one with the product's other servers."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text

import db
from run import schema
from run.host.servers import Servers
from tests.town.ports import thousand
from tests.town.product import Product


@contextmanager
def own(port: int, *, pool_size: int = 10, durable: bool = False) -> Iterator[tuple[Engine, str]]:
    """A PostgreSQL with our tables and nothing in them: the owner's engine, the application's address, to which this
    process is connected. Gone afterwards. `durable` is as the product starts it, with the memory that it has there."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place:
        here = Path(place)
        here.chmod(0o755)
        servers = Servers(here, durable=durable, postgres_port=port)
        servers.start("postgres")
        try:
            owner = create_engine(servers.settings.database_owner_url.get_secret_value())
            schema.create(owner)
            url = servers.settings.database_url.get_secret_value()
            db.connect(url, pool_size=pool_size, statement_timeout="120s")
            yield owner, url
            owner.dispose()
        finally:
            db.disconnect()
            servers.stop()


@contextmanager
def city(*, statement_timeout: str = "15s") -> Iterator[Product]:
    """The product with PostgreSQL, Redis and the demonstration, its web process yet to begin; this process is
    connected. Gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place, thousand() as ports:
        Path(place).chmod(0o755)
        running = Product(Path(place) / "product", first_port=ports, durable=True, web_processes=1)
        try:
            running.servers.start("postgres", "redis")
            owner = create_engine(running.settings.database_owner_url.get_secret_value())
            schema.create(owner)
            owner.dispose()
            running.command("demo.loading")
            db.connect(running.settings.database_url.get_secret_value(), statement_timeout=statement_timeout)
            yield running
        finally:
            db.disconnect()
            running.stop()


@contextmanager
def without_indexes(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Indexes of these tables that keep nothing unique are made at the end, as a restore does."""
    asked = text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables) AND indexdef NOT LIKE '%UNIQUE%'"
    )
    definitions = connection.execute(asked, {"tables": list(tables)}).all()
    for name, _ in definitions:
        connection.execute(text(f'DROP INDEX "{name}"'))
    yield
    for _, definition in definitions:
        connection.execute(text(definition))
