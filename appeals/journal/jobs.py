"""Asking workers for files of the journal, and what the scheduler does for the journal."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from appeals.asking import ask
from appeals.journal import exports, queries, service, spelled
from db import EVERY_ORGANISATION, transaction

_SILENT: Final = timedelta(seconds=30)  # then it is asked for again


def make_file(export_id: int) -> None:
    """The job: one file."""
    exports.make(export_id)


def forget_files() -> None:
    """The job: files whose time is over."""
    exports.forget_over()


def ask_for(export_id: int) -> None:
    """Asks a worker to make the file now. Without Redis it is asked for later."""
    ask(make_file, export_id)


def look_after() -> Mapping[str, int]:
    """Words still to be written, files that nobody makes, files whose time is over. The scheduler does this."""
    with transaction(EVERY_ORGANISATION) as session:
        written = spelled.write_waiting(session)
        waiting, over = service.ask_again(session, _SILENT), queries.over(session)
    for export_id in waiting:
        ask_for(export_id)
    if over:
        ask(forget_files)
    return {"appeals_spelled": written, "asked_for": len(waiting)}
