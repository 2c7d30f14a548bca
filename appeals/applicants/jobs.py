"""What the scheduler does about applicants."""

from collections.abc import Mapping

from appeals.applicants import duplicates
from db import EVERY_ORGANISATION, transaction

AT_ONCE = 200  # applicants of one run


def look_anew() -> Mapping[str, int]:
    """Words that are not written yet, and who was not compared with those like them."""
    with transaction(EVERY_ORGANISATION) as session:
        spelled, compared, found = duplicates.look_anew(session, at_most=AT_ONCE)
    return {"applicants_spelled": spelled, "applicants_compared": compared, "pairs_found": found}
