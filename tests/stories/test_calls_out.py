"""Operators call citizens from their desks; the number is checked before, and the call is in the journal as ours."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from acd.outgoing.model import Refusal
from acd.outgoing.words import REFUSALS
from tests.town.arranged import calls_an_hour
from tests.town.people import Person, digits
from tests.town.town import Town
from tests.town.waiting import wait_for

TALK = 4  # seconds


def test_an_operator_calls_a_citizen(town: Town) -> None:
    """A number that is none is told beside the field; the right one rings, is talked with and recorded."""
    citizen = town.caller("uk")
    olena = town.agent("olena").signs_in().starts_shift()
    olena.calls("067 12")
    expect(olena.part("dial-problem")).to_have_text(
        olena.in_their_language("The number is too short: is the code of the town or the operator missing?")
    )
    assert not town.product.rows("SELECT id FROM call WHERE caller LIKE '%%06712'"), "it was called all the same"

    olena.calls(_as_it_is_written_at_home(citizen))
    citizen.is_called().answers().hears("recording-notice", "uk")
    olena.is_in("talking")
    citizen.talks_with(olena, town.speech("uk"), seconds=TALK)
    assert olena.sees_card(of=citizen.number) == str(citizen.call["id"])
    citizen.hangs_up()
    olena.is_in("wrap_up").wraps_up("explained").ends_shift()

    call = citizen.ends_as("answered")
    assert (call["direction"], call["dialled"], call["agent"]) == ("out", "1580", olena.interface)
    assert town.recording_of(citizen)["duration"] > timedelta(seconds=TALK - 1)
    page = town.call_page("iryna", call["id"])
    assert town.name_of("olena") in page.sentence


def test_a_number_is_called_from_the_card(town: Town) -> None:
    """The caller rang off too early: one press in the wrap-up brings the number into the field."""
    olena, caller = town.talk("olena", "khm-heating")
    olena.sees_card(of=caller.number)
    caller.hangs_up()
    olena.is_in("wrap_up")
    olena.page.locator("[data-call-number]").click()
    assert digits(olena.part("dial-number").input_value()) == digits(caller.number)
    olena.wraps_up("unresolved")
    olena.page.keyboard.press("F10")
    olena.page.keyboard.press("Enter")
    caller.is_called().answers().hears("recording-notice", "uk")
    olena.is_in("talking")
    caller.hangs_up()
    assert caller.ends_as("answered")["direction"] == "out"
    olena.wraps_up("settled").ends_shift()


def test_a_citizen_who_is_busy(town: Town) -> None:
    """The desk says so, and the operator goes on with what they did."""
    citizen = town.caller("uk")
    olena = town.agent("olena").signs_in().goes_ready()
    olena.calls(citizen.number)
    citizen.is_called().rejects()
    expect(olena.part("notice")).to_contain_text(olena.in_their_language("The number is busy."))
    olena.is_in("ready").ends_shift()
    assert _call_to(town, citizen)["fate"] == "not_reached"


def test_over_the_limit_of_an_hour_the_desk_and_the_telephone_system_refuse(town: Town) -> None:
    """Bobur has one call left; a desk that dials although it was told no is refused by Asterisk."""
    citizen, bobur = town.caller("uz"), town.agent("bobur").signs_in().goes_ready()
    with calls_an_hour(town, "dtm", "bobur", 1):
        bobur.calls(citizen.number)
        citizen.is_called().rejects()
        bobur.is_in("ready")
        _call_to(town, citizen)
        bobur.calls(citizen.number)
        refused, _, _ = bobur.in_their_language(REFUSALS[Refusal.TOO_MANY_OF_PERSON]).partition("%(")
        expect(bobur.part("dial-problem")).to_contain_text(refused)

        told = {"dial": citizen.number, "name": citizen.number}
        bobur.page.route("**/desk/outgoing", lambda asked: asked.fulfill(json=told))
        bobur.calls(citizen.number)
        expect(bobur.part("notice")).to_contain_text(bobur.in_their_language("The number cannot be reached."))
        bobur.page.unroute("**/desk/outgoing")
        assert len(town.product.rows("SELECT 1 FROM call WHERE caller = %s", citizen.number)) == 1
    bobur.is_in("ready").ends_shift()


def test_a_caller_is_handed_to_a_number_outside_by_right(town: Town) -> None:
    """Dilnoza may, Anna may not: for her the number can only be asked."""
    outside = town.caller("uz")
    anna, caller = town.talk("anna", "dtm-certificates")
    anna.page.keyboard.press("F8")
    anna.page.keyboard.type(outside.number)
    row = anna.page.locator(".target-outside")
    expect(row.locator("[data-ask]")).to_be_visible()
    expect(row.locator("[data-now]")).to_have_count(0)
    anna.page.locator("#transfer form button").click()
    dilnoza = town.agent("dilnoza").signs_in().starts_shift()
    anna.transfers_to("Dilnoza")
    dilnoza.phone_rings().answers()
    anna.wraps_up("passed_on").ends_shift()

    dilnoza.page.keyboard.press("F8")
    dilnoza.page.keyboard.type(outside.number)
    dilnoza.page.keyboard.press("Enter")
    outside.is_called().answers()
    dilnoza.is_in("wrap_up")
    caller.is_understood_by(outside, town.speech("uz"), seconds=TALK)
    outside.is_understood_by(caller, town.speech("uz"), seconds=TALK)
    outside.hangs_up()
    caller.is_sent_away()
    dilnoza.wraps_up("passed_on").ends_shift()
    assert caller.ends_as("answered")["transfers"] == 2


def _call_to(town: Town, citizen: Person) -> dict[str, Any]:
    ended = "SELECT * FROM call WHERE caller = %s AND direction = 'out' AND state = 'ended'"
    return wait_for("the call to be over", lambda: town.product.rows(ended, citizen.number))[0]


def _as_it_is_written_at_home(citizen: Person) -> str:
    """+380671000001 as 067 100 00 01."""
    digits = citizen.number.removeprefix("+38")
    return f"{digits[:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}"
