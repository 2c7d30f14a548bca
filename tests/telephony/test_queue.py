"""In the queue: the offer, the recording, the end of a talk and the loss of an agent's phone."""

import contextlib
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from calls.model import Language
from ivr import prompts
from ivr.sound.loudness import a_law
from run.asterisk.config import SILENCE_LIMIT
from run.asterisk.queue_lines import AT_ONCE_EVERY
from tests.telephony.asterisk import Asterisk
from tests.telephony.conftest import ANNA_TONE, BOBUR_TONE, CALLER_TONE, CONFIGURATION, PROMPT_TONES, Centre
from tests.telephony.phone import Call, linear, share
from tests.town.waiting import wait_for

MESSAGE_TONE = 3200
WITHHELD = "<sip:anonymous@anonymous.invalid>"


def sound(file: Path) -> NDArray[np.float64]:
    """The samples of a recording that Asterisk has closed."""
    with wave.open(str(file)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).astype(float)


def is_closed(asterisk: Asterisk, file: Path) -> bool:
    """Whether the file is there and Asterisk has done with it; its header says nothing of that."""
    return file.exists() and file not in asterisk.opened_files()


def legs(asterisk: Asterisk, call: str, segment: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the caller said, what the caller heard."""
    files = [asterisk.settings.recordings_spool / f"{call}.{segment}.{leg}.wav" for leg in ("rx", "tx")]
    wait_for("Asterisk to close the recording", lambda: all(is_closed(asterisk, file) for file in files))
    return sound(files[0]), sound(files[1])


def own_tone(sounds: Path, name: str, tone: int) -> None:
    """A prompt of the organisation's own: a second of a tone, where Asterisk looks before the spoken prompts."""
    at = np.arange(8000) / 8000
    for language in Language:
        prompts.write(
            prompts.path(sounds, f"{language}_dtm", name), a_law(8000 / 32767 * np.sin(2 * np.pi * tone * at))
        )


def has_heard(call: Call, tone: int) -> bool:
    """Whether a quarter of a second of what came in all of the call was that tone."""
    heard = linear(bytes(call.sound.received))
    return any(share(heard[start : start + 2000], tone) > 0.9 for start in range(0, heard.size - 2000, 1000))


def test_messages_of_the_queue_are_heard_in_turn_while_waiting(centre: Centre) -> None:
    """The offer of a call back first, then the queue's own; the tones of both are told apart."""
    *others, exams = CONFIGURATION.queues
    told = replace(exams, messages=["road-works"], messages_every=4)
    own_tone(centre.asterisk.settings.sounds, "road-works", MESSAGE_TONE)
    centre.asterisk.change(replace(CONFIGURATION, queues=[*others, told]))
    try:
        centre.menus.answer(lambda line: line.to_queue("dtm-exams"))
        call = centre.telephone().call("1414").is_answered()
        centre.events.wait("QueueCallerJoin", Queue="dtm-exams")
        call.sound.hears(MESSAGE_TONE, seconds=15)
        call.hang_up()
        wait_for("the call to be over", centre.asterisk.is_quiet)
    finally:
        centre.asterisk.change(CONFIGURATION)


def test_who_waits_is_told_of_an_emergency_at_once_and_keeps_the_place(centre: Centre) -> None:
    """Two wait when it begins: both hear it soon, in one queue only, and nobody leaves the queue for it."""
    *others, exams = CONFIGURATION.queues
    told = replace(exams, messages=["emergency-1"], at_once="emergency-1")
    own_tone(centre.asterisk.settings.sounds, "emergency-1", MESSAGE_TONE)
    calls = []
    for queue in ("dtm-exams", "dtm-exams", "dtm-general"):
        centre.menus.answer(lambda line, queue=queue: line.to_queue(queue))
        calls.append(centre.telephone().call("1414").is_answered())
        centre.events.wait("QueueCallerJoin", Queue=queue, Count=str(len(calls) if queue == "dtm-exams" else 1))
    first, second, elsewhere = calls
    centre.asterisk.change(replace(CONFIGURATION, queues=[*others, told]))
    try:
        for call in (first, second):
            wait_for("it to be heard", lambda call=call: has_heard(call, MESSAGE_TONE), seconds=AT_ONCE_EVERY + 5)
        assert not has_heard(elsewhere, MESSAGE_TONE)
        assert not centre.events.named("QueueCallerLeave")
        for call in calls:
            call.hang_up()
        wait_for("the calls to be over", centre.asterisk.is_quiet)
    finally:
        centre.asterisk.change(CONFIGURATION)


def test_the_agents_phone_is_told_which_call_it_is(centre: Centre) -> None:
    anna = centre.agent(1, "dtm-general")
    centre.telephone().call("1414", caller="<sip:998901234567@127.0.0.2>")
    offered = anna.rings()
    assert offered.invitation is not None
    assert offered.invitation.get("X-Call-Id") == centre.events.wait("CallArrived")["Call"]
    assert offered.invitation.get("X-Queue") == "dtm-general"


def test_only_the_talk_is_recorded_from_its_first_sound(centre: Centre) -> None:
    call = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    wait_for("a second of music, which must not be in the recording", lambda: len(call.sound.received) > 12000)
    anna = centre.agent(1, "dtm-general")
    talk = anna.rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    began = time.monotonic()
    talk.sound.hears(CALLER_TONE)
    wait_for("two seconds of talk", lambda: len(talk.sound.received) > 16000)
    talk.hang_up()
    call.is_over()
    talked = time.monotonic() - began
    event = centre.events.wait("RecordingStarted")
    assert (event["Segment"], event["Agent"]) == ("1", "PJSIP/agent1")
    caller, agent = legs(centre.asterisk, event["Call"])
    assert caller.size == agent.size
    assert talked - 0.5 < caller.size / 8000 < talked + 1
    assert share(caller, CALLER_TONE) > 0.9
    assert share(agent, ANNA_TONE) > 0.9
    assert share(caller[:1600], CALLER_TONE) > 0.9, "the first fifth of a second of the caller"
    assert share(agent[800:2400], ANNA_TONE) > 0.9, "the agent's first sound"


def test_who_gives_up_waiting_leaves_no_sound(centre: Centre) -> None:
    call = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    centre.events.wait("QueueCallerJoin")
    call.hang_up()
    centre.events.wait("QueueCallerAbandon")
    wait_for("the call to be over", centre.asterisk.is_quiet)
    call_id = centre.events.wait("CallArrived")["Call"]
    assert not list(centre.asterisk.settings.recordings_spool.glob(f"{call_id}*"))


def test_the_agent_hangs_up_and_the_caller_is_released(centre: Centre) -> None:
    call = centre.telephone().call("1414").is_answered()
    talk = centre.agent(1, "dtm-general").rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    talk.hang_up()
    call.is_over()
    assert not centre.events.named("CallerRequeued")


@pytest.mark.parametrize("how", ["silent", "gone"])
def test_a_lost_phone_brings_the_caller_back_to_the_head_of_the_queue(centre: Centre, how: str) -> None:
    anna = centre.agent(1, "dtm-general")
    call = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    talk = anna.rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    waiting = centre.telephone("127.0.0.2").call("1414").is_answered()
    wait_for("both callers", lambda: len(centre.events.named("QueueCallerJoin")) == 2)
    centre.manager.ask("QueuePause", Interface="PJSIP/agent1", Paused="true")
    if how == "silent":
        talk.sound.stop()
    else:
        anna.close()
    requeued = centre.events.wait("CallerRequeued", seconds=SILENCE_LIMIT + 5)
    identity = centre.events.named("CallArrived")[0]["Call"]
    assert (requeued["Call"], requeued["Queue"]) == (identity, "dtm-general")
    call.sound.hears(PROMPT_TONES["returning-to-queue"])
    wait_for("the caller to be queued again", lambda: len(centre.events.named("QueueCallerJoin")) == 3)
    assert centre.events.named("QueueCallerJoin")[2]["Position"] == "1"
    bobur = centre.agent(2, "dtm-general")
    offered = bobur.rings()
    assert offered.invitation is not None
    assert offered.invitation.get("X-Call-Id") == identity, "before who came later"
    offered.answer(tone=BOBUR_TONE)
    call.sound.hears(BOBUR_TONE)
    assert not waiting.ended.is_set()
    centre.manager.ask("QueuePause", Interface="PJSIP/agent2", Paused="true")
    offered.hang_up()
    call.is_over()
    assert len(centre.events.named("CallerRequeued")) == 1, "an agent who hangs up was not lost, whoever was before"
    centre.events.wait("RecordingStarted", Segment="2", Agent="PJSIP/agent2")
    assert share(legs(centre.asterisk, identity, 1)[1], ANNA_TONE) > 0.8
    assert share(legs(centre.asterisk, identity, 2)[1], BOBUR_TONE) > 0.8


def test_a_caller_may_lose_one_agent_after_the_other(centre: Centre) -> None:
    call = centre.telephone().call("1414").is_answered()
    for number in (1, 2):
        talk = centre.agent(number, "dtm-general").rings()
        talk.answer(tone=ANNA_TONE)
        call.sound.hears(ANNA_TONE)
        centre.manager.ask("QueuePause", Interface=f"PJSIP/agent{number}", Paused="true")
        talk.sound.stop()
        wait_for(
            "the caller to come back",
            lambda number=number: len(centre.events.named("CallerRequeued")) == number,
            seconds=SILENCE_LIMIT + 5,
        )
    talk = centre.agent(4, "dtm-general").rings()
    talk.answer(tone=BOBUR_TONE)
    call.sound.hears(BOBUR_TONE)
    talk.hang_up()
    call.is_over()


def test_the_listener_may_send_a_caller_back_at_once(centre: Centre) -> None:
    anna = centre.agent(1, "dtm-general")
    call = centre.telephone().call("1414").is_answered()
    talk = anna.rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    channel = centre.events.wait("CallArrived")["Channel"]
    centre.manager.ask("Redirect", Channel=channel, Context="requeue", Exten="s", Priority="1")
    centre.events.wait("CallerRequeued")
    talk.is_over()
    again = anna.rings()
    again.answer(tone=BOBUR_TONE)
    call.sound.hears(BOBUR_TONE)
    call.hang_up()
    identity = centre.events.wait("CallArrived")["Call"]
    assert share(legs(centre.asterisk, identity, 1)[1], ANNA_TONE) > 0.8
    assert share(legs(centre.asterisk, identity, 2)[1], BOBUR_TONE) > 0.8, "the same agent, another talk"


def test_who_comes_back_is_first_while_they_are_still_told_so(centre: Centre) -> None:
    """An agent who becomes ready in the middle of the apology gets the caller who came back, and not the next one."""
    anna = centre.agent(1, "dtm-general")
    call = centre.telephone().call("1414").is_answered()
    talk = anna.rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    centre.telephone().call("1414").is_answered()
    wait_for("both callers", lambda: len(centre.events.named("QueueCallerJoin")) == 2)
    first, second = centre.events.named("CallArrived")
    with long_prompt(centre, "returning-to-queue"):
        centre.manager.ask("QueuePause", Interface="PJSIP/agent1", Paused="true")
        centre.manager.ask("Redirect", Channel=first["Channel"], Context="requeue", Exten="s", Priority="1")
        call.sound.hears(PROMPT_TONES["returning-to-queue"])
        offered = centre.agent(2, "dtm-general").rings()
        assert offered.invitation is not None
        assert offered.invitation.get("X-Call-Id") == first["Call"], f"{second['Call']} was taken before"
        offered.answer(tone=BOBUR_TONE)
        call.sound.hears(BOBUR_TONE)
        offered.hold(True)
        wait_for("music while held", lambda: any(call.sound.received[-400:]) and not is_tone(call, BOBUR_TONE))
        wait_for("two seconds of it", longer(call, 16000))
        assert not is_tone(call, PROMPT_TONES["returning-to-queue"], last=12000), "held, and told to wait again"


@contextlib.contextmanager
def long_prompt(centre: Centre, name: str) -> Iterator[None]:
    """While it lasts, this prompt is four seconds of its tone instead of a third."""
    files = list(centre.asterisk.settings.sounds.glob(f"*/{name}.alaw"))
    short = {file: file.read_bytes() for file in files}
    try:
        for file, sound_ in short.items():
            file.write_bytes(sound_ * 14)
        yield
    finally:
        for file, sound_ in short.items():
            file.write_bytes(sound_)


def is_tone(call: Call, tone: int, *, last: int = 2000) -> bool:
    """Whether what was heard last is that tone."""
    return share(linear(bytes(call.sound.received[-last:])), tone) > 0.5


def longer(call: Call, samples: int) -> Callable[[], bool]:
    """Whether so much more was heard than now."""
    heard = len(call.sound.received)
    return lambda: len(call.sound.received) >= heard + samples


def test_who_does_not_answer_is_not_rung_again_while_another_is_free(centre: Centre) -> None:
    anna, bobur = centre.agent(1, "dtm-general"), centre.agent(2, "dtm-general")
    call = centre.telephone().call("1414")
    first = wait_for("somebody's phone to ring", lambda: (anna.offered or bobur.offered or [None])[0])
    other = bobur if first in anna.offered else anna
    missed = centre.events.wait("AgentRingNoAnswer", seconds=12)
    assert missed["Interface"] == f"PJSIP/{first.phone.user}"
    talk = other.rings(seconds=5)
    talk.answer(tone=BOBUR_TONE)
    assert centre.events.wait("AgentConnect")["Interface"] == f"PJSIP/{other.user}"
    recorded = [(event["Segment"], event["Agent"]) for event in centre.events.named("RecordingStarted")]
    assert recorded == [("1", f"PJSIP/{other.user}")], "who only rang is not recorded"
    call.sound.hears(BOBUR_TONE)
    talk.hang_up()
    call.is_over()
    assert not centre.events.named("CallerRequeued"), "the phone that rang in vain is not the one that was lost"


def test_a_key_asks_for_a_call_back(centre: Centre) -> None:
    call = centre.telephone().call("1414", caller="<sip:+998901234567@127.0.0.2>").is_answered()
    centre.events.wait("QueueCallerJoin")
    call.press("57")
    call.press("1")
    assert centre.events.wait("CallbackAsked")["Number"] == "+998901234567"
    call.sound.hears(PROMPT_TONES["callback-accepted"])
    call.is_over()


def test_without_a_number_nobody_can_be_called_back(centre: Centre) -> None:
    call = centre.telephone().call("1414", caller=WITHHELD).is_answered()
    centre.events.wait("QueueCallerJoin")
    call.press("1")
    call.sound.hears(PROMPT_TONES["callback-refused"])
    wait_for("the caller to be queued again", lambda: len(centre.events.named("QueueCallerJoin")) == 2)
    assert not centre.events.named("CallbackAsked")


def test_who_came_back_stays_first_even_after_a_key_in_vain(centre: Centre) -> None:
    """Before another caller without a number, who pressed it as well."""
    call = centre.telephone().call("1414", caller=WITHHELD).is_answered()
    talk = centre.agent(1, "dtm-general").rings()
    talk.answer(tone=ANNA_TONE)
    call.sound.hears(ANNA_TONE)
    centre.manager.ask("QueuePause", Interface="PJSIP/agent1", Paused="true")
    other = centre.telephone().call("1414", caller=WITHHELD).is_answered()
    wait_for("the other to wait", lambda: len(centre.events.named("QueueCallerJoin")) == 2)
    other.press("1")
    wait_for("the other to be queued again", lambda: len(centre.events.named("QueueCallerJoin")) == 3)
    channel = centre.events.wait("CallArrived")["Channel"]
    centre.manager.ask("Redirect", Channel=channel, Context="requeue", Exten="s", Priority="1")
    wait_for("the caller to come back", lambda: len(centre.events.named("QueueCallerJoin")) == 4)
    call.press("1")
    call.sound.hears(PROMPT_TONES["callback-refused"])
    wait_for("the caller to be queued again", lambda: len(centre.events.named("QueueCallerJoin")) == 5)
    assert [event["Position"] for event in centre.events.named("QueueCallerJoin")[3:]] == ["1", "1"]


def test_the_place_is_spoken(centre: Centre) -> None:
    phone = centre.telephone()
    phone.call("1414").is_answered()
    centre.events.wait("QueueCallerJoin")
    second = phone.call("1414").is_answered()
    second.sound.hears(PROMPT_TONES["queue-your-place"])
    second.sound.hears(2800)


def test_a_queue_that_takes_nobody_ends_in_an_apology(centre: Centre) -> None:
    """Neither the menu's queue nor the general one is there: a few tries with pauses, not a loop, and an honest end."""
    centre.menus.answer(lambda line: line.to_queue("dtm-nowhere"))
    queues = centre.asterisk.configuration.queues
    full = centre.asterisk.configuration
    centre.asterisk.change(replace(full, queues=[queue for queue in queues if queue.name != "dtm-general"]))
    try:
        began = time.monotonic()
        call = centre.telephone().call("1414").is_answered()
        refused = centre.events.wait("CallRefused", seconds=20)
        assert refused["Call"] == centre.events.wait("CallArrived")["Call"]
        assert time.monotonic() - began > 7, "four pauses of two seconds"
        call.sound.hears(PROMPT_TONES["all-lines-busy"])
        call.is_over()
        assert not centre.events.named("QueueCallerJoin")
        assert len([line for line in centre.asterisk.log().splitlines() if "dtm-nowhere" in line]) < 3
    finally:
        centre.asterisk.change(full)


def test_a_general_queue_that_comes_back_takes_the_caller(centre: Centre) -> None:
    centre.menus.answer(lambda line: line.to_queue("dtm-nowhere"))
    centre.telephone().call("1414").is_answered()
    assert centre.events.wait("QueueCallerJoin")["Queue"] == "dtm-general"
    assert not centre.events.named("CallRefused")
