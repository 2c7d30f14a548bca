"""A card that was begun and not registered: found again, handed on with the call, registered once."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update

from appeals.tables import AppealDraft
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from tests.acd.desks import call_of
from tests.appeals.cards import Browser, fields, form, stored
from tests.centre import Centre
from tests.client import Client

HALF = {"surname": "Мельник", "substance": "Недописане про ліхтар"}
NOW = {"state": "ended", "fate": "answered", "ended_at": datetime.now(UTC)}


def begins(browser: Client, call: object, **changes: str) -> None:
    """Types into the card of the call as it is shown, and its autosave is sent."""
    card = fields(card_of(browser, call))
    kept = browser.post("/appeals/draft", params={"call": str(call)}, data=card | HALF | changes)
    assert kept.status_code == 200


def card_of(browser: Client, call: object) -> str:
    """The card on the desk."""
    return browser.get("/appeals/card", params={"call": str(call)}).text


def over(call: UUID) -> None:
    """The call has ended."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CallRow).where(CallRow.id == call).values(NOW))


def drafts() -> list[AppealDraft]:
    """Whatever is typed and not registered."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(AppealDraft)))


def test_a_begun_card_is_found_again_on_the_page_of_its_call_and_in_ones_own_list(
    centre: Centre, client: Browser
) -> None:
    olena, call = client("olena"), call_of(centre, "+380671234567")
    begins(olena, call)
    over(call)
    assert olena.get("/appeals/draft", params={"call": str(call)}).json() == {"begun": True}
    for place in (f"/appeals/of-call?call={call}", "/appeals", "/appeals/begun"):
        page = olena.get(place).text
        assert f'href="/appeals/begun/{call}"' in page, place
        assert all(words in page for words in (*HALF.values(), centre.people["olena"].name)), place
    again = olena.get(f"/appeals/begun/{call}").text
    assert HALF["substance"] in again
    assert fields(again)["surname"] == HALF["surname"]
    olena.post("/appeals", data=form(**{**HALF, "call": str(call), "submission": fields(again)["submission"]}))
    assert [(one.call_id, one.substance) for one in stored()] == [(call, HALF["substance"])]
    assert "/appeals/begun/" not in olena.get("/appeals").text + olena.get(f"/appeals/of-call?call={call}").text


def test_it_is_discarded(centre: Centre, client: Browser) -> None:
    olena, call = client("olena"), call_of(centre, "+380671234567")
    begins(olena, call)
    over(call)
    assert f"/appeals/draft/discard?call={call}" in olena.get(f"/appeals/begun/{call}").text
    olena.post("/appeals/draft/discard", params={"call": str(call)})
    assert not drafts()
    assert olena.get("/appeals/draft", params={"call": str(call)}).json() == {"begun": False}


def test_a_colleague_without_the_call_does_not_see_it_and_a_supervisor_does(centre: Centre, client: Browser) -> None:
    call = call_of(centre, "+380671234567")
    begins(client("olena"), call)
    assert HALF["substance"] not in client("iryna").get("/appeals").text, "it is still being written"
    over(call)
    andrii = client("andrii")
    assert andrii.get(f"/appeals/begun/{call}").status_code == 404
    andrii.post("/appeals/draft/discard", params={"call": str(call)})
    places = ("/appeals", "/appeals/begun", f"/appeals/of-call?call={call}", f"/appeals/card?call={call}")
    assert [place for place in places if HALF["substance"] in andrii.get(place).text] == []
    assert HALF["substance"] in client("iryna").get("/appeals").text
    assert HALF["substance"] in client("iryna").get(f"/appeals/begun/{call}").text
    assert client("anna").get(f"/appeals/begun/{call}").status_code == 404


def test_who_is_only_known_by_the_number_begins_no_card(centre: Centre, client: Browser) -> None:
    olena, call = client("olena"), call_of(centre, "+380671234567")
    olena.post("/appeals", data=form())
    card = fields(card_of(olena, call))
    assert (card["surname"], bool(card["filled"])) == ("Коваленко", True)
    olena.post("/appeals/draft", params={"call": str(call)}, data=card | {"kind": "complaint"})
    over(call)
    assert olena.get("/appeals/draft", params={"call": str(call)}).json() == {"begun": False}
    assert f"/appeals/begun/{call}" not in olena.get("/appeals").text


def test_the_next_operator_goes_on_with_it_and_it_is_registered_once(centre: Centre, client: Browser) -> None:
    olena, andrii, call = client("olena"), client("andrii"), call_of(centre, "+380671234567")
    begins(olena, call)
    assert olena.get("/appeals/draft", params={"call": str(call)}).json() == {"begun": False}, "the caller is not gone"
    card = card_of(andrii, call)
    assert HALF["substance"] in card
    assert f"Розпочато: {centre.people['olena'].name}" in card
    begins(andrii, call, substance="Недописане про ліхтар і лавку")
    [draft] = drafts()
    assert draft.person_id == centre.people["andrii"].id
    sent = form(**{**HALF, "call": str(call), "submission": fields(card)["submission"]})
    andrii.post("/appeals", data=sent | {"substance": "Ліхтар і лавка"})
    again = olena.post("/appeals", data=sent, headers={"HX-Request": "true"})
    assert again.status_code == 422
    assert f"{centre.people['andrii'].name}, {stored()[0].number}" in again.text
    assert len(stored()) == 1
    olena.post("/appeals/draft", params={"call": str(call)}, data=sent)
    assert not drafts(), "what was registered is not begun again by a form that was left open"
    other = sent | {"submission": fields(again.text)["submission"], "substance": "Інша справа"}
    assert olena.post("/appeals", data=other).status_code == 303
    assert len(stored()) == 2


def test_what_a_colleague_has_typed_meanwhile_is_not_lost(centre: Centre, client: Browser) -> None:
    olena, andrii, call = client("olena"), client("andrii"), call_of(centre, "+380671234567")
    begins(olena, call)
    seen = fields(card_of(andrii, call))
    begins(olena, call, substance="Дописане")
    andrii.post("/appeals/draft", params={"call": str(call)}, data=seen | {"substance": "Моє"})
    assert {draft.fields["substance"] for draft in drafts()} == {"Дописане", "Моє"}
