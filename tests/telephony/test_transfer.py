"""Agents among themselves: consults, blind and attended transfers; the caller's recording goes on."""

from urllib.parse import quote

from tests.telephony.conftest import ANNA_TONE, BOBUR_TONE, CALLER_TONE, PROMPT_TONES, Centre
from tests.telephony.phone import Call, Phone, linear, share
from tests.telephony.test_queue import legs
from tests.town.waiting import wait_for


def talks_with_anna(centre: Centre) -> tuple[Call, Call, Phone]:
    """A caller talks with Anna: the caller's end, Anna's end, Anna's telephone."""
    anna = centre.agent(1, "dtm-general")
    caller = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    talk = anna.rings()
    talk.answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)
    talk.sound.hears(CALLER_TONE)
    return caller, talk, anna


def refers(call: Call, to: str) -> None:
    """REFER: the other side is asked to call `to`."""
    call.request("REFER", headers=[f"Refer-To: <{to}>", f"Referred-By: <sip:{call.phone.user}@{call.phone.address}>"])


def asks_bobur(centre: Centre, talk: Call, anna: Phone) -> tuple[Call, Call]:
    """Anna puts the caller on hold and calls Bobur about them: her second call, and the one that rings at his place."""
    bobur = centre.agent(2)
    talk.hold(True)
    centre.events.wait("Hold")
    consult = anna.call("agent2", tone=ANNA_TONE, headers=[f"X-Call-Id: {identity(centre)}"])
    return consult, bobur.rings()


def hands_over(talk: Call, consult: Call) -> None:
    """REFER with Replaces: the caller is put through to whom the consult is with."""
    replaces = quote(f"{consult.id};to-tag={consult.remote_tag};from-tag={consult.tag}", safe="")
    refers(talk, f"sip:agent2@127.0.0.1?Replaces={replaces}")


def identity(centre: Centre) -> str:
    return centre.events.wait("CallArrived")["Call"]


def both_are_recorded(centre: Centre) -> None:
    """One segment for each agent, each with the caller's words beside the agent's."""
    recorded = [(event["Segment"], event["Agent"]) for event in centre.events.named("RecordingStarted")]
    assert recorded == [("1", "PJSIP/agent1"), ("2", "PJSIP/agent2")]
    for segment, tone in ((1, ANNA_TONE), (2, BOBUR_TONE)):
        said, heard = legs(centre.asterisk, identity(centre), segment)
        assert said.size == heard.size
        assert share(said, CALLER_TONE) > 0.8
        assert share(heard, tone) > 0.8


def test_a_blind_transfer_to_a_colleague(centre: Centre) -> None:
    caller, talk, _ = talks_with_anna(centre)
    bobur = centre.agent(2)
    refers(talk, "sip:agent2@127.0.0.1")
    offered = bobur.rings()
    assert offered.invitation is not None
    assert offered.invitation.get("X-Call-Id") == identity(centre)
    offered.answer(tone=BOBUR_TONE)
    caller.sound.hears(BOBUR_TONE)
    offered.sound.hears(CALLER_TONE)
    assert centre.events.wait("BlindTransfer")["TransfererChannel"].startswith("PJSIP/agent1-")
    caller.hang_up()
    both_are_recorded(centre)


def test_a_colleague_who_does_not_answer_gives_the_caller_back_to_the_queue(centre: Centre) -> None:
    caller, talk, anna = talks_with_anna(centre)
    bobur = centre.agent(2)
    refers(talk, "sip:agent2@127.0.0.1")
    bobur.rings().refuse(486, "Busy Here")
    assert centre.events.wait("CallerRequeued")["Queue"] == "dtm-general"
    anna.rings().answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)


def test_a_blind_transfer_to_a_queue(centre: Centre) -> None:
    caller, talk, _ = talks_with_anna(centre)
    refers(talk, "sip:dtm-exams@127.0.0.1")
    centre.events.wait("QueueCallerJoin", Queue="dtm-exams")
    bobur = centre.agent(2, "dtm-exams")
    offered = bobur.rings()
    assert offered.invitation is not None
    assert offered.invitation.get("X-Queue") == "dtm-exams"
    assert offered.invitation.get("X-Call-Id") == identity(centre)
    offered.answer(tone=BOBUR_TONE)
    caller.sound.hears(BOBUR_TONE)
    centre.events.wait("RecordingStarted", Segment="2", Agent="PJSIP/agent2")
    before = len(offered.sound.received)
    wait_for("a second of recorded talk", lambda: len(offered.sound.received) > before + 8000)
    offered.hang_up()
    caller.is_over()
    both_are_recorded(centre)


