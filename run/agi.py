"""The process `agi`: callers walk the menus. Starts and works while PostgreSQL is away."""

import signal
import threading

import structlog

import db
from agi.memory import Memory
from agi.menu import MenuScript
from agi.refresh import Refresher
from agi.server import Server
from run import logs
from run.settings import Settings

log = structlog.get_logger()


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    settings = Settings()
    logs.configure(settings.log_level, process="agi")
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
