"""A Redis that fails is left alone for some seconds."""

import socket
import time
from datetime import timedelta
from functools import partial

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as TooLate
from redis.retry import Retry

from web import hints, live
from web.breaker import Breaker, Resting


def hangs() -> None:
    raise TooLate


def test_after_a_failure_nobody_asks_for_a_while() -> None:
    now = [100.0]
    breaker = Breaker(rest=timedelta(seconds=5), clock=lambda: now[0])
    assert breaker.ask(lambda: 1) == 1
    with pytest.raises(TooLate):
        breaker.ask(hangs)
    now[0] += 4.9
    with pytest.raises(Resting):
        breaker.ask(lambda: 2)
    now[0] += 0.2
    assert breaker.ask(lambda: 3) == 3


def test_news_wait_for_one_time_out_not_for_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints._Link, "publish", hints._Link.publish)  # put back afterwards
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Redis(port=silent.getsockname()[1], socket_timeout=0.5, retry=Retry(NoBackoff(), 0))
        hints.connect(partial(live.publish, client))
        begun = time.monotonic()
        for person in range(20):
            hints.send(f"desk:{person}", {"kind": "state"})
        assert 0.5 <= time.monotonic() - begun < 5
