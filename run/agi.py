"""The process `agi`: callers walk the menus. Starts and works while PostgreSQL is away."""

import signal
import threading
from datetime import timedelta

import structlog

import db
from agi.calls_out import CallsOut
from agi.memory import Memory
from agi.menu import MenuScript
from agi.refresh import Refresher
from agi.server import Script, Server
from run import garbage, logs
from run.metrics.callers import OfMenus
from run.metrics.process import REGISTRY, Teller
from run.settings import Settings

log = structlog.get_logger()

STOPS = (signal.SIGTERM, signal.SIGINT)


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # before any thread: they wait for `sigwait`, none is missed
    settings = Settings()
    logs.configure(settings.log_level, process="agi")
    db.connect(settings.database_url.get_secret_value(), pool_size=8, statement_timeout="2s")
    refresher = Refresher(settings.data / "agi" / "menus.json", settings.sounds)
    memory = Memory()
    menu = MenuScript(refresher.current, memory, sounds=settings.sounds, node=settings.node)
    scripts: dict[str, Script] = {"menu": menu, "calls-out": CallsOut(memory)}
    server = Server("127.0.0.1", settings.agi_port, scripts, sessions=settings.agi_sessions)
    REGISTRY.register(OfMenus(server, settings.agi_sessions))
    teller = Teller(settings.redis_url.get_secret_value(), "agi", settings.node)
    teller.start()
    refresher.start()
    garbage.spare()
    serving = threading.Thread(target=server.serve, name="server", daemon=True)
    serving.start()
    signal.sigwait(STOPS)
    log.info("agi_stopping", sessions=server.sessions)
    server.stop(grace=timedelta(seconds=settings.stop_grace))
    refresher.stop()
    teller.stop()
    teller.join(2)


if __name__ == "__main__":
    main()
