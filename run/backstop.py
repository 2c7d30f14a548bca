"""Who tells when those who tell are away: the scheduler, which looks for trouble, and PostgreSQL, which holds alarms.

The notifier remembers whom to tell first of trouble with Holos. When PostgreSQL has not answered for a while it tells
them itself, past the outbox, once.
"""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import redis
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from db import EVERY_ORGANISATION, transaction
from notify.far.opening import opened
from notify.model import Later, Refused
from notify.tables import Channel
from run import parts
from run.metrics.process import NOWHERE, told
from run.pages.queries import job_runs
from run.parts import Sign
from run.settings import Settings
from staff.queries import organisations
from supervisor.alarms import queries, service, words
from supervisor.alarms.model import Kind, Trouble
from web import formats
from web.languages import Audience, catalogue, speaking_to

log = structlog.get_logger()

EVERY: Final = timedelta(seconds=10)
LOOKS: Final = 2  # in a row, before anybody is told: a restart is no trouble
SCHEDULER: Final = "scheduler"
_LOOKOUT: Final = "alarms.troubles"  # the scheduler's own look


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody on the first rung of an organisation's ladder."""

    channel: Channel = field(compare=False)
    channel_id: int
    recipient: str
    language: str
    zone: ZoneInfo


@dataclass(slots=True)
class Note:
    """A message that is in no outbox."""

    id: int
    recipient: str
    subject: str
    text: str
    key: str
    created_at: datetime
    buttons: dict[str, str] = field(default_factory=dict)


class Backstop(threading.Thread):
    """One thread of the notifier."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="backstop", daemon=True)
        self._settings = settings
        url = settings.redis_url.get_secret_value()
        self._redis = redis.Redis.from_url(url or NOWHERE, socket_timeout=1, socket_connect_timeout=1)
        self._listeners: Sequence[Listener] = ()
        self._away_since: datetime | None = None  # PostgreSQL
        self._missed = self._silent = 0  # looks in a row: without PostgreSQL, without the scheduler
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Lets the running look finish."""
        self._stopping.set()

    def run(self) -> None:
        """Until it is stopped."""
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:  # the edge: the next look must come
                log.exception("backstop_failed")
            self._stopping.wait(EVERY.total_seconds())

    def look(self) -> int:
        """One look; how many people were told past the outbox."""
        try:
            listeners = _listeners()
        except SQLAlchemyError:
            return self._without_database()
        if listeners != self._listeners:
            log.info("backstop_knows", people=len(listeners))
        self._listeners = listeners
        if self._missed > LOOKS:
            log.info("database_is_back", away_since=self._away_since)
            _each_organisation(Trouble.SERVER, parts.POSTGRES, over=True)
        self._missed, self._away_since = 0, None
        self._silent = self._silent + 1 if self._scheduler_is_silent() else 0
        if self._silent >= LOOKS:
            _each_organisation(Trouble.PROCESS, SCHEDULER)
        return 0

    def _without_database(self) -> int:
        self._away_since = self._away_since or datetime.now(UTC)
        self._missed += 1
        if self._missed != LOOKS + 1:
            return 0
        log.error("database_away", since=self._away_since, told=len(self._listeners))
        link = self._settings.public_url.rstrip("/") + "/status"
        notes = [(each, _note(each, self._away_since, link)) for each in self._listeners]
        return asyncio.run(_sent(notes))

    def _scheduler_is_silent(self) -> bool:
        """As Redis has it, and without Redis as the scheduler's own work does."""
        try:
            states = parts.processes(self._settings, told(self._redis))
        except RedisError:
            with transaction(EVERY_ORGANISATION) as session:
                now = datetime.now(UTC)
                return any(run.is_late(now) for run in job_runs(session) if run.name == _LOOKOUT)
        return any(part.name == SCHEDULER and part.sign is Sign.ILL for part in states)


def _listeners() -> list[Listener]:
    """Whom trouble with Holos is told first, in each organisation that wants to know."""
    found = []
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in organisations(session):
            if Kind.INSTALLATION not in queries.wanted(session, organisation.id):
                continue
            steps = [step for step in queries.steps(session, organisation.id) if Kind.INSTALLATION in step.kinds]
            channels = queries.channels(session, organisation.id)
            zone = organisation.zone
            found += [
                Listener(channels[step.channel_id], step.channel_id, step.recipient, step.language, zone)
                for step in steps
                if step.after == steps[0].after and channels[step.channel_id].enabled
            ]
    return found


def _each_organisation(trouble: Trouble, place: str, *, over: bool = False) -> None:
    """An alarm for each that wants one; of what is over already only the entry in the list."""
    with transaction(EVERY_ORGANISATION) as session:
        ids = [organisation.id for organisation in organisations(session)]
    for organisation in ids:
        with transaction(organisation) as session:
            service.raise_trouble(session, organisation, trouble, place, {})
            if over:
                service.end_trouble(session, organisation, trouble, place)


def _note(to: Listener, since: datetime, link: str) -> Note:
    known = catalogue(to.language)
    with speaking_to(Audience(to.language, to.zone)):
        said = {"what": known.gettext(words.TROUBLES[Trouble.SERVER]), "when": formats.moment(since), "link": link}
    number = round(since.timestamp())
    subject, text = (
        known.gettext(each) % said for each in (words.WITHOUT_DATABASE.subject, words.WITHOUT_DATABASE.text)
    )
    return Note(number, to.recipient, subject, text, f"without-database:{number}", since)


async def _sent(notes: Iterable[tuple[Listener, Note]]) -> int:
    """How many went out; a far end that does not work holds up no other."""
    sent = 0
    for to, note in notes:
        try:
            far_end = opened(to.channel)
            try:
                await far_end.send(note)
                sent += 1
            finally:
                await far_end.close()
        except (Later, Refused) as error:
            log.error("not_told_of_database", channel=to.channel.id, error=str(error))
        except Exception:  # the edge: the others must be told
            log.exception("not_told_of_database", channel=to.channel.id)
    return sent
