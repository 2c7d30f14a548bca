"""Actions over one connection: each is answered, refused or ends at its time."""

from datetime import timedelta
from typing import Any

import pytest

from ami import ActionFailed, NoAnswer
from tests.protocol.manager import Manager, connected, success, with_manager


def test_an_action_without_answer_ends_at_its_time() -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(NoAnswer):
            await link.ask({"Action": "Ping"}, within=timedelta(seconds=0.05))
        assert not link.responses, "nothing is remembered of it"
        link.close()

    with_manager(lambda action: None, scene)


def test_a_refusal_is_an_error_with_asterisks_words() -> None:
    def refuse(action: dict[str, str]) -> bytes:
        return f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: No such queue\r\n\r\n".encode()

    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(ActionFailed, match="No such queue"):
            await link.ask({"Action": "QueueAdd"})
        with pytest.raises(ActionFailed, match="No such queue"):
            await link.ask_list({"Action": "QueueStatus"}, within=timedelta(seconds=1))
        link.close()

    with_manager(refuse, scene)


def test_a_message_that_panoramisk_takes_for_a_list_answers_at_once() -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        answer = await link.ask({"Action": "QueueAdd"}, within=timedelta(seconds=1))
        assert answer.message == "Added interface to queue"
        link.close()

    with_manager(lambda action: success(action, "Message: Added interface to queue"), scene)


def test_a_list_is_gathered_and_other_events_pass_by() -> None:
    def answer(action: dict[str, str]) -> bytes:
        number = action["ActionID"]
        return (
            success(action, "EventList: start")
            + f"Event: Status\r\nActionID: {number}\r\nChannel: a\r\n\r\n".encode()
            + b"Event: Hangup\r\nUniqueid: 1\r\n\r\n"
            + f"Event: StatusComplete\r\nActionID: {number}\r\nEventList: Complete\r\n\r\n".encode()
        )

    async def scene(manager: Manager, port: int) -> None:
        heard: list[Any] = []
        link = await connected(port, heard)
        assert [message.event for message in await link.ask_list({"Action": "Status"})] == ["Status", "StatusComplete"]
        assert [message.event for message in heard] == ["Hangup"]
        link.close()

    with_manager(answer, scene)


@pytest.mark.parametrize("text", ["a\r\nAction: Originate", "a\nb", "a\0b"])
def test_a_line_end_in_a_value_is_not_a_second_action(text: str) -> None:
    async def scene(manager: Manager, port: int) -> None:
        link = await connected(port)
        with pytest.raises(ValueError, match="line end"):
            await link.ask({"Action": "QueueRemove", "Interface": text})
        link.close()
        assert not manager.actions

    with_manager(success, scene)
