"""Agents call citizens and hand callers to numbers outside: by right, shown as the organisation, recorded."""

from urllib.parse import quote

import pytest

from calls.events import AgentLeftTalk, CallEnded, CallEvent, CallPlaced, RecordingStarted
from calls.model import Direction, Fate, Language, LegOutcome
from calls.observer import Observer
from calls.signals import Signal
from calls.state import Call as CallState
from calls.state import begin, evolve
from calls.translate import translate
from tests.telephony.conftest import ANNA_TONE, CALLER_TONE, PROMPT_TONES, Centre
from tests.telephony.menu import Line
from tests.telephony.phone import Call, Phone, share
from tests.telephony.test_queue import legs
from tests.telephony.test_transfer import refers
from tests.town.waiting import wait_for

OUTSIDE_TONE = 2600
NUMBER = "+998901234567"


def story(centre: Centre) -> list[CallEvent]:
    """What the listener tells of everything that happened."""
    observer = Observer(strict=True)
    heard = [translate(message) for message in list(centre.events)]
    told = [line.event for signal in heard if isinstance(signal, Signal) for line in observer.hear(signal)]
    return [event for event in told if isinstance(event, CallEvent)]


def ledger(events: list[CallEvent]) -> CallState:
    """The call that begins with the first event."""
    first, *more = events
    assert isinstance(first, CallPlaced)
    call = begin(first)
    for event in more:
        call = evolve(call, event)
    return call


def reaches(centre: Centre, citizen: Phone) -> tuple[Call, Call]:
    """Dilnoza's end and the citizen's, who has answered and heard the notice."""
    ours = centre.agent(4).call(NUMBER, tone=ANNA_TONE)
    theirs = citizen.rings()
    theirs.answer(tone=CALLER_TONE)
    theirs.sound.hears(PROMPT_TONES["recording-notice"])
    ours.is_answered()
    return ours, theirs


def test_a_citizen_is_called_by_the_organisation_and_recorded(centre: Centre, citizen: Phone) -> None:
    ours, theirs = reaches(centre, citizen)
    assert theirs.invitation is not None
    assert f"sip:{NUMBER}@" in theirs.invitation.first
    assert "sip:1414@" in theirs.invitation.get("From")
    assert "agent4" not in theirs.invitation.get("From") + theirs.invitation.get("P-Asserted-Identity")
    theirs.sound.hears(ANNA_TONE)
    ours.sound.hears(CALLER_TONE)
    wait_for("a second of talk", lambda: len(ours.sound.received) > 8000)
    ours.hang_up()
    theirs.is_over()
    wait_for("the end of the story", lambda: isinstance(story(centre)[-1], CallEnded))
    call = ledger(story(centre))
    assert (call.direction, call.caller, call.dialled, call.language) == (Direction.OUT, NUMBER, "1414", Language.UZBEK)
    assert (call.fate, call.organisation, call.agent) == (Fate.ANSWERED, 2, "PJSIP/agent4")
    assert [leg.outcome for leg in call.legs] == [LegOutcome.ENDED_BY_AGENT]
    said, heard = legs(centre.asterisk, str(call.id), 1)
    assert share(said, CALLER_TONE) > 0.7
    assert share(heard, ANNA_TONE) > 0.5


def test_a_citizen_who_does_not_answer_was_not_reached(centre: Centre, citizen: Phone) -> None:
    ours = centre.agent(4).call(NUMBER)
    citizen.rings().refuse(486, "Busy Here")
    assert ours.is_over().status == 486
    wait_for("the end of the story", lambda: [event for event in story(centre) if isinstance(event, CallEnded)])
    call = ledger(story(centre))
    assert (call.fate, call.legs[0].outcome) == (Fate.NOT_REACHED, LegOutcome.NOT_REACHED)
    assert not centre.events.named("RecordingStarted")


def test_an_agent_who_gives_up_stops_the_citizens_telephone(centre: Centre, citizen: Phone) -> None:
    ours = centre.agent(4).call(NUMBER)
    theirs = citizen.rings()
    wait_for("the agent to hear that it rings", lambda: ours.status == 180)
    ours.hang_up()
    theirs.is_over()
    wait_for("the end of the story", lambda: [event for event in story(centre) if isinstance(event, CallEnded)])
    assert ledger(story(centre)).fate is Fate.NOT_REACHED


def test_the_phone_says_in_which_language_the_notice_is_heard(centre: Centre, citizen: Phone) -> None:
    centre.agent(4).call(NUMBER, headers=["X-Language: ru"])
    citizen.rings()
    assert centre.events.wait("CallPlaced")["Language"] == ["en", "ru_dtm"] or story(centre)[0].language == "ru"  # type: ignore[attr-defined]


def test_nobody_calls_out_without_the_right(centre: Centre, citizen: Phone) -> None:
    assert centre.agent(1).call(NUMBER).is_over().status == 404
    assert not citizen.offered


@pytest.mark.parametrize("number", ["12", "9" * 17, "+99890x1234567", "khm-general", "agent3"])
def test_what_is_no_number_is_not_dialled(centre: Centre, citizen: Phone, number: str) -> None:
    assert centre.agent(4).call(number).is_over().status in (404, 484, 486)
    assert not citizen.offered


