"""What the scheduler tells citizens."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from appeals.notices import queries, service
from appeals.notices.service import LanguageOf
from db import EVERY_ORGANISATION, transaction

log = structlog.get_logger()


def tell(language_of: LanguageOf) -> Mapping[str, int]:
    """What is news in each organisation that tells anything; one that fails keeps no other from it."""
    count = 0
    with transaction(EVERY_ORGANISATION) as session:
        whose = [policy.organisation_id for policy in queries.policies(session)]
    for organisation in whose:
        try:
            with transaction(organisation) as session:
                policy = queries.policy(session, organisation)
                count += service.tell(session, policy, language_of, datetime.now(UTC)) if policy else 0
        except Exception:  # the edge: the other organisations' citizens must be told
            log.exception("notices_failed", organisation=organisation)
    return {"citizens_told": count}
