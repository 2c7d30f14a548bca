"""python -m run.verify_rows: are appeals and applicants as the program left them?

Walks each organisation's trail from its first entry and compares its last word about each business row with the row.
Says which row was changed, added or deleted past the program. Ends with 0 when everything agrees, with 1 when something
does not, with 2 when the database could not be asked.
"""

import sys

from sqlalchemy.exc import OperationalError

import db
from db import EVERY_ORGANISATION, transaction
from recordings import asking
from run.host import keys
from run.schema import SEALED
from run.settings import DATA, Settings
from staff.queries import organisations
from staff.trail import jobs
from staff.trail.model import Report
from staff.trail.words import WRONGS
from web import facts


def verified() -> dict[str, Report]:
    """A report for each organisation's code; the audit's page tells it too."""
    with transaction(EVERY_ORGANISATION) as session:
        known = {organisation.code: organisation.id for organisation in organisations(session)}
    return {code: jobs.verify(organisation, SEALED) for code, organisation in known.items()}


def verify() -> None:
    """The worker's job."""
    verified()


def ask(node: str) -> dict[str, int]:
    """Asks a worker of the node for it. ConnectionError without Redis."""
    return asking.demand(node, verify, limit=jobs.TIME_LIMIT, told="compare rows with their trail")


def lines(code: str, report: Report) -> list[str]:
    """What one organisation's report says, in words."""
    return report.lines(f"{code}: {report.entries} entries, {report.rows} rows", WRONGS)


def main(settings: Settings) -> int:
    """Verifies and prints; the exit code."""
    db.connect(settings.database_url.get_secret_value(), pool_size=1)
    facts.connect(settings.redis_url.get_secret_value())
    try:
        reports = verified()
    except OperationalError as error:
        print(f"not verified: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    for code, report in reports.items():
        print("\n".join(lines(code, report)))
    return 1 if any(report.found for report in reports.values()) else 0


if __name__ == "__main__":
    sys.exit(main(keys.of_installed(DATA)))
