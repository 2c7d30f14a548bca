"""The citizens' chat-bot. There is none yet: with a token and without its code this process says so and waits.

`run.host.services` starts it only when HOLOS_TELEGRAM_TOKEN is given.
"""

import signal

import structlog

log = structlog.get_logger()


def main() -> None:
    """Waits for the signal to end."""
    log.warning("bot_has_nothing_to_say", reason="the chat-bot is not part of this version")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
