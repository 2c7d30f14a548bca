"""Operators for a rush: made from a list, with passwords to hand out; they end when their time is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from acd.temporary.service import extend
from acd.temporary.tables import TemporaryBatch
from calls.model import interface_of
from staff.queries import find_by_login
from tests.town.operators import Operator
from tests.town.town import Town
from tests.town.waiting import wait_for

KYIV = ZoneInfo("Europe/Kyiv")
QUEUE, TOPIC = "khm-heating", "Опалення"
MARIIA, LOGIN = "Марія Коваль", "mariia.koval"
LATEST = 40  # seconds until the scheduler has looked
WHO = "SELECT id, disabled_at FROM person WHERE login = %s"


@pytest.fixture
def iryna(town: Town) -> Page:
    """A supervisor who adds temporary operators."""
    return town.agent("iryna").signs_in(to="/surge/accounts/new").page


@pytest.fixture
def mariia(town: Town, iryna: Page) -> Iterator[Operator]:
    """The first of three, at a desk with the password of her slip."""
    iryna.fill("#field-name", "Опалювальний сезон")
    iryna.fill("#field-people", f"{MARIIA}; {LOGIN}\nІван Ткач\nОксана Гай")
    iryna.get_by_label(TOPIC, exact=True).check()
    iryna.locator("form[action='/surge/accounts'] button.btn-primary").click()
    slips = iryna.locator(".slip")
    expect(slips).to_have_count(3)
    slip = slips.filter(has_text=MARIIA)
    expect(slip.locator("code").nth(1)).to_have_text(LOGIN)
    password = slip.locator(".secret").inner_text()
    iryna.reload()
    expect(iryna.locator(".secret")).to_have_count(0)
    operator = Operator(
        town.playwright,
        town.here,
        login=LOGIN,
        interface=interface_of(town.product.rows(WHO, LOGIN)[0]["id"]),
        password=password,
        url=town.product.settings.public_url,
        language="uk",
    )
    yield operator
    operator.leaves()


def test_a_batch_works_until_its_time_is_over_and_finishes_its_calls(town: Town, iryna: Page, mariia: Operator) -> None:
    """Her time is over in the middle of a call: she finishes it and its wrap-up, and cannot come in again."""
    mariia.signs_in().goes_ready()
    caller = town.caller("uk").asks_for(QUEUE)
    mariia.phone_rings().answers()
    later = (datetime.now(KYIV) + timedelta(minutes=30)).replace(second=0, microsecond=0)
    iryna.fill("#field-valid_until", later.strftime("%Y-%m-%dT%H:%M"))
    with iryna.expect_navigation():
        iryna.locator("form[action$='/extend'] button").click()
    until = _is_over_now(town, later)
    ends_after = (
        "SELECT ends_after FROM shift JOIN person ON person.id = person_id WHERE login = %s AND ended_at IS NULL"
    )
    wait_for("the end to be seen", lambda: town.product.rows(ends_after, LOGIN)[0]["ends_after"], seconds=LATEST)
    assert datetime.now(KYIV) >= until
    caller.talks_with(mariia, town.speech("uk"), seconds=4)
    assert town.product.rows(WHO, LOGIN)[0]["disabled_at"] is None, "she may finish"

    caller.hangs_up()
    assert caller.ends_as("answered")["agent"] == mariia.interface
    mariia.wraps_up()
    wait_for("the account to be closed", lambda: town.product.rows(WHO, LOGIN)[0]["disabled_at"], seconds=LATEST)
    expect(mariia.is_refused()).to_contain_text(until.strftime(":%M"))
    iryna.goto("/surge/accounts")
    row = iryna.locator("tr", has_text="Опалювальний сезон")
    expect(row.locator(".badge-neutral")).to_be_visible()


def _is_over_now(town: Town, later: datetime) -> datetime:
    """The time of the batch, which was to be over later, is brought forward; a page can only choose a full minute."""
    with town.product.office("khm") as (session, _):
        batch = session.scalars(select(TemporaryBatch).where(TemporaryBatch.ended_at.is_(None))).one()
        assert batch.valid_until == later
        supervisor = find_by_login(session, "iryna")
        assert supervisor is not None
        now = datetime.now(KYIV)
        extend(session, batch, now, by=supervisor)
    return now
