"""Asking workers for files of the journal and for deeds done to many, and what the scheduler does for the journal."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from appeals.asking import ask
from appeals.journal import exports, many, queries, service, spelled
from db import EVERY_ORGANISATION, transaction
from staff import queries as staff
from web.languages import speaking_to

_SILENT: Final = timedelta(seconds=30)  # then it is asked for again


def make_file(export_id: int) -> None:
    """The job: one file."""
    exports.make(export_id)


def change_many(deed_id: int) -> None:
    """The job: one deed to its end, an appeal a transaction. Two at the same one do each appeal once."""
    with transaction(EVERY_ORGANISATION) as session:
        deed = queries.deed_at_work(session, deed_id)
        if deed is None:
            return
        organisation, language = staff.organisation(session, deed.organisation_id), deed.language
    at_work = True
    with speaking_to(organisation.audience(language)):
        while at_work:
            with transaction(organisation.id) as session:
                at_work = many.go_on(session, deed_id)


def forget_files() -> None:
    """The job: files whose time is over."""
    exports.forget_over()


def ask_for(export_id: int) -> None:
    """Asks a worker to make the file now. Without Redis it is asked for later."""
    ask(make_file, export_id)


def ask_for_deed(deed_id: int) -> None:
    """Asks a worker to go on with the deed now. Without Redis it is asked for later."""
    ask(change_many, deed_id)


def look_after() -> Mapping[str, int]:
    """Words to be written, files and deeds that nobody goes on with, files that are over. The scheduler does it."""
    with transaction(EVERY_ORGANISATION) as session:
        written = spelled.write_waiting(session)
        waiting, over = service.ask_again(session, _SILENT), queries.over(session)
        to_do = many.ask_again(session, _SILENT)
    for export_id in waiting:
        ask_for(export_id)
    for deed_id in to_do:
        ask_for_deed(deed_id)
    if over:
        ask(forget_files)
    return {"appeals_spelled": written, "asked_for": len(waiting) + len(to_do)}
