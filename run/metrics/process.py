"""One process's own figures: counted where things happen, told to Redis every few seconds, gathered by `/metrics`.

A process that ends, however it ends, is forgotten a moment later: its figures are absent, never old. Processes of one
kind are numbered from 1, and who takes the place of another gets its number, so that labels do not grow.
"""

import contextlib
import json
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Any, Final

import redis
import structlog
from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.core import Metric
from redis.exceptions import RedisError

log = structlog.get_logger()

EVERY: Final = timedelta(seconds=5)
FORGOTTEN_AFTER: Final = timedelta(seconds=15)
MOST: Final = 64  # processes of one kind at one node

PREFIX: Final = "metrics:"
_PLACES: Final = PREFIX + "places"
NOWHERE: Final = "redis://127.0.0.1:1"  # nobody listens there: a process that was told no Redis counts all the same

# A place belongs to whoever took it, until it is silent for too long.
_TELL: Final = """
local who = redis.call('HGET', KEYS[1], 'who')
if who and who ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'who', ARGV[1], 'figures', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('SADD', KEYS[2], KEYS[1])
return 1
"""

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


@dataclass(frozen=True, slots=True)
class Told:
    """What one process told lately."""

    process: str
    node: str
    number: str
    metrics: list[Metric]


class Teller(threading.Thread):
    """Tells this process's figures until `stop`. Without Redis it goes on counting, and tells when Redis is back."""

    def __init__(self, redis_url: str, process: str, node: str, *, registry: CollectorRegistry = REGISTRY) -> None:
        super().__init__(name="metrics", daemon=True)
        self._redis = redis.Redis.from_url(redis_url or NOWHERE, socket_connect_timeout=1, socket_timeout=1)
        self._process, self._node, self._registry = process, node, registry
        self._who = uuid.uuid4().hex
        self._number = 0  # none yet
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ends the thread; it is forgotten at once."""
        self._stopping.set()

    def run(self) -> None:
        away = False
        while not self._stopping.is_set():
            try:
                self.tell()
                away = False
            except RedisError as error:
                if not away:
                    log.warning("metrics_not_told", reason=type(error).__name__)
                away = True
            except Exception:  # the edge: figures must never end a process that serves callers
                log.exception("metrics_failed")
            self._stopping.wait(EVERY.total_seconds())
        if self._number:
            with contextlib.suppress(RedisError):
                self._redis.delete(self._place(self._number))
        self._redis.close()

    def tell(self) -> None:
        """Tells once. RedisError when Redis is away."""
        figures = json.dumps([_packed(metric) for metric in self._registry.collect()], separators=(",", ":"))
        expires = int(FORGOTTEN_AFTER.total_seconds())
        for number in islice(count(self._number or 1), MOST):
            place = self._place(number)
            if self._redis.eval(_TELL, 2, place, _PLACES, self._who, figures, str(expires)):
                self._number = number
                return
            self._number = 0  # it was silent for too long, and another has its place

    def _place(self, number: int) -> str:
        return f"{PREFIX}{self._process}:{self._node}:{number}"


def told(client: "redis.Redis") -> list[Told]:
    """What every process told lately. RedisError when Redis is away."""
    places: list[bytes] = sorted(client.smembers(_PLACES))  # type: ignore[arg-type]  # never awaitable here
    with client.pipeline(transaction=False) as asked:
        for place in places:
            asked.hget(place, "figures")
        answers = asked.execute()
    if silent := [place for place, figures in zip(places, answers, strict=True) if figures is None]:
        client.srem(_PLACES, *silent)
    return [_told(place, figures) for place, figures in zip(places, answers, strict=True) if figures is not None]


def merged(all_told: Iterable[Told]) -> Iterator[Metric]:
    """One family for each name, its samples labelled by the process that told them."""
    families: dict[str, Metric] = {}
    for each in all_told:
        whose = {"process": each.process, "node": each.node, "number": each.number}
        for metric in each.metrics:
            family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
            for sample in metric.samples:
                family.add_sample(sample.name, {**whose, **sample.labels}, sample.value)
    yield from families.values()


def _packed(metric: Metric) -> dict[str, Any]:
    samples = [[sample.name, sample.labels, sample.value] for sample in metric.samples]
    return {"name": metric.name, "help": metric.documentation, "type": metric.type, "samples": samples}


def _told(place: bytes, figures: bytes) -> Told:
    process, node, number = place.decode().removeprefix(PREFIX).split(":")
    metrics = []
    for packed in json.loads(figures):
        metric = Metric(packed["name"], packed["help"], packed["type"])
        for name, labels, value in packed["samples"]:
            metric.add_sample(name, labels, value)
        metrics.append(metric)
    return Told(process, node, number, metrics)
