"""Logs of our processes: one JSON object a line on standard error; the supervisor keeps and turns the files."""

import logging
import sys

import structlog


def configure(level: str = "INFO", **fields: str) -> None:
    """From here on `structlog.get_logger()` writes JSON lines; `fields` (the process's name) stand in each."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(**fields)
