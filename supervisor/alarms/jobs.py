"""What the notifier does every second about alarms: raises what the rules want, and climbs the ladders."""

import threading
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import EVERY_ORGANISATION, transaction
from staff.queries import organisations
from supervisor.alarms import service

log = structlog.get_logger()

EVERY = 1.0  # seconds
LOOK_BACK = timedelta(days=1)  # at the start: what happened while no notifier ran
OVERLAP = timedelta(minutes=5)  # between two looks: a transaction may commit that late


class Watch(threading.Thread):
    """One thread of the notifier; the ten seconds until people know must not wait for a mail server or another job."""

    def __init__(self, site: str) -> None:
        super().__init__(name="alarms", daemon=True)
        self._site = site
        self._since = datetime.now(UTC) - LOOK_BACK
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Lets the running look finish."""
        self._stopping.set()

    def run(self) -> None:
        """Until it is stopped. PostgreSQL may be away meanwhile."""
        while not self._stopping.wait(EVERY):
            try:
                self.look()
            except SQLAlchemyError as error:
                log.error("alarms_not_looked_at", error=type(error).__name__)
            except Exception:  # the edge: a mistake about one alarm must not silence the others for ever
                log.exception("alarms_failed")

    def look(self) -> int:
        """One look; how many messages went into the outbox."""
        begun = datetime.now(UTC)
        with transaction(EVERY_ORGANISATION) as session:
            all_ids = [organisation.id for organisation in organisations(session)]
        for organisation in all_ids:
            with transaction(organisation) as session:
                service.raise_for_results(session, organisation, self._since)
                service.raise_for_appeals(session, organisation, self._since)
                service.raise_for_owed_calls(session, organisation, self._since)
        self._since = max(self._since, begun - OVERLAP)
        with transaction(EVERY_ORGANISATION) as session:
            return service.climb(session, self._site)
