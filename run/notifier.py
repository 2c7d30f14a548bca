"""The notifier: raises alarms, climbs their ladders, sends what waits in the outbox, fetches citizens' letters.

It tells receivers of webhooks what they want to know, and whoever looks after us when PostgreSQL is away.

Several may run; leases and locks in PostgreSQL share the work out.
"""

import asyncio
import signal
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import db
import run.schema  # noqa: F401 - tables that those of this process name
from appeals.inbound.collecting import Collector
from appeals.webhooks.model import networks
from appeals.webhooks.sending import Teller as Webhooks
from db import EVERY_ORGANISATION, transaction
from notify.far.opening import prepare_telegram
from notify.model import ChannelKind
from notify.queries import listening_channels
from notify.sender import Sender
from run import garbage, logs
from run.backstop import Backstop
from run.metrics.process import Teller
from run.settings import Settings
from run.storage import connect_store
from staff.queries import organisations
from supervisor.alarms.jobs import Watch

log = structlog.get_logger()


def zones(session: Session) -> Mapping[int, ZoneInfo]:
    """The clocks of all organisations."""
    return {organisation.id: organisation.zone for organisation in organisations(session)}


async def serve() -> None:
    """Sends until SIGTERM or SIGINT; what is under way is finished."""
    sender = Sender(zones)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, sender.stop)
    log.info("notifier_ready")
    await sender.run()


def _prepare() -> None:
    """Telegram's library is loaded before the first message where a bot is in use, or where nobody can tell."""
    try:
        with transaction(EVERY_ORGANISATION) as session:
            bots = bool(listening_channels(session, [ChannelKind.TELEGRAM]))
    except SQLAlchemyError:
        bots = True
    if bots:
        prepare_telegram()


def main() -> None:
    """`python -m run.notifier`."""
    settings = Settings()
    logs.configure(settings.log_level, process="notifier")
    db.connect(settings.database_url.get_secret_value(), pool_size=4)
    teller = Teller(settings.redis_url.get_secret_value(), "notifier", settings.node)
    teller.start()
    connect_store(settings)
    inside = networks(settings.webhook_networks)
    threads = (Watch(settings.public_url.rstrip("/")), Backstop(settings), Collector(), Webhooks(inside))
    for thread in threads:
        thread.start()
    _prepare()
    garbage.spare()
    asyncio.run(serve())
    for each in (*threads, teller):
        each.stop()
        each.join(2)


if __name__ == "__main__":
    main()
