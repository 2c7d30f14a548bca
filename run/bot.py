"""The citizens' chat-bot. There is none yet: with a token and without its code this process says so and waits.

`run.host.services` starts it only when HOLOS_TELEGRAM_TOKEN is given.
"""

import signal

import structlog

from run.metrics.process import Teller
from run.settings import Settings

log = structlog.get_logger()


def main() -> None:
    """Waits for the signal to end."""
    log.warning("bot_has_nothing_to_say", reason="the chat-bot is not part of this version")
    settings = Settings()
    teller = Teller(settings.redis_url.get_secret_value(), "bot", settings.node)
    teller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    teller.stop()
    teller.join(2)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
