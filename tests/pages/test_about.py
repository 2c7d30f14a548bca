"""About this installation: version, migrations, job results, licences and whom to ask, for those who may know each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from db import EVERY_ORGANISATION, transaction
from run.job_runs import JobRun
from run.pages import queries
from run.version import VERSION, newest_migration
from tests.client import Client


def test_everybody_sees_the_version_and_whom_to_ask(
    client: Callable[[str], Client], app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state.settings, "support", "0 800 123 456, help@holos.example")
    page = client("olena").get("/about").text
    assert VERSION in page
    assert "help@holos.example" in page
    assert "EUPL-1.2" in page


def test_who_may_see_the_status_sees_how_jobs_went(client: Callable[[str], Client]) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        ran = {"every": timedelta(minutes=10), "started_at": datetime.now(UTC), "ended_at": datetime.now(UTC)}
        session.add(JobRun(name="staff.sign_ins", ok=False, error="Boom", **ran))
    assert "Boom" in client("mykola").get("/about").text
    assert "Boom" not in client("olena").get("/about").text


def test_the_licences_are_those_of_the_inventory(client: Callable[[str], Client]) -> None:
    page = client("olena").get("/about/licences").text
    assert "aiosmtplib" in page
    assert "badge-bad" not in page


def test_there_is_one_newest_migration(client: Callable[[str], Client]) -> None:
    assert len(newest_migration().split()) == 1
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.migration(session) in {"", newest_migration()}
        assert queries.postgres_version(session)
