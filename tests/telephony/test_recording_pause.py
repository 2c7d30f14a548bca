"""Sensitive data kept out of a recording: silence of the same length, wherever the talk is recorded."""

import numpy as np
import pytest
from numpy.typing import NDArray

from calls import translate
from calls.model import CallId, interface_of
from tests.telephony.conftest import ANNA_TONE, BOBUR_TONE, CALLER_TONE, Centre
from tests.telephony.phone import Call, Phone
from tests.telephony.test_queue import legs, longer
from tests.telephony.test_transfer import asks_bobur, hands_over, identity, talks_with_anna
from tests.town.waiting import wait_for

SECRET_TONE = 3100  # what the caller and the agent say while the recording is paused
PART = 8000  # samples: a second before, within and after the pause


def recorded(centre: Centre, agent: int) -> list[str]:
    """The channels that the listener would mute. The town's Manager knows one value of a header: it asks one by one."""
    known: dict[str, list[str]] = {}
    bridges: dict[str, str] = {}
    for variable in translate.RECORDED_VARIABLES.split(","):
        asked = centre.manager.ask("Status", Variables=variable)["ActionID"]
        centre.events.wait("StatusComplete", ActionID=asked)
        for answer in centre.events.named("Status"):
            if answer.get("ActionID") == asked:
                known.setdefault(answer["Channel"], []).append(answer.get("Variable", ""))
                bridges[answer["Channel"]] = answer.get("BridgeID", "")
    answers = [
        {"Channel": channel, "Variable": values, "BridgeID": bridges[channel]} for channel, values in known.items()
    ]
    call = translate.call_id(identity(centre))
    assert call is not None
    return translate.recorded_channels(answers, CallId(call), interface_of(agent))


def secret_is_said(centre: Centre, channel: str, agent: Call, caller: Call, *, tones: tuple[int, int]) -> None:
    """A second of talk, a second of secrets while the recording is paused, a second of talk."""
    wait_for("a second of talk", longer(caller, PART))
    centre.manager.ask("MixMonitorMute", Channel=channel, Direction="both", State="1")
    centre.events.wait("MixMonitorMute", State="1", Channel=channel)
    agent.sound.tone = caller.sound.tone = SECRET_TONE
    wait_for("a second of secrets", longer(caller, PART))
    agent.sound.tone, caller.sound.tone = tones
    wait_for("the secret to be over", longer(caller, 1600))
    centre.manager.ask("MixMonitorMute", Channel=channel, Direction="both", State="0")
    centre.events.wait("MixMonitorMute", State="0", Channel=channel)
    wait_for("a second of talk", longer(caller, PART))


def energy(sound: NDArray[np.float64], tone: int) -> float:
    """How strong the tone is at its strongest moment, as a share of a full second of it."""
    at = np.arange(800) / 8000
    wave = np.exp(-2j * np.pi * tone * at)
    pieces = sound[: sound.size // 800 * 800].reshape(-1, 800)
    return float((np.abs(pieces @ wave) / 400).max())


def kept_out(centre: Centre, segment: int, tones: tuple[int, int]) -> None:
    """Neither leg holds the secret; both hold the rest, and the gap is as long as the pause was."""
    said, heard = legs(centre.asterisk, identity(centre), segment)
    assert said.size == heard.size >= 3 * PART, "the recording has lost its length"
    for leg, tone in ((said, tones[1]), (heard, tones[0])):
        assert energy(leg, tone) > 4000, "the talk itself"
        assert energy(leg, SECRET_TONE) < 400, "the secret is in the recording"
        silent = np.abs(leg[: leg.size // 160 * 160].reshape(-1, 160)).max(axis=1) < 100
        assert silent.sum() * 160 >= 0.9 * PART, "no silence of the pause's length"


@pytest.mark.parametrize("attended", [False, True])
def test_what_is_said_in_a_pause_is_on_neither_leg(centre: Centre, attended: bool) -> None:
    caller, talk, anna = talks_with_anna(centre)
    number, agent, tones = 1, talk, (ANNA_TONE, CALLER_TONE)
    if attended:
        number, agent, tones = 2, bobur_takes_over(centre, talk, anna), (BOBUR_TONE, CALLER_TONE)
        caller.sound.hears(BOBUR_TONE)
        centre.events.wait("RecordingStarted", Segment="2")
    [channel] = recorded(centre, number)
    assert channel.startswith("PJSIP/agent1-") is not attended, "after an attended transfer it is the caller's channel"
    secret_is_said(centre, channel, agent, caller, tones=tones)
    agent.hang_up()
    caller.is_over()
    kept_out(centre, number, tones)


def bobur_takes_over(centre: Centre, talk: Call, anna: Phone) -> Call:
    """An attended transfer from Anna to Bobur."""
    consult, offered = asks_bobur(centre, talk, anna)
    offered.answer(tone=BOBUR_TONE)
    consult.sound.hears(BOBUR_TONE)
    hands_over(talk, consult)
    consult.is_over()
    return offered


def test_nothing_is_muted_where_nothing_is_recorded(centre: Centre) -> None:
    centre.telephone().call("1414").is_answered()
    centre.events.wait("QueueCallerJoin")
    assert recorded(centre, 1) == []


def test_a_number_outside_that_is_asked_is_muted_as_well(centre: Centre, citizen: Phone) -> None:
    """It is recorded by a call of its own, and hears what is said between the three."""
    dilnoza = centre.agent(4, "dtm-general")
    caller = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    dilnoza.rings().answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)
    assert [channel.partition("-")[0] for channel in recorded(centre, 4)] == ["PJSIP/agent4"]
    consult = dilnoza.call("+998901234567", tone=ANNA_TONE)
    citizen.rings().answer(tone=BOBUR_TONE)
    consult.sound.hears(BOBUR_TONE)
    assert sorted(channel.partition("-")[0] for channel in recorded(centre, 4)) == ["PJSIP/agent4", "PJSIP/trunk"]
