"""An Excel file of the journal, written in a process of its own: its time and its peak of memory."""

import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import db
from appeals.journal import listing, sheet
from appeals.journal.columns import COLUMNS, chosen
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import Asked
from bench.figures import Measured
from bench.registered import LOGIN, ZONE, Registry
from db import EVERY_ORGANISATION, transaction
from staff.queries import find_by_login
from web.languages import Audience, speaking_to


def files(made: Registry, rows: int) -> Measured:
    """A file of so many rows, and one of a tenth, each in a process of its own: its time and its peak of memory."""
    found = Measured("registry-file", "An Excel file of the journal", ("seconds", "peak of memory", "size", "goal"))
    peaks: list[float] = []
    for number in (rows // 10, rows):
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            seconds, peak, size = alone.apply(_written, (made.url, LOGIN, number))
        peaks.append(peak)
        met = peak <= peaks[0] * 1.25
        told = f"{number:,} rows".replace(",", " ")
        found.line(told, f"{seconds:.1f}", f"{peak:.0f} MB", f"{size / 1e6:.1f} MB", "as flat as the first", met=met)
    found.remarks.append("All columns, codes beside words. The peak is that of the whole process, Python included.")
    return found


def _written(url: str, login: str, rows: int) -> tuple[float, float, int]:
    """In a process of its own: seconds, megabytes at the most, bytes of the file."""
    db.connect(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1, statement_timeout="120s")
    with transaction(EVERY_ORGANISATION) as session:
        person = find_by_login(session, login)
    assert person is not None
    begun = time.perf_counter()
    with speaking_to(Audience("uk", ZONE)), tempfile.NamedTemporaryFile() as file:
        with transaction(person.organisation_id) as session:
            appeals = listing.every(session, Asked(), Asker.of(person, personal=True), at_most=rows)
            columns = chosen([column.key for column in COLUMNS])
            known = Directories(session, person.organisation_id)
            rows_of = sheet.in_batches(session, appeals)
            sheet.write(file, rows_of, columns, known, codes=True, personal=True, zone=ZONE)
        size = Path(file.name).stat().st_size
    db.disconnect()
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size
