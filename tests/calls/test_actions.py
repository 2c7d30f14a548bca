"""Actions asked from another thread: answered, refused, in vain, without a link."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from ami import ActionFailed, Link
from calls.actions import Actions, NotAsked
from calls.model import CallId, Interface, QueueName
from tests.loop import play
from tests.protocol.manager import Manager, connected, success

QUEUE, ANNA = QueueName("khm-general"), Interface("PJSIP/agent7")
CALL, ANOTHER = CallId(UUID(int=7)), CallId(UUID(int=8))
CHANNELS = [
    ("PJSIP/trunk-0000000a", CALL, "(null)"),
    ("PJSIP/agent7-0000000b", CALL, "/spool/7.1"),
    ("PJSIP/agent7-0000000c", CALL, ""),  # their second line, to a colleague
    ("PJSIP/agent8-0000000d", CALL, "/spool/7.0"),
    ("PJSIP/trunk-0000000e", ANOTHER, "/spool/8.2"),  # after an attended transfer
    ("PJSIP/agent9-0000000f", ANOTHER, "(null)"),
]


def answer(action: dict[str, str]) -> bytes | None:
    number = action["ActionID"]
    if action["Action"] == "QueueStatus":
        member = "Queue: khm-general\r\nLocation: PJSIP/agent7\r\nPenalty: 2\r\nPaused: 1\r\nPausedReason: lunch"
        return (
            success(action, "EventList: start")
            + f"Event: QueueMember\r\nActionID: {number}\r\n{member}\r\n\r\n".encode()
            + f"Event: QueueStatusComplete\r\nActionID: {number}\r\nEventList: Complete\r\n\r\n".encode()
        )
    if action["Action"] == "Status":
        told = "".join(
            f"Event: Status\r\nActionID: {number}\r\nChannel: {channel}\r\nVariable: CALL_ID={call}\r\n"
            f"Variable: RECORDING={recording}\r\n\r\n"
            for channel, call, recording in CHANNELS
        )
        end = f"Event: StatusComplete\r\nActionID: {number}\r\nEventList: Complete\r\n\r\n"
        return success(action, "EventList: start") + (told + end).encode()
    if action.get("Channel") == "gone":
        return f"Response: Error\r\nActionID: {number}\r\nMessage: No such channel\r\n\r\n".encode()
    return success(action)


def asked(deeds: Callable[[Actions], None], *, linked: bool = True) -> list[dict[str, str]]:
    """What Asterisk was asked while `deeds` ran in a thread of its own."""

    async def scene() -> list[dict[str, str]]:
        manager = Manager(answer)
        async with manager.listening() as port:
            link: Link | None = await connected(port) if linked else None
            actions = Actions(asyncio.get_running_loop(), lambda: link)
            await asyncio.to_thread(deeds, actions)
        return manager.actions

    return play(scene())


def fields(action: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in action.items() if name != "ActionID"}


def test_a_member_comes_paused_with_the_reason() -> None:
    added, paused = asked(lambda actions: actions.queue_add(QUEUE, ANNA, penalty=2, paused=True, reason="lunch"))
    assert fields(added) == {
        "Action": "QueueAdd",
        "Queue": "khm-general",
        "Interface": "PJSIP/agent7",
        "Penalty": "2",
        "Paused": "true",
    }
    assert (paused["Action"], paused["Reason"], paused["Queue"]) == ("QueuePause", "lunch", "khm-general")


def test_members_are_read() -> None:
    found: list[Any] = []
    asked(lambda actions: found.extend(actions.queue_places()))
    [place] = found
    assert (place.queue, place.agent, place.penalty, place.paused, place.reason) == (QUEUE, ANNA, 2, True, "lunch")


def test_a_redirect_of_a_channel_that_is_gone_says_so() -> None:
    with pytest.raises(ActionFailed, match="No such channel"):
        asked(lambda actions: actions.redirect("gone", "requeue"))


def test_without_a_link_nothing_is_kept_for_later() -> None:
    with pytest.raises(NotAsked):
        asked(lambda actions: actions.reload("res_pjsip.so"), linked=False)


@pytest.mark.parametrize(
    ("call", "agent", "channel"),
    [(CALL, ANNA, "PJSIP/agent7-0000000b"), (ANOTHER, Interface("PJSIP/agent9"), "PJSIP/trunk-0000000e")],
)
def test_only_the_talk_that_is_meant_is_muted_on_both_sides(call: CallId, agent: Interface, channel: str) -> None:
    _, mute = asked(lambda actions: _is_muted(actions, call, agent, there=True))
    assert fields(mute) == {"Action": "MixMonitorMute", "Channel": channel, "Direction": "both", "State": "1"}


def test_what_is_not_recorded_is_not_muted() -> None:
    [status] = asked(lambda actions: _is_muted(actions, CALL, Interface("PJSIP/agent9"), there=False))
    assert status["Action"] == "Status"


def _is_muted(actions: Actions, call: CallId, agent: Interface, *, there: bool) -> None:
    assert actions.mute_recording(call, agent, muted=True) is there
