"""What the scheduler asks citizens."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from appeals.feedback import queries, service
from appeals.notices.service import LanguageOf
from db import EVERY_ORGANISATION, transaction

log = structlog.get_logger()


def ask(language_of: LanguageOf, site: str) -> Mapping[str, int]:
    """Authors of what was answered, in each organisation that asks; one that fails keeps no other from it."""
    count = 0
    with transaction(EVERY_ORGANISATION) as session:
        whose = list(queries.asking(session))
    for organisation in whose:
        try:
            with transaction(organisation) as session:
                rule = queries.rule(session, organisation)
                count += service.ask(session, rule, language_of, site, datetime.now(UTC)) if rule else 0
        except Exception:  # the edge: the other organisations' citizens must be asked
            log.exception("marks_not_asked_for", organisation=organisation)
    return {"marks_asked_for": count}
