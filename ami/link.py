"""One connection to Asterisk's Manager.

`Link` is panoramisk's protocol with these faults mended: letters cut between chunks (`ami.stream`), actions without
time-outs, actions sent again after a reconnect, lists that never end when refused, an action's text or a secret in the
log, line ends in values (a second action). What is heard goes to one plain callable that must only enqueue.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from ami.stream import Frames, NotManager, parse

log = structlog.get_logger()

Message = Any  # panoramisk.message.Message: a case-insensitive mapping
Fields = Mapping[str, str | list[str]]
_numbers = itertools.count(1)

WITHIN = timedelta(seconds=5)  # an ordinary answer
LIST_WITHIN = timedelta(seconds=10)


class LinkBroken(ConnectionError):
    """The connection ended before the answer came. Whether Asterisk did it is not known; nothing is sent again."""


class NoAnswer(TimeoutError):
    """Asterisk did not answer the action in time."""


class ActionFailed(RuntimeError):
    """Asterisk refused the action; the text is Asterisk's."""


class Question(Action):  # type: ignore[misc]
    """An action, and what was answered so far: one response, or a response and the events of a list."""

    def __init__(self, fields: Fields, *, as_list: bool) -> None:
        for name, value in fields.items():
            for part in [value] if isinstance(value, str) else value:
                if "\r" in part or "\n" in part or "\0" in part:
                    raise ValueError(f"a line end in {name}")
        super().__init__({**fields, "ActionID": f"holos-{next(_numbers)}"}, as_list=as_list)
        self._as_list = as_list

    def add_message(self, message: Message) -> bool:
        self.responses.append(message)
        refused = not self.responses[0].success
        last = not self._as_list or refused or message.eventlist.lower() in ("complete", "cancelled")
        if last and not self.future.done():
            self.future.set_result(self.responses)
        return last


class Link(AMIProtocol):  # type: ignore[misc]
    """A connection; `hear` gets every event that answers no action of ours, in order."""

    closed: bool
    responses: dict[str, Question]
    transport: asyncio.Transport

    def __init__(self, hear: Callable[[Message], None], taste: Callable[[bytes], None] | None = None) -> None:
        self._hear = hear
        self._taste = taste  # the raw bytes, for a capture
        self._frames = Frames()
        self._heard_at = asyncio.get_running_loop().time()
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def silent_for(self) -> timedelta:
        """How long nothing has come, not even half a message."""
        return timedelta(seconds=asyncio.get_running_loop().time() - self._heard_at)

    def data_received(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if self._taste is not None:
            self._taste(data)
        try:
            for frame in self._frames.feed(data):
                message = parse(frame)
                if message is not None:
                    self.handle_message(message)
        except NotManager as error:
            self.drop(str(error))

    def handle_message(self, message: Message) -> None:
        """Gives the message to the action that it answers, or to the listener."""
        question = self.responses.get(message.id)
        if question is not None:
            if question.add_message(message):
                self.responses.pop(message.id, None)
        elif "event" in message:
            self._hear(message)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.drop(f"connection lost: {exc}" if exc else "closed by Asterisk")

    def drop(self, reason: str) -> None:
        """Ends the connection. Actions without an answer fail with LinkBroken; none is kept for later."""
        if self.closed:
            return
        self.closed = True
        self.transport.abort()
        waiting, self.responses = self.responses, {}
        for question in waiting.values():
            if not question.future.done():
                question.future.set_exception(LinkBroken(reason))
        if not self.lost.done():
            self.lost.set_result(reason)

    def close(self) -> None:
        self.drop("closed")

    async def ask(self, fields: Fields, *, within: timedelta = WITHIN) -> Message:
        """The response to an action. ActionFailed, NoAnswer, LinkBroken."""
        return (await self._ask(Question(fields, as_list=False), within))[0]

    async def ask_list(self, fields: Fields, *, within: timedelta = LIST_WITHIN) -> list[Message]:
        """The events that answer an action, up to the end of the list."""
        return (await self._ask(Question(fields, as_list=True), within))[1:]

    async def _ask(self, question: Question, within: timedelta) -> list[Message]:
        if self.closed or self.transport.is_closing():
            question.future.cancel()
            raise LinkBroken("not connected")
        self.responses[question.id] = question
        self.transport.write(str(question).encode())
        try:
            answers: list[Message] = await asyncio.wait_for(question.future, within.total_seconds())
        except TimeoutError:
            raise NoAnswer(f"{question['Action']} was not answered in {within.total_seconds():g} s") from None
        finally:
            self.responses.pop(question.id, None)
        if not answers[0].success:
            raise ActionFailed(f"{question['Action']}: {answers[0].message}")
        return answers
