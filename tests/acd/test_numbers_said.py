"""A number that a caller in a browser only says opens nobody's past, on no card."""

from uuid import uuid4

from sqlalchemy import select

from acd.callers import service
from calls.tables import Topic
from db import transaction
from staff.tables import Audit
from tests.acd.desks import PART, SCRIPT, SignedIn, call_of, comes_ready
from tests.centre import Centre
from web.languages import catalogue


def test_a_number_that_the_caller_only_says_opens_nobodys_past(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call_of(queues, "+380671234567", minutes=90)
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["andrii"], "+380671234567", "Таємниця")
    call = call_of(queues, "+380671234567", source="browser")
    card = olena.get(f"/desk/calls/{call}/card", headers=PART).text
    assert "+380\u00a067\u00a0123\u00a04567" in card
    assert catalogue("uk").gettext("The number was given by the caller, not confirmed.") in card
    assert "declared=true" in card
    assert "Таємниця" not in card
    assert "earlier-when" not in card
    note = olena.post(f"/desk/calls/{call}/caller-notes", data={"text": "?"}, headers=SCRIPT)
    assert note.status_code == 404, "a note would be read at the calls of somebody else"
    early = olena.get(f"/desk/calls/{uuid4()}/card?number=%2B380671234567&source=browser", headers=PART).text
    assert "declared=true" in early, "the phone says it before the ledger does"
    looked_for = olena.get(f"/desk/calls/{call}/number", headers=PART).text
    assert "earlier-when" in looked_for
    with transaction(queues.organisations["khm"].id) as session:
        deeds = list(session.scalars(select(Audit.deed)))
    assert "number.looked_for" in deeds


def test_an_earlier_call_from_a_browser_is_marked_on_the_card(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call_of(queues, "+380671234567", minutes=90, source="browser")
    card = olena.get(f"/desk/calls/{call_of(queues, '+380671234567')}/card", headers=PART).text
    assert catalogue("uk").gettext("from the browser, number not confirmed") in card


def test_the_card_of_an_appeal_does_not_trust_a_number_from_a_browser(queues: Centre, client: SignedIn):
    olena = client("olena")
    known = {"surname": "Коваленко", "kind": "complaint", "topic": "water", "substance": "Немає води"}
    with transaction(queues.organisations["khm"].id) as session:
        session.add(Topic(organisation_id=queues.organisations["khm"].id, code="water", name={"uk": "Вода"}))
    form = {
        **known,
        "phone": "+380671234567",
        "call": str(call_of(queues, "+380671234567")),
        "submission": str(uuid4()),
    }
    assert olena.post("/appeals", data=form, headers=PART).status_code == 200
    certain = f"/appeals/card?call={call_of(queues, '+380671234567')}&number=%2B380671234567"
    assert "Коваленко" in olena.get(certain, headers=PART).text
    call = call_of(queues, "+380671234567", source="browser")
    for asked in (f"call={call}", f"call={uuid4()}&declared=true"):
        card = olena.get(f"/appeals/card?{asked}&number=%2B380671234567", headers=PART).text
        assert "Коваленко" not in card
        assert "appeal-known" not in card
        assert "+380671234567" in card, "filled in, to be asked about"
    wrong = olena.post("/appeals", data={"call": str(call), "phone": "+380671234567"}, headers=PART)
    assert wrong.status_code == 422
    assert "appeal-known" not in wrong.text
