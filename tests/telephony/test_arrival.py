"""Who may call, what is known of the call, and what happens when there is no room."""

import uuid

import pytest

from tests.telephony.conftest import CITY, PROMPT_TONES, SECRET, Centre
from tests.town.waiting import wait_for


def test_a_call_of_the_trunk_is_announced(centre: Centre) -> None:
    centre.telephone().call("1414", caller='"Anna" <sip:+998901234567@127.0.0.2>').is_answered()
    arrived = centre.events.wait("CallArrived")
    assert uuid.UUID(arrived["Call"]).version == 4
    said = {name: arrived[name] for name in ("Organisation", "Caller", "Dialled", "Language", "Source")}
    assert said == {
        "Organisation": "2",
        "Caller": "+998901234567",
        "Dialled": "1414",
        "Language": "uz",
        "Source": "trunk",
    }
    joined = centre.events.wait("QueueCallerJoin")
    assert joined["ChanVariable"] == f"CALL_ID={arrived['Call']}"
    assert "Anna" not in joined.values()


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        (["P-Asserted-Identity: <sip:+998901234567@carrier.example>"], "+998901234567"),
        (['P-Asserted-Identity: "x" <sip:998901234567@carrier.example;user=phone>', "Privacy: none"], "998901234567"),
        (["P-Asserted-Identity: <sip:+998901234567@carrier.example>", "Privacy: id"], "71"),
        (["P-Asserted-Identity: <tel:+998901234567>"], "71"),
        (["P-Asserted-Identity: <sip:nobody@carrier.example>"], "71"),
        (['P-Asserted-Identity: " <<< ,);System(x'], "71"),
    ],
)
def test_the_carriers_word_goes_before_the_callers(centre: Centre, headers: list[str], caller: str) -> None:
    centre.telephone().call("1414", caller="<sip:71@127.0.0.2>", headers=headers).is_answered()
    assert centre.events.wait("CallArrived")["Caller"] == caller


def test_a_number_nobody_has_is_refused(centre: Centre) -> None:
    call = centre.telephone().call("9999").is_over()
    assert call.status == 404
    assert not centre.events.named("CallArrived")
    assert centre.asterisk.channels() == 0


def test_an_unknown_address_is_refused(centre: Centre) -> None:
    for user in ("1414", "agent1", "trunk", "visitor01", "anonymous"):
        call = centre.telephone("127.0.0.9", user=user, secret="not the right one").call("1414").is_over()
        assert call.status == 401
    assert not centre.events.named("Newchannel")


def test_an_agent_cannot_dial_out_nor_a_citizens_number(centre: Centre) -> None:
    phone = centre.telephone("127.0.0.3", user="agent1", secret=SECRET)
    for number in ("1414", "+998901234567", "agent3", "khm-general", "s"):
        assert phone.call(number).is_over().status == 404
    assert not centre.events.named("CallArrived")


def test_a_browser_dials_the_organisations_numbers_only(centre: Centre) -> None:
    visitor = centre.telephone("127.0.0.3", user="visitor01", secret=SECRET)
    assert visitor.call("agent1").is_over().status == 404
    assert visitor.call("dtm-general").is_over().status == 404


def test_over_capacity_an_apology_is_spoken(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("khm-general"))
    phone = centre.telephone()
    inside = [phone.call("1580").is_answered() for _ in range(CITY.capacity)]
    wait_for("everybody to be queued", lambda: len(centre.events.named("QueueCallerJoin")) == CITY.capacity)
    refused = phone.call("1580").is_answered()
    refused.sound.hears(PROMPT_TONES["all-lines-busy"])
    refused.is_over()
    assert len(centre.events.named("CallArrived")) == CITY.capacity + 1
    assert centre.events.wait("CallRefused")["Capacity"] == str(CITY.capacity)
    other = phone.call("1414").is_answered()
    inside[0].hang_up()
    inside[0].is_over()
    again = phone.call("1580").is_answered()
    wait_for("the next caller to be queued", lambda: len(centre.events.named("QueueCallerJoin")) == CITY.capacity + 2)
    assert not other.ended.is_set()
    assert not again.ended.is_set()
    assert len(centre.events.named("CallRefused")) == 1


def test_far_over_capacity_is_refused_by_sip(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("khm-general"))
    phone = centre.telephone()
    calls = [phone.call("1580") for _ in range(CITY.capacity + 40)]
    wait_for("every call to be answered or refused", lambda: all(call.status >= 200 for call in calls))
    statuses = sorted(call.status for call in calls)
    assert statuses.count(200) <= CITY.capacity + 30
    assert statuses.count(503) >= 10
    wait_for("every refusal to be told", lambda: len(centre.events.named("CallRefused")) >= 40)
