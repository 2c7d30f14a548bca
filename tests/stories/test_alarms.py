"""An operator's mark in the talk and the result after it: the group knows within ten seconds, and once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

import db
from db import EVERY_ORGANISATION, transaction
from notify.model import ChannelKind
from notify.tables import Channel
from staff.queries import find_by_login
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import Alarm, AlarmStep
from tests.notify.conftest import TOKEN
from tests.notify.far_ends import HttpEnd
from tests.processes import running
from tests.town.town import Town
from tests.town.waiting import wait_for


@contextmanager
def notifier(town: Town) -> Iterator[None]:
    with running(town.product.settings, "run.notifier"):
        db.connect(town.product.settings.database_url.get_secret_value())
        try:
            yield
        finally:
            db.disconnect()


def ladder_to(gateway: HttpEnd) -> None:
    """The city's group, at once, of every kind."""
    with transaction(EVERY_ORGANISATION) as session:
        olena = find_by_login(session, "olena")
        assert olena is not None
        own = {"organisation_id": olena.organisation_id}
        way = Channel(**own, name="Чергові", kind=ChannelKind.TELEGRAM, settings={"base": gateway.url}, secret=TOKEN)
        session.add(way)
        session.flush()
        kinds = [kind.value for kind in (Kind.UNRESOLVED, Kind.DISPUTED)]
        step = {"channel_id": way.id, "recipient": "-100", "language": "uk", "kinds": kinds}
        session.add(AlarmStep(**own, after=timedelta(0), **step))


def test_the_group_knows_of_a_disputed_call_within_ten_seconds_of_the_mark(town: Town) -> None:
    with HttpEnd() as gateway, notifier(town):
        gateway.telegram(200)
        ladder_to(gateway)
        olena = town.agent("olena").signs_in().goes_ready()
        caller = town.caller("uk").asks_for("khm-heating")
        olena.phone_rings()
        olena.answers()
        olena.is_in("talking")
        mark = olena.page.locator(".marks button[value=disputed]")
        expect(mark).to_be_visible(timeout=15_000)
        begun = time.monotonic()
        mark.click()
        wait_for("the group to be told", lambda: gateway.posted, seconds=20.0)
        assert time.monotonic() - begun < 10
        expect(olena.page.locator(".marks button[value=disputed]")).to_have_count(0)
        caller.hangs_up()
        olena.is_in("wrap_up")
        olena.wraps_up("disputed").ends_shift()
        call = caller.call
        wait_for("the ledger to have the result", lambda: caller.call["result"] == "disputed", seconds=20.0)
        assert len(gateway.posted) == 1, "the mark and the result are one alarm"
        text = gateway.posted[0]["text"]
        assert call["caller"][-7:] not in text
        with transaction(EVERY_ORGANISATION) as session:
            (alarm,) = session.scalars(select(Alarm).where(Alarm.call == call["id"])).all()
        assert str(alarm.call) == str(call["id"])
        assert f"/alarms/{alarm.id}" in text
