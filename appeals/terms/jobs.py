"""What the scheduler does about terms."""

from collections.abc import Mapping

from appeals.terms import queries
from appeals.terms.recount import recount
from db import EVERY_ORGANISATION, transaction


def look_anew() -> Mapping[str, int]:
    """Open appeals of organisations whose rules or calendar have changed."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = queries.to_recount(session)
    counts = [recount(organisation, asked_at) for organisation, asked_at in waiting]
    return {"terms_looked_at": sum(each[0] for each in counts), "terms_moved": sum(each[1] for each in counts)}
