"""python -m run.verify_recordings [--checksums]: are the recordings what their ledger says?

Walks each organisation's ledger from its first entry, compares it with the rows and with the objects of the S3 store,
and says in words what is wrong. `--checksums` also reads every object whole. Ends with 0 when everything agrees, with 1
when something does not, with 2 when the store or the database could not be asked.
"""

import argparse
import sys

from sqlalchemy.exc import OperationalError

import db
from db import EVERY_ORGANISATION, transaction
from db.store import StoreAway
from recordings.ledger import verification
from recordings.ledger.model import Report
from recordings.ledger.words import WRONGS
from run.host import keys
from run.settings import DATA, Settings
from run.storage import connect_store
from staff.queries import organisations


def verified(*, checksums: bool) -> dict[str, Report]:
    """A report for each organisation's code. StoreAway."""
    with transaction(EVERY_ORGANISATION) as session:
        known = {organisation.code: organisation.id for organisation in organisations(session)}
    reports = {}
    for code, organisation in known.items():
        with transaction(EVERY_ORGANISATION) as session:
            reports[code] = verification.verify(session, organisation, checksums=checksums)
    return reports


def lines(code: str, report: Report) -> list[str]:
    """What one organisation's report says, in words."""
    return report.lines(f"{code}: {report.entries} entries, {report.objects} objects", WRONGS)


def main(arguments: list[str], settings: Settings) -> int:
    """Verifies and prints; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m run.verify_recordings", description=__doc__)
    parser.add_argument("--checksums", action="store_true", help="read every object whole")
    given = parser.parse_args(arguments)
    db.connect(settings.database_url.get_secret_value(), pool_size=1)
    connect_store(settings)
    try:
        reports = verified(checksums=given.checksums)
    except (StoreAway, OperationalError) as error:
        print(f"not verified: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    for code, report in reports.items():
        print("\n".join(lines(code, report)))
    return 1 if any(report.found for report in reports.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], keys.of_installed(DATA)))
