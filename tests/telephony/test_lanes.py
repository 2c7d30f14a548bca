"""A queue's lanes by language, its widening, and what becomes of callers whom it does not serve in time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from run.asterisk.queue_lines import OverflowLine, QueueLine
from tests.telephony.asterisk import Asterisk
from tests.telephony.conftest import ANNA_TONE, CONFIGURATION, PROMPT_TONES, Centre
from tests.telephony.test_transfer import refers
from tests.town.waiting import wait_for

LANES = QueueLine(
    name="dtm-lanes", organisation="dtm", ring_timeout=5, languages=["uz", "ru"], widens_after=3,
    steps=[OverflowLine(deed="queue", to="dtm-patient", wait=6)],
)  # fmt: skip
PATIENT = QueueLine(
    name="dtm-patient", organisation="dtm", most=1, too_long=OverflowLine(deed="announcement", to="all-lines-busy")
)
ASKS = QueueLine(name="dtm-asks", organisation="dtm", ring_timeout=5, steps=[OverflowLine(deed="callback", wait=2)])
ON = [OverflowLine(deed="queue", to="dtm-patient", wait=2)]
FLOWS = QueueLine(name="dtm-flows", organisation="dtm", ring_timeout=5, steps=ON)
TURNS = QueueLine(name="dtm-turns", organisation="dtm", steps=[OverflowLine(deed="callback", wait=1), *ON])
STRANGER = "100"


@pytest.fixture(scope="module", autouse=True)
def rules(asterisk: Asterisk) -> Iterator[None]:
    """Asterisk knows these queues while these tests run."""
    asterisk.change(replace(CONFIGURATION, queues=[*CONFIGURATION.queues, LANES, PATIENT, ASKS, FLOWS, TURNS]))
    asterisk.cli("queue reload rules")
    yield
    asterisk.change(CONFIGURATION)


def member(centre: Centre, number: int, **penalties: str) -> None:
    """The agent is a member of these lanes, with these penalties."""
    for language, penalty in penalties.items():
        queue, interface = f"dtm-lanes.{language}", f"PJSIP/agent{number}"
        centre.manager.ask("QueueAdd", Queue=queue, Interface=interface, Penalty=penalty)
        centre._members.append((queue, interface))


def test_a_caller_is_rung_at_who_speaks_the_language_and_later_at_everybody(centre: Centre) -> None:
    """Bobur is free all the time and speaks Uzbek only half; the caller waits in Uzbek."""
    bobur = centre.agent(2)
    member(centre, 2, uz=STRANGER, ru="0")
    centre.menus.answer(lambda line: line.to_queue("dtm-lanes"))
    centre.telephone().call("1414").is_answered()
    joined = centre.events.wait("QueueCallerJoin", Queue="dtm-lanes.uz")
    offered = bobur.rings(seconds=12)
    rung = centre.events.wait("AgentCalled")
    assert float(rung["Timestamp"]) - float(joined["Timestamp"]) > 2, "only when the lane has widened"
    assert offered.invitation is not None
    assert offered.invitation.get("X-Queue") == "dtm-lanes", "to everybody but Asterisk it is the queue"
    offered.answer(tone=ANNA_TONE)


def test_who_speaks_the_language_is_rung_at_once(centre: Centre) -> None:
    anna, bobur = centre.agent(1), centre.agent(2)
    member(centre, 1, uz="0")
    member(centre, 2, uz="1")
    centre.menus.answer(lambda line: line.to_queue("dtm-lanes"))
    caller = centre.telephone().call("1414").is_answered()
    anna.rings(seconds=3).answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)
    assert not bobur.offered


def test_whom_nobody_serves_in_time_flows_to_another_queue(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("dtm-lanes"))
    centre.telephone().call("1414").is_answered()
    told = centre.events.wait("CallOverflowed", seconds=15)
    assert (told["Deed"], told["To"]) == ("queue", "dtm-patient")
    centre.events.wait("QueueCallerJoin", Queue="dtm-patient")


def test_who_finds_a_queue_too_long_hears_why_and_is_not_left_waiting(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("dtm-patient"))
    centre.telephone().call("1414").is_answered()
    centre.events.wait("QueueCallerJoin", Queue="dtm-patient")
    second = centre.telephone().call("1414").is_answered()
    second.sound.hears(PROMPT_TONES["all-lines-busy"])
    second.is_over()
    wait_for("the reason", lambda: [e for e in centre.events.named("CallOverflowed") if e["Deed"] == "announcement"])


def joins(centre: Centre, number: int) -> list[str]:
    """The places that callers had when they joined a queue, once there were so many."""
    wait_for(f"{number} to have joined", lambda: len(centre.events.named("QueueCallerJoin")) >= number)
    return [event["Position"] for event in centre.events.named("QueueCallerJoin")]


def test_the_steps_of_a_queue_are_taken_one_after_the_other(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("dtm-turns"))
    centre.telephone().call("1414").is_answered()
    centre.events.wait("CallOverflowed", Queue="dtm-turns", Deed="callback")
    assert centre.events.wait("CallOverflowed", Queue="dtm-turns", Deed="queue")["To"] == "dtm-patient"


def test_who_is_transferred_begins_with_the_first_step_of_the_other_queue(centre: Centre) -> None:
    """The step that they came to in the queue before is not theirs in this one."""
    centre.menus.answer(lambda line: line.to_queue("dtm-asks"))
    centre.telephone().call("1414").is_answered()
    centre.events.wait("CallOverflowed", Queue="dtm-asks", Deed="callback")
    talk = centre.agent(1, "dtm-asks").rings(seconds=12)
    talk.answer(tone=ANNA_TONE)
    centre.events.wait("AgentConnect")
    refers(talk, "sip:dtm-flows@127.0.0.1")
    centre.events.wait("QueueCallerJoin", Queue="dtm-flows")
    assert centre.events.wait("CallOverflowed", Queue="dtm-flows")["To"] == "dtm-patient"


def test_who_is_left_by_a_queue_begins_with_the_first_step_of_the_general_one(centre: Centre) -> None:
    """The queue goes away while its caller is offered a call back."""
    centre.menus.answer(lambda line: line.to_queue("dtm-asks"))
    full = centre.asterisk.configuration
    rest = [replace(it, steps=ON) if it.name == "dtm-general" else it for it in full.queues if it.name != "dtm-asks"]
    centre.telephone().call("1414").is_answered()
    centre.events.wait("CallOverflowed", Queue="dtm-asks", Deed="callback")
    centre.asterisk.change(replace(full, queues=rest))
    try:
        centre.events.wait("QueueCallerJoin", Queue="dtm-general", seconds=15)
        assert centre.events.wait("CallOverflowed", Queue="dtm-general")["To"] == "dtm-patient"
    finally:
        centre.asterisk.change(full)


def test_who_came_back_stays_first_when_a_call_back_is_offered(centre: Centre) -> None:
    """Before another caller, who was offered one as well and waits on."""
    centre.menus.answer(lambda line: line.to_queue("dtm-asks"))
    call = centre.telephone().call("1414").is_answered()
    talk = centre.agent(1, "dtm-asks").rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    centre.manager.ask("QueuePause", Interface="PJSIP/agent1", Paused="true")
    centre.telephone().call("1414").is_answered()
    joins(centre, 3)
    channel = centre.events.wait("CallArrived")["Channel"]
    centre.manager.ask("Redirect", Channel=channel, Context="requeue", Exten="s", Priority="1")
    joins(centre, 5)
    places = [join["Position"] for join in centre.events.named("QueueCallerJoin") if join["Channel"] == channel]
    assert len(places) > 1
    assert set(places) == {"1"}