def test_a_caller_is_handed_to_a_number_outside(centre: Centre, citizen: Phone) -> None:
    caller, talk = talks_with_dilnoza(centre)
    refers(talk, "sip:101@127.0.0.1")
    outside = citizen.rings()
    assert outside.invitation is not None
    assert "sip:1414@" in outside.invitation.get("From")
    outside.answer(tone=OUTSIDE_TONE)
    caller.sound.hears(OUTSIDE_TONE)
    outside.sound.hears(CALLER_TONE)
    caller.sound.is_one_stream()
    outside.hang_up()
    caller.is_over()
    told = story(centre)
    (left,) = [event for event in told if isinstance(event, AgentLeftTalk)]
    assert left.ended_by == "transfer"
    assert len([event for event in told if isinstance(event, RecordingStarted)]) == 1, "two people outside"


def test_a_number_outside_that_does_not_answer_gives_the_caller_back(centre: Centre, citizen: Phone) -> None:
    caller, talk = talks_with_dilnoza(centre)
    refers(talk, "sip:101@127.0.0.1")
    citizen.rings().refuse(486, "Busy Here")
    centre.events.wait("CallerRequeued")
    caller.sound.hears(PROMPT_TONES["returning-to-queue"])


def talks_with_dilnoza(centre: Centre) -> tuple[Call, Call]:
    """A caller talks with the supervisor."""
    dilnoza = centre.agent(4, "dtm-general")
    caller = centre.telephone().call("1414", tone=CALLER_TONE).is_answered()
    talk = dilnoza.rings()
    talk.answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)
    return caller, talk


@pytest.mark.parametrize("called_from", ["998907654321", "anonymous"])
def test_two_people_outside_are_recorded_no_longer(centre: Centre, citizen: Phone, called_from: str) -> None:
    """Dilnoza asks somebody outside about her caller and hands the caller over to them; whoever calls with a number."""
    dilnoza = centre.agent(4, "dtm-general")
    caller = centre.telephone().call("1414", tone=CALLER_TONE, caller=f"<sip:{called_from}@127.0.0.2>").is_answered()
    talk = dilnoza.rings()
    talk.answer(tone=ANNA_TONE)
    caller.sound.hears(ANNA_TONE)
    talk.hold(True)
    centre.events.wait("Hold")
    consult = dilnoza.call(NUMBER, tone=ANNA_TONE)
    outside = citizen.rings()
    outside.answer(tone=OUTSIDE_TONE)
    consult.sound.hears(OUTSIDE_TONE)
    asked = centre.events.wait("CallPlaced")["Call"]
    replaces = quote(f"{consult.id};to-tag={consult.remote_tag};from-tag={consult.tag}", safe="")
    refers(talk, f"sip:{NUMBER}@127.0.0.1?Replaces={replaces}")
    caller.sound.hears(OUTSIDE_TONE)
    outside.sound.hears(CALLER_TONE)
    said, _ = legs(centre.asterisk, asked, 1)  # complete, though they go on talking
    assert share(said, OUTSIDE_TONE) > 0.5, "the consult itself was recorded"
    outside.hang_up()
    caller.is_over()
    assert [event["Segment"] for event in centre.events.named("RecordingStarted")] == ["1", "1"], "two people outside"


def test_a_call_ends_after_the_longest_time(centre: Centre, citizen: Phone) -> None:
    """Two seconds, as the third organisation wishes."""
    ours = centre.agent(5).call(NUMBER, tone=ANNA_TONE)
    theirs = citizen.rings()
    theirs.answer(tone=CALLER_TONE)
    ours.is_answered()
    theirs.is_over()
    ours.is_over()
    wait_for("the end of the story", lambda: isinstance(story(centre)[-1], CallEnded))
    assert ledger(story(centre)).fate is Fate.ANSWERED


def test_the_longer_beginning_of_a_number_decides(centre: Centre, citizen: Phone) -> None:
    """Of the third organisation's agent: +998 may be called, +99871 may not, +998711 may."""
    phone = centre.agent(5)
    for number in ("+998711234567", "+998721234567"):
        call = phone.call(number)
        citizen.rings().refuse(486, "Busy Here")
        assert call.is_over().status == 486, number
    for number, status in (("+380671234567", 404), ("+998712345678", 403)):
        assert phone.call(number).is_over().status == status, number


def test_a_phone_that_comes_over_the_limit_is_refused_whatever_the_desk_was_told(
    centre: Centre, citizen: Phone
) -> None:
    """The third organisation's calls are counted by AGI."""
    asked: list[tuple[str, str]] = []

    def says_no(line: Line) -> None:
        told = line.asks('GET FULL VARIABLE "${ORGANISATION}|${CHANNEL(endpoint)}|${ARG1}"')
        asked.append((line.environment["agi_network_script"], told.partition("(")[2].rstrip(")")))
        line.asks('SET VARIABLE REFUSED "too_many"')

    centre.menus.answer(says_no)
    assert centre.agent(5).call("+998711234567").is_over().status == 403
    assert asked == [("calls-out", "3|agent5|+998711234567")]
    assert not citizen.offered


def test_nobody_is_refused_while_agi_is_away(centre: Centre, citizen: Phone) -> None:
    centre.menus.refuse()
    ours = centre.agent(5).call(NUMBER)
    citizen.rings().refuse(486, "Busy Here")
    assert ours.is_over().status == 486
