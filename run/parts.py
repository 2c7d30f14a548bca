"""What an installation consists of, and what each part says now: the servers it needs, and its own processes.

Nobody is believed to be ill because nobody could be asked: that is `Sign.NOT_KNOWN`.
"""

import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

import db
from run.host import services
from run.metrics.process import Told
from run.settings import Settings

POSTGRES: Final = "PostgreSQL"
REDIS: Final = "Redis"
STORE: Final = "S3"
ASTERISK: Final = "Asterisk"

_FIRST_MOMENT: Final = 1e9  # seconds: whoever claims to have begun before 2001 does not know when that was


class Sign(StrEnum):
    """What is known of a part."""

    WELL = "well"
    ILL = "ill"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part; of processes how many told something lately, of those there should be."""

    name: str
    sign: Sign
    since: datetime | None = None  # where the part says so itself
    there: int = 0
    wanted: int = 0


def servers(settings: Settings, client: "redis.Redis") -> list[Part]:
    """The servers that are asked by whoever calls this."""
    answers = {POSTGRES: postgres_answers(), REDIS: redis_answers(client), STORE: store_answers(settings)}
    return [Part(name=name, sign=Sign.WELL if answer else Sign.ILL) for name, answer in answers.items()]


def asterisk(settings: Settings, all_told: Sequence[Told] | None) -> Part:
    """Asterisk as the node's listener hears it; not known without one that tells."""
    for each in all_told or ():
        if each.process == "listener" and each.node == settings.node:
            heard = _value(each, "holos_ami_link_up") == 1.0
            since = _moment(_value(each, "holos_ami_link_since_timestamp_seconds")) if heard else None
            return Part(name=ASTERISK, sign=Sign.WELL if heard else Sign.ILL, since=since)
    return Part(name=ASTERISK, sign=Sign.NOT_KNOWN)


def processes(settings: Settings, all_told: Sequence[Told] | None) -> list[Part]:
    """Our own processes, of which several may be wanted; None is what they told when nobody could ask them."""
    return [_process(name, wanted, all_told) for name, wanted in wanted_processes(settings)]


def wanted_processes(settings: Settings) -> Iterator[tuple[str, int]]:
    """Our own processes and how many of each there should be."""
    several = {"web": settings.web_processes, "worker": settings.workers}
    for service in services.wanted(settings):
        if service.ours:
            yield service.name, several.get(service.name, 1)


def _process(name: str, wanted: int, all_told: Sequence[Told] | None) -> Part:
    if all_told is None:
        return Part(name=name, sign=Sign.NOT_KNOWN, wanted=wanted)
    there = [each for each in all_told if each.process == name]
    begun = [at for each in there if (at := _moment(_value(each, "process_start_time_seconds"))) is not None]
    well = len(there) >= wanted
    since = max(begun, default=None) if well else None
    return Part(name=name, sign=Sign.WELL if well else Sign.ILL, since=since, there=len(there), wanted=wanted)


def postgres_answers() -> bool:
    """Whether PostgreSQL does what it is asked."""
    try:
        with db.transaction(db.EVERY_ORGANISATION):
            return True
    except SQLAlchemyError:
        return False


def redis_answers(client: "redis.Redis") -> bool:
    """Whether Redis does."""
    try:
        return bool(client.ping())
    except RedisError:
        return False


def store_answers(settings: Settings) -> bool:
    """Whether somebody answers where the S3 store should be."""
    scheme = "https" if settings.s3_secure else "http"
    try:
        with urllib.request.urlopen(f"{scheme}://{settings.s3_endpoint}/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True  # it refuses strangers, so it is there
    except OSError:
        return False


def _value(process: Told, name: str) -> float | None:
    values = (sample.value for metric in process.metrics if metric.name == name for sample in metric.samples)
    return next(values, None)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None or seconds < _FIRST_MOMENT else datetime.fromtimestamp(seconds, UTC)
