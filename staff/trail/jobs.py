"""What the scheduler does about the trail of business rows."""

from collections.abc import Mapping

from db import EVERY_ORGANISATION, transaction
from staff.trail import queries, service

ROUNDS = 10  # in one run of the job


def seal_waiting() -> Mapping[str, int]:
    """Changes since the last time get their seals, organisation by organisation."""
    with transaction(EVERY_ORGANISATION) as session:
        waiting = queries.waiting(session)
    sealed = 0
    for organisation in waiting:
        for _ in range(ROUNDS):
            with transaction(organisation) as session:
                done = service.seal_waiting(session, organisation)
            sealed += done
            if done < service.AT_ONCE:
                break
    return {"rows_sealed": sealed}
