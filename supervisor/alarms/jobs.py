"""What the notifier does every second about alarms: raises what the rules want, and climbs the ladders."""

from datetime import UTC, datetime, timedelta

import structlog

from db import EVERY_ORGANISATION, transaction
from db.looking import Looker
from staff.queries import organisations
from supervisor.alarms import queries, service

log = structlog.get_logger()

EVERY = timedelta(seconds=1)
LOOK_BACK = timedelta(days=1)  # at the start: what happened while no notifier ran
OVERLAP = timedelta(minutes=5)  # between two looks: a transaction may commit that late


class Watch(Looker):
    """One thread of the notifier; the ten seconds until people know must not wait for a mail server or another job."""

    def __init__(self, site: str) -> None:
        super().__init__("alarms", EVERY)
        self._site = site
        self._begun = datetime.now(UTC) - LOOK_BACK
        self._since: dict[int, datetime] = {}  # by organisation: what was before is looked at already

    def look(self) -> int:
        """One look; how many messages went into the outbox."""
        with transaction(EVERY_ORGANISATION) as session:
            all_ids = [organisation.id for organisation in organisations(session)]
        for organisation in all_ids:
            self._raise(organisation)
        with transaction(EVERY_ORGANISATION) as session:
            due = queries.due(session, datetime.now(UTC))
        return sum(self._climb(organisation, alarm) for organisation, alarm in due)

    def _raise(self, organisation: int) -> None:
        """What fails here is looked at again in the next look, and silences no other organisation."""
        begun = datetime.now(UTC)
        since = self._since.get(organisation, self._begun)
        try:
            with transaction(organisation) as session:
                service.raise_for_results(session, organisation, since)
                service.raise_for_appeals(session, organisation, since)
                service.raise_for_owed_calls(session, organisation, since)
        except Exception:  # the edge: the other organisations must be looked at
            log.exception("alarms_not_raised", organisation=organisation)
        else:
            self._since[organisation] = max(since, begun - OVERLAP)

    def _climb(self, organisation: int, alarm: int) -> int:
        """One alarm in a transaction of its own. One that cannot be told is tried again later, after the others."""
        try:
            with transaction(organisation) as session:
                return service.climb(session, alarm, self._site)
        except Exception as error:  # the edge: the other alarms must be told
            log.exception("alarm_not_told", alarm=alarm, organisation=organisation)
            why = type(error).__name__
        with transaction(organisation) as session:
            service.put_off(session, alarm, why)
        return 0
