"""The room on the disk of the spool: what is logged, and for how long it lasts at the present rate."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis
from structlog.testing import capture_logs

from recordings import room
from recordings.model import Room
from run.scheduler import jobs_of
from run.settings import Settings
from web import facts

MINUTE, HOUR = 60, 3600
Looks = Callable[..., str]


@pytest.fixture
def looks(settings: Settings) -> Looks:
    """`looks(0.15, at=HOUR)`: the scheduler's look at a disk of 1000 bytes, so many seconds after the first."""
    url = settings.redis_url.get_secret_value()
    redis.Redis.from_url(url).delete(facts.PREFIX + room.FACT)
    facts.connect(url)
    first = datetime.now(UTC)

    def look(share: float, *, at: float = 0) -> dict[str, int]:
        return room.note(round(share * 1000), 1000, at=first + timedelta(seconds=at))

    return look


@pytest.mark.parametrize(
    ("share", "logged"),
    [
        (0.5, []),
        (0.2, []),
        (0.199, [{"event": "recordings_disk_filling", "log_level": "warning", "free": 0.199}]),
        (0.05, [{"event": "recordings_disk_almost_full", "log_level": "error", "free": 0.05}]),
    ],
)
def test_a_filling_disk_is_logged_each_time(looks: Looks, share: float, logged: list[dict[str, object]]) -> None:
    for minute in (0, 1):
        with capture_logs() as log:
            assert looks(share, at=minute * MINUTE) == {"percent_free": round(share * 100)}
        assert log == logged


def test_the_scheduler_has_the_job(settings: Settings) -> None:
    job = next(job for job in jobs_of(settings) if job.name == "recordings.room")
    assert job.every == timedelta(minutes=1)
    assert 0 <= job.do()["percent_free"] <= 100


def test_the_rate_is_that_of_the_last_day(looks: Looks) -> None:
    for hour in range(30):
        looks(0.9 - 0.025 * hour, at=hour * HOUR)
    told = room.alarm()
    assert told is not None
    assert told.room is Room.LITTLE
    assert told.free == 175
    assert told.lasts == timedelta(hours=7)


def test_minute_by_minute_looks_keep_one_in_ten(looks: Looks) -> None:
    for minute in range(61):
        looks(0.16 - 0.001 * minute, at=minute * MINUTE)
    fact = facts.known(room.FACT)
    assert fact is not None
    assert len(fact["looks"]) == 7
    told = room.alarm()
    assert told is not None
    assert told.lasts == timedelta(minutes=100)


@pytest.mark.parametrize(("before", "after"), [(HOUR, 0.16), (20 * MINUTE, 0.10)])
def test_a_rate_is_not_told_when_it_gets_no_less_or_is_too_young(looks: Looks, before: float, after: float) -> None:
    looks(0.15, at=0)
    looks(after, at=before)
    told = room.alarm()
    assert told is not None
    assert told.lasts is None


def test_enough_room_is_no_alarm(looks: Looks) -> None:
    assert room.alarm() is None
    looks(0.2)
    assert room.alarm() is None
