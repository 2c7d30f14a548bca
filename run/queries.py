"""What pages of no single domain ask for."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from ivr.tables import DialledNumber


def dialled_numbers(session: Session) -> dict[int, list[str]]:
    """The numbers citizens dial, by organisation; every organisation has a list, perhaps an empty one."""
    numbers: dict[int, list[str]] = defaultdict(list)
    wanted = select(DialledNumber.organisation_id, DialledNumber.number).order_by(DialledNumber.number)
    for organisation, number in session.execute(wanted):
        numbers[organisation].append(number)
    return numbers
