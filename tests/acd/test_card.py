"""The card: what an agent sees of a caller before and after the ledger knows the call, and what nobody else does."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from acd.callers import service
from acd.model import Result
from calls.model import interface_of
from calls.tables import JournalRow, LegRow
from db import EVERY_ORGANISATION, transaction
from tests.acd.desks import PART, SCRIPT, SignedIn, call_of, comes_ready, wrap_up
from tests.centre import Centre
from web.languages import catalogue


def test_the_card_knows_the_caller(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    earlier, now = call_of(queues, "+380671234567", minutes=90), call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["andrii"], "+380671234567", "Погано чує, говорити повільно")
        service.write_note(session, queues.people["andrii"], earlier, "Обіцяли передзвонити")
        session.add(wrap_up(queues.people["andrii"], earlier, Result.EXPLAINED))
    card = olena.get(f"/desk/calls/{now}/card", headers=PART).text
    for expected in ("+380\u00a067\u00a0123\u00a04567", "Українська", "1 → 3", "Загальні питання", "Погано чує"):
        assert expected in card
    assert f"<strong>{catalogue('uk').gettext('Explained')}</strong>" in card, "how the earlier call ended"
    assert f"/appeals/card?call={now}&amp;number=%2B380671234567" in card
    assert "Обіцяли" not in card, "a note of another call stays with that call"


def test_the_card_of_a_call_the_ledger_does_not_know_yet(queues: Centre, client: SignedIn):
    card = client("olena").get(f"/desk/calls/{uuid4()}/card?number=%2B380671234567", headers=PART)
    assert card.status_code == 200
    assert "+380\u00a067\u00a0123\u00a04567" in card.text


@pytest.mark.parametrize(("asked", "shown"), [(PART, False), ({}, True)])
def test_a_call_that_neither_the_ledger_nor_a_phone_knows_is_not_there(
    queues: Centre, client: SignedIn, asked: dict[str, str], shown: bool
):
    others = call_of(queues, "+380671234567")
    for call in (uuid4(), others):
        answer = client("andrii").get(f"/desk/calls/{call}/card", headers=asked)
        assert answer.status_code == 404
        assert 'data-problem="404"' in answer.text
        assert catalogue("uk").gettext("There is nothing here") in answer.text
        assert ("<html" in answer.text) == shown, "the desk gets a part of a page, a reader the whole"
    assert client("andrii").get(f"/desk/calls/{uuid4()}/card?number=").status_code == 200, "a withheld number rings"


def test_a_call_of_others_shows_nothing_and_takes_no_notes(queues: Centre, client: SignedIn):
    """Andrii is in no queue and had no part: neither the call's id nor the number opens the caller's past to him."""
    call_of(queues, "+380671234567", minutes=90)
    call = call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["olena"], "+380671234567", "Таємниця")
    andrii = client("andrii")
    comes_ready(andrii)
    for asked in (call, uuid4()):
        card = andrii.get(f"/desk/calls/{asked}/card?number=%2B380671234567", headers=PART).text
        assert "data-early" in card
        assert "Таємниця" not in card
        assert "earlier-when" not in card
        for notes in ("notes", "caller-notes"):
            answer = andrii.post(f"/desk/calls/{asked}/{notes}", data={"text": "?"}, headers=SCRIPT)
            assert answer.status_code == 404
    with transaction(queues.organisations["khm"].id) as session:
        session.add(
            LegRow(
                organisation_id=queues.organisations["khm"].id,
                call=call,
                number=1,
                agent=interface_of(queues.people["andrii"].id),
                offered_at=datetime.now(UTC),
                talked=timedelta(0),
            )
        )
    card = andrii.get(f"/desk/calls/{call}/card", headers=PART).text
    assert "data-early" not in card, "now it rings at his place"
    assert "Таємниця" in card
    assert "earlier-when" in card


def test_a_colleague_who_is_asked_sees_the_card(queues: Centre, client: SignedIn):
    call = call_of(queues, "+380671234567")
    andrii = client("andrii")
    card = f"/desk/calls/{call}/card?number=agent7"
    assert ">7<" not in andrii.get(card).text, "a colleague's phone is no caller's number"
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            JournalRow(
                node="node1",
                seq=1,
                at=datetime.now(UTC),
                kind="ConsultStarted",
                call=call,
                organisation_id=queues.organisations["khm"].id,
                body={"to": interface_of(queues.people["andrii"].id)},
            )
        )
    assert "+380\u00a067\u00a0123\u00a04567" in andrii.get(card).text


def test_the_card_costs_few_queries(queues: Centre, client: SignedIn, database: Engine):
    olena = client("olena")
    comes_ready(olena)
    call = call_of(queues, "+380671234567")
    asked: list[str] = []

    def count(connection: object, cursor: object, statement: str, *more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert olena.get(f"/desk/calls/{call}/card", headers=PART).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    own = [statement for statement in asked if re.search(r"FROM (call|topic|call_note|caller_note)\b", statement)]
    assert len(own) == 3, own
    assert len(asked) <= 6, asked


def test_another_organisation_sees_nothing_of_the_call(queues: Centre, client: SignedIn):
    call = call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["olena"], "+380671234567", "Таємниця")
    card = client("anna").get(f"/desk/calls/{call}/card?number=%2B380671234567", headers=PART).text
    assert "Таємниця" not in card
    assert "khm" not in card
    note = client("anna").post(f"/desk/calls/{call}/caller-notes", data={"text": "?"}, headers=SCRIPT)
    assert note.status_code == 404


def test_what_a_caller_said_is_only_text(queues: Centre, client: SignedIn):
    call = call_of(queues, "")
    olena = client("olena")
    comes_ready(olena)
    answer = olena.post(f"/desk/calls/{call}/notes", data={"text": "<script>alert(1)</script>"}, headers=SCRIPT)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
