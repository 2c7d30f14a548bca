"""The limit for reopening: the organisation's own, of the day of the closing, with its reason shown."""

import html
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from appeals.tables import Appeal
from appeals.workflow import queries, reopening
from appeals.workflow.model import Deed, Refusal, Told
from appeals.workflow.service import NotDone
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cards import Browser
from tests.appeals.workflow.conftest import City
from tests.appeals.workflow.test_deeds import end

BASIS = "Рішення виконкому № 12"


def closed(city: City, *, days_ago: int) -> Appeal:
    """An appeal that was explained so long ago."""
    appeal = city.appeal()
    end(Deed.EXPLAIN, appeal.number, Told(report="x"), city.olena)
    with transaction(EVERY_ORGANISATION) as session:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(closed_at=at))
    return appeal


def rule(city: City, days: int | None, *, since: date) -> None:
    """A limit from a day on."""
    with transaction(city.olena.organisation_id) as session:
        by = city.centre.people["admin.khm"]
        reopening.set_rule(session, days, BASIS, verified=False, valid_from=since, by=by)


def test_the_rule_of_the_day_of_the_closing_counts(city: City) -> None:
    """U-85: with no rule there is no limit; the last day is the organisation's own."""
    today = datetime.now(UTC).date()
    old = closed(city, days_ago=400)
    end(Deed.REOPEN, old.number, Told(reason="x"), city.olena)
    rule(city, 60, since=today - timedelta(days=300))
    rule(city, 10, since=today - timedelta(days=20))
    rule(city, None, since=today - timedelta(days=2))
    for days_ago, may in ((62, False), (59, True), (22, True), (18, False), (9, True), (1, True)):
        appeal = closed(city, days_ago=days_ago)
        if may:
            assert end(Deed.REOPEN, appeal.number, Told(reason="x"), city.olena).reopens_id == appeal.id
            continue
        with pytest.raises(NotDone) as refused:
            end(Deed.REOPEN, appeal.number, Told(reason="x"), city.olena)
        assert refused.value.why is Refusal.TOO_LATE


def test_the_reason_is_shown_where_it_is_too_late(city: City, client: Browser) -> None:
    rule(city, 10, since=datetime.now(UTC).date() - timedelta(days=30))
    olena = client("olena")
    late, in_time = closed(city, days_ago=12), closed(city, days_ago=5)
    page = html.unescape(olena.get(f"/appeals/{late.number}").text)
    assert ("Відкрити повторно можна було до" in page, BASIS in page, 'value="reopen"' in page) == (True, True, False)
    page = html.unescape(olena.get(f"/appeals/{in_time.number}").text)
    assert ("Відкрити повторно можна до" in page, BASIS in page, 'value="reopen"' in page) == (True, True, True)


def test_the_administrator_sets_it(city: City, client: Browser) -> None:
    admin, iryna = client("admin.khm"), client("iryna")
    assert "Правил ще немає" in html.unescape(admin.get("/terms/reopening").text)
    sent = {"days": "30", "basis": BASIS, "valid_from": "2026-01-01"}
    assert admin.post("/terms/reopening", data=sent).status_code == 303
    again = admin.post("/terms/reopening", data=sent)
    assert (again.status_code, "Інше правило починається того дня" in html.unescape(again.text)) == (422, True)
    page = html.unescape(iryna.get("/terms/reopening").text)
    assert ("30 днів" in page, BASIS in page, "ще звірити" in page) == (True, True, True)
    assert iryna.post("/terms/reopening", data=sent).status_code == 403
    with transaction(city.olena.organisation_id) as session:
        [set_] = queries.reopenings(session, city.olena.organisation_id)
    assert admin.post(f"/terms/reopening/{set_.id}/verify").status_code == 303
    assert "ще звірити" not in html.unescape(admin.get("/terms/reopening").text)
