"""The process `agi`: callers walk the menus. Starts and works while PostgreSQL is away."""

import logging
import signal
import threading

import structlog

import db
from agi.memory import Memory
from agi.menu import MenuScript
from agi.refresh import Refresher
from agi.server import Server
from run.settings import Settings

log = structlog.get_logger()


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    settings = Settings()
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    db.connect(settings.database_url.get_secret_value(), pool_size=8, statement_timeout="2s")
    refresher = Refresher(settings.data / "agi" / "menus.json", settings.sounds)
    menu = MenuScript(refresher.current, Memory(), sounds=settings.sounds, node=settings.node)
    server = Server("127.0.0.1", settings.agi_port, {"menu": menu}, sessions=settings.agi_sessions)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    refresher.start()
    serving = threading.Thread(target=server.serve, name="server", daemon=True)
    serving.start()
    stopping.wait()
    log.info("agi_stopping", sessions=server.sessions)
    server.stop(grace=settings.stop_grace)
    refresher.stop()


if __name__ == "__main__":
    main()
