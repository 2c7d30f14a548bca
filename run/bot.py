"""The staff's help panel in Telegram: the bots of all organisations, one process for all of them.

Telegram tells each piece of news to one asker only, so one process asks; others stand by for PostgreSQL's lock.
"""

import asyncio
import signal
from datetime import timedelta
from functools import partial
from typing import Any

import redis
import structlog

import db
import run.schema  # noqa: F401 - tables that those of this process name
from acd import news
from appeals.questions import service as questions
from run import garbage, logs
from run.metrics.process import Teller
from run.settings import Settings
from supervisor.panel.bots import Panel
from web import hints, live

log = structlog.get_logger()

_LOCK = 0xB07
_LOOK_EVERY = timedelta(seconds=5)  # whether the lock is still ours, or has become free


async def serve() -> None:
    """Talks until SIGTERM or SIGINT. Raises when the lock is lost or the panel fails."""
    panel = Panel()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    told_to_stop = asyncio.create_task(stopping.wait())
    with db.listen() as connection:
        while not await asyncio.to_thread(db.is_only_one, connection, _LOCK):
            if await _any_over(told_to_stop):
                return
        log.info("bot_ready")
        talking = asyncio.create_task(panel.run())
        while not await _any_over(told_to_stop, talking):
            await asyncio.to_thread(connection.execute, "SELECT 1")  # the lock lives as long as this connection
        panel.stop()
        await talking  # its failure ends the process: another one takes over


async def _any_over(*tasks: asyncio.Task[Any]) -> bool:
    over, _ = await asyncio.wait(tasks, timeout=_LOOK_EVERY.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    return bool(over)


def main() -> None:
    """`python -m run.bot`."""
    settings = Settings()
    logs.configure(settings.log_level, process="bot")
    db.connect(settings.database_url.get_secret_value(), pool_size=2)
    client = redis.Redis.from_url(settings.redis_url.get_secret_value(), socket_connect_timeout=1, socket_timeout=1)
    hints.connect(partial(live.publish, client))
    questions.connect(news.tell_desk)
    teller = Teller(settings.redis_url.get_secret_value(), "bot", settings.node)
    teller.start()
    garbage.spare()
    asyncio.run(serve())
    teller.stop()
    teller.join(2)


if __name__ == "__main__":
    main()
