"""A Redis that fails is left alone for some seconds."""

import pytest
from redis.exceptions import TimeoutError as TooLate

from acd import news
from web.breaker import Breaker, Resting


def hangs() -> None:
    raise TooLate


def test_after_a_failure_nobody_asks_for_a_while() -> None:
    now = [100.0]
    breaker = Breaker(rest=5, clock=lambda: now[0])
    assert breaker.ask(lambda: 1) == 1
    with pytest.raises(TooLate):
        breaker.ask(hangs)
    now[0] += 4.9
    with pytest.raises(Resting):
        breaker.ask(lambda: 2)
    now[0] += 0.2
    assert breaker.ask(lambda: 3) == 3


def test_news_wait_for_one_time_out_not_for_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def publish(channel: str, message: dict[str, object]) -> None:
        asked.append(channel)
        hangs()

    monkeypatch.setattr(news._Link, "publish", news._Link.publish)
    news.connect(publish)
    for person in range(20):
        news._send(f"desk:{person}", {"kind": "state"})
    assert asked == ["desk:0"]
