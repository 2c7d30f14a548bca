"""`make stop` waits for calls as people count them."""

from run.down import calls_on
from tests.telephony.conftest import Centre
from tests.town.waiting import wait_for


def test_a_caller_and_the_agent_they_talk_with_are_one_call(centre: Centre) -> None:
    settings = centre.asterisk.settings
    assert calls_on(settings) == 0
    anna = centre.agent(1, "dtm-general")
    call = centre.telephone().call("1414")
    talk = anna.rings()
    assert centre.asterisk.channels() == 2
    assert calls_on(settings) == 1, "while it rings"
    talk.answer()
    call.is_answered()
    centre.events.wait("AgentConnect")
    assert calls_on(settings) == 1, "while they talk"
    centre.telephone().call("1414").is_answered()
    wait_for("the second caller", lambda: calls_on(settings) == 2)
    call.hang_up()
    wait_for("the first caller's end", lambda: calls_on(settings) == 1)