def test_nobody_is_transferred_to_another_organisation(centre: Centre) -> None:
    caller, talk, anna = talks_with_anna(centre)
    strangers = centre.agent(3)
    for target in ("agent3", "khm-general", "1580", "+998901234567"):
        anna.received.clear()
        refers(talk, f"sip:{target}@127.0.0.1")
        wait_for(f"a refusal of {target}", lambda: [m for m in anna.received if m.body.startswith("SIP/2.0 404")])
    caller.sound.hears(ANNA_TONE)
    assert not strangers.offered


def test_a_consult_belongs_to_the_call_it_names(centre: Centre) -> None:
    _, talk, anna = talks_with_anna(centre)
    consult, offered = asks_bobur(centre, talk, anna)
    assert offered.invitation is not None
    assert offered.invitation.get("X-Call-Id") == identity(centre)
    started = centre.events.wait("ConsultStarted")
    said = (started["Call"], started["Agent"], started["To"])
    assert said == (identity(centre), "PJSIP/agent1", "PJSIP/agent2")
    offered.answer(tone=BOBUR_TONE)
    consult.sound.hears(BOBUR_TONE)


def test_nobody_consults_about_a_call_of_others(centre: Centre) -> None:
    talks_with_anna(centre)
    bobur = centre.agent(2)
    for claimed in (identity(centre), "0" * 36, "x\r\nInjected: yes", "", "a" * 3000):
        call = bobur.call("agent1", headers=[f"X-Call-Id: {claimed}"]).is_over()
        assert call.status == 486, "Anna is talking"
    assert not centre.events.named("ConsultStarted")
    assert not [event for event in centre.events if "Injected" in event]


def test_an_attended_transfer(centre: Centre) -> None:
    caller, talk, anna = talks_with_anna(centre)
    consult, offered = asks_bobur(centre, talk, anna)
    offered.answer(tone=BOBUR_TONE)
    consult.sound.hears(BOBUR_TONE)
    hands_over(talk, consult)
    caller.sound.hears(BOBUR_TONE)
    offered.sound.hears(CALLER_TONE)
    moved = centre.events.wait("AttendedTransfer")
    assert moved["Result"] == "Success"
    consult.is_over()
    wait_for("half a second of talk", lambda: share_of_last(offered) > 0.5)
    offered.hang_up()
    caller.is_over()
    assert not centre.events.named("CallerRequeued")
    both_are_recorded(centre)


def test_the_second_agents_phone_is_lost_after_an_attended_transfer(centre: Centre) -> None:
    caller, talk, anna = talks_with_anna(centre)
    bobur = centre.agent(2)
    consult = anna.call("agent2", tone=ANNA_TONE, headers=[f"X-Call-Id: {identity(centre)}"])
    offered = bobur.rings()
    offered.answer(tone=BOBUR_TONE)
    consult.sound.hears(BOBUR_TONE)
    hands_over(talk, consult)
    caller.sound.hears(BOBUR_TONE)
    offered.sound.stop()
    centre.events.wait("CallerRequeued", seconds=15)
    caller.sound.hears(PROMPT_TONES["returning-to-queue"])


def test_a_held_caller_hears_music_and_stays(centre: Centre) -> None:
    caller, talk, _ = talks_with_anna(centre)
    talk.hold(True)
    centre.events.wait("Hold")
    wait_for(
        "music instead of Anna", lambda: share_of_last(caller, ANNA_TONE) < 0.1 and any(caller.sound.received[-80:])
    )
    talk.hold(False)
    centre.events.wait("Unhold")
    caller.sound.hears(ANNA_TONE)


def share_of_last(call: Call, tone: int = CALLER_TONE) -> float:
    return share(linear(bytes(call.sound.received[-4000:])), tone)
