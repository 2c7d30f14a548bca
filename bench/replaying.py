"""A captured AMI stream, replayed through translate, journal and ledger into an empty database."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import create_engine

import db
from bench.figures import Measured
from calls.model import NodeName
from run import replay, schema
from run.demo import loading
from run.host.servers import Servers

GOAL = 150_000  # calls an hour


def measured(ports: int, captures: Sequence[Path]) -> Measured:
    """The capture of the load run."""
    found = Measured("replay", "A captured stream replayed through journal and ledger")
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place:
        here = Path(place)
        here.chmod(0o755)
        servers = Servers(here, durable=True, postgres_port=ports + 50)
        servers.start("postgres")
        try:
            owner = create_engine(servers.settings.database_owner_url.get_secret_value())
            schema.create(owner)
            owner.dispose()
            db.connect(servers.settings.database_url.get_secret_value(), statement_timeout="120s")
            loading.load("nobody signs in")  # the capture names organisations by their ids
            done = replay.replay([replay.chunks(capture) for capture in captures], NodeName("replay"), here / "spool")
        finally:
            db.disconnect()
            servers.stop()
    seconds = done.understood + done.written
    hourly = done.calls / seconds * 3600
    found.row(f"{done.calls} calls, {done.messages} messages, {done.events} events", f"{seconds:.2f} s")
    found.row("calls an hour", f"{hourly:,.0f}".replace(",", " "), "", f"≥ {GOAL:,}".replace(",", " "), hourly >= GOAL)
    found.remarks.append("From bytes to rows of the ledger, with a database that loses nothing at a power cut.")
    return found
