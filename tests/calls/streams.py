"""Captured AMI streams: whole, multiplied, and with the organisation of the test."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from ami import messages
from calls.encoding import encode
from calls.events import Event
from calls.journal import call_of
from calls.observer import Line, Observer
from calls.signals import Signal
from calls.translate import translate

CAPTURES = Path(__file__).parent / "captures"
_NAMESPACE = UUID("3f1d9a3e-8f57-4a53-9f0e-3c1a5b1d6b1c")


def capture(name: str, *, organisation: int = 1) -> bytes:
    """The bytes of a capture; its calls belong to `organisation`."""
    data = (CAPTURES / f"{name}.ami").read_bytes()
    return re.sub(rb"(?m)^Organisation: \d+", b"Organisation: %d" % organisation, data)


def captures() -> list[str]:
    """The names of all captures."""
    return sorted(path.stem for path in CAPTURES.glob("*.ami"))


def multiplied(data: bytes, count: int) -> Iterator[bytes]:
    """The same connection `count` times over: other calls, channels and bridges, each a second later."""
    greeting, _, body = data.partition(b"\r\n")
    yield greeting + b"\r\n"
    for number in range(count):
        yield other(body, number, later=number)


def other(body: bytes, number: int, *, later: float) -> bytes:
    """The same messages so many seconds later, of other calls, channels and bridges."""
    body = re.sub(
        rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        lambda found: other_id(found[0].decode(), number).encode(),
        body,
    )
    body = re.sub(rb"(\w*(?:[Uu]niqueid|Linkedid): )([\w.-]+)", rb"\g<1>\g<2>%05d" % number, body)
    return re.sub(rb"Timestamp: ([\d.]+)", lambda found: b"Timestamp: %.6f" % (float(found[1]) + later), body)


@lru_cache(65536)
def other_id(call: str, number: int) -> str:
    """The call, or the bridge, that this one is in that repetition."""
    return str(uuid5(_NAMESPACE, f"{call}/{number}"))


def lines(data: bytes, observer: Observer | None = None) -> list[Line]:
    """Everything that a capture tells; what cannot be raises."""
    observer = observer or Observer(strict=True)
    told: list[Line] = []
    for message in messages([data]):
        heard = translate(message)
        if isinstance(heard, Signal):
            told += observer.hear(heard)
        elif isinstance(heard, Event):
            told.append(Line(None, heard))
    return told


def story(data: bytes) -> list[str]:
    """The same for people: seconds since the beginning, which call of the capture, the event and its fields."""
    told = lines(data)
    calls: dict[UUID | None, int] = {}
    texts = []
    for line in told:
        number = calls.setdefault(call_of(line.event), len(calls) + 1)
        fields = " ".join(f"{name}={value}" for name, value in encode(line.event).items() if name != "organisation")
        since = (line.event.at - told[0].event.at).total_seconds()
        texts.append(f"{since:7.3f} #{number} {type(line.event).__name__} {fields}".rstrip())
    return texts
