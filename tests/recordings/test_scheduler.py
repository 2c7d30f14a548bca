"""The scheduler: what is due runs once, one failure touches nothing else, and only one scheduler works."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from db import EVERY_ORGANISATION, transaction
from run.job_runs import JobRun
from run.scheduler import Job, Scheduler
from tests.centre import Centre
from tests.town.waiting import wait_for

MINUTE = timedelta(minutes=1)


def noted(name: str) -> JobRun:
    with transaction(EVERY_ORGANISATION) as session:
        run = session.get(JobRun, name)
        assert run is not None
        session.expunge(run)
        return run


def running(scheduler: Scheduler) -> threading.Thread:
    thread = threading.Thread(target=scheduler.run, daemon=True)
    thread.start()
    return thread


def test_a_job_runs_when_it_is_due(centre: Centre) -> None:
    done: list[str] = []
    scheduler = Scheduler([Job("often", MINUTE, lambda: done.append("often") or {"asked_for": 3}, ("asked_for",))])
    now = datetime.now(UTC)
    scheduler.tick(now)
    scheduler.tick(now + MINUTE / 2)
    assert done == ["often"]
    scheduler.tick(now + MINUTE)
    assert done == ["often"] * 2
    assert (noted("often").ok, noted("often").counts) == (True, {"asked_for": 3})


def test_a_job_that_fails_is_noted_and_the_others_run(centre: Centre) -> None:
    done: list[str] = []

    def fail() -> dict[str, int]:
        raise OSError("the disk is on fire")

    Scheduler([Job("broken", MINUTE, fail), Job("whole", MINUTE, lambda: done.append("x") or {})]).tick(
        datetime.now(UTC)
    )
    assert done == ["x"]
    broken = noted("broken")
    assert (broken.ok, broken.error) == (False, "OSError: the disk is on fire")
    assert broken.failed_at is not None


def test_a_job_that_finds_nothing_to_do_is_noted_now_and_then_and_its_failure_at_once(centre: Centre) -> None:
    found: list[Mapping[str, int]] = []

    def look() -> Mapping[str, int]:
        if not found:
            raise OSError("away")
        return found.pop()

    scheduler = Scheduler([Job("idle", timedelta(0), look, ("asked_for",))])
    now = datetime.now(UTC)

    def seen(counts: int) -> JobRun:
        found.append({"asked_for": counts})
        scheduler.tick(now)
        return noted("idle")

    first = seen(0)
    assert seen(0).started_at == first.started_at
    worked = seen(2)
    assert worked.started_at > first.started_at
    assert worked.counts == {"asked_for": 2}
    scheduler.tick(now)
    assert noted("idle").ok is False
    again = seen(0)
    assert again.ok is True
    assert again.failed_at is not None


def test_after_a_standstill_the_last_job_sees_that_the_others_have_run(centre: Centre) -> None:
    """Otherwise each return from a longer update would raise an alarm for every job."""
    with transaction(EVERY_ORGANISATION) as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=10)
        session.add(JobRun(name="often", every=timedelta(seconds=2), started_at=long_ago, ok=True))
    late: list[bool] = []
    jobs = [
        Job("often", timedelta(seconds=2), dict),
        Job("lookout", MINUTE, lambda: late.append(noted("often").is_late(datetime.now(UTC))) or {}),
    ]
    Scheduler(jobs).tick(datetime.now(UTC))
    assert late == [False]


def test_a_job_whose_counts_nobody_declared_is_noted_as_failed(centre: Centre) -> None:
    """Nobody would understand them."""
    Scheduler([Job("secretive", MINUTE, lambda: {"asked_for": 1, "riddles": 3}, ("asked_for",))]).tick(
        datetime.now(UTC)
    )
    assert (noted("secretive").ok, noted("secretive").error) == (False, "ValueError: counts not declared: ['riddles']")


def test_late_jobs_run_once_on_return(centre: Centre) -> None:
    """Away for an hour: sixty runs were missed, one is made up for."""
    with transaction(EVERY_ORGANISATION) as session:
        for name, ago in (("late", timedelta(hours=1)), ("fresh", timedelta(seconds=1))):
            session.add(JobRun(name=name, every=MINUTE, started_at=datetime.now(UTC) - ago, ok=True))
    done: list[str] = []
    scheduler = Scheduler([Job(name, MINUTE, lambda name=name: done.append(name) or "") for name in ("late", "fresh")])
    thread = running(scheduler)
    wait_for("the late job", lambda: done)
    scheduler.stop()
    thread.join(10)
    assert done == ["late"]


def test_only_one_scheduler_works_at_a_time(centre: Centre) -> None:
    done: list[str] = []
    first = Scheduler([Job("first", MINUTE, lambda: done.append("first") or "")])
    second = Scheduler([Job("second", MINUTE, lambda: done.append("second") or "")])
    one = running(first)
    wait_for("the first", lambda: done == ["first"])
    other = running(second)
    other.join(0.5)
    assert done == ["first"]
    second.stop()
    other.join(10)
    first.stop()
    one.join(10)
    third = Scheduler([Job("third", MINUTE, lambda: done.append("third") or "")])
    again = running(third)
    wait_for("the third", lambda: done == ["first", "third"])
    third.stop()
    again.join(10)
