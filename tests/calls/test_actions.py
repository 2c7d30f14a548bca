"""Actions asked from another thread: answered, refused, in vain, without a link."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ami import ActionFailed, Link
from calls.actions import Actions, NotAsked
from calls.model import Interface, QueueName
from tests.loop import play
from tests.protocol.test_ami import Manager, connected, success

QUEUE, ANNA = QueueName("khm-general"), Interface("PJSIP/agent7")


def answer(action: dict[str, str]) -> bytes | None:
    number = action["ActionID"]
    if action["Action"] == "QueueStatus":
        member = "Queue: khm-general\r\nLocation: PJSIP/agent7\r\nPenalty: 2\r\nPaused: 1\r\nPausedReason: lunch"
        return (
            success(action, "EventList: start")
            + f"Event: QueueMember\r\nActionID: {number}\r\n{member}\r\n\r\n".encode()
            + f"Event: QueueStatusComplete\r\nActionID: {number}\r\nEventList: Complete\r\n\r\n".encode()
        )
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
