"""The calls under way on one node, and what is told of them: each event evolves its call."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog

from calls.channels import Channels
from calls.events import CallArrived, CallEnded, CallEvent, CallLost, Event
from calls.model import CallId
from calls.signals import ChannelId
from calls.state import Call, UnexpectedEvent, begin, evolve

log = structlog.get_logger()


class Line(NamedTuple):
    """An event and the organisation whose call it belongs to."""

    organisation: int | None
    event: Event


class UnderWay:
    """Calls by their ids and by their callers' channels. `strict` raises what cannot be, for tests."""

    def __init__(self, calls: Iterable[Call] = (), *, strict: bool = False) -> None:
        self.calls: dict[CallId, Call] = {call.id: call for call in calls}
        self.channels = Channels()
        self._strict = strict
        self._callers = {ChannelId(call.channel): call.id for call in self.calls.values()}
        self._lines: list[Line] = []

    def listen(self) -> list[Line]:
        """The list that is written from now on."""
        self._lines = []
        return self._lines

    def of_caller(self, channel: ChannelId, otherwise: CallId | None = None) -> Call | None:
        """The call whose caller speaks through this channel, else the `otherwise` known one."""
        call = self._callers.get(channel, otherwise)
        return None if call is None else self.calls.get(call)

    def begin(self, event: CallArrived, channel: ChannelId) -> None:
        """A call that was not known; told again it changes nothing."""
        if event.call in self.calls:
            return
        self.calls[event.call] = begin(event)
        self._callers[channel] = event.call
        self.channels.get(channel).call = event.call
        self._lines.append(Line(event.organisation, event))

    def tell(self, event: CallEvent) -> None:
        """What happened to a call, if it is under way; to an unknown one it is told all the same."""
        call = self.calls.get(event.call)
        self._lines.append(Line(call.organisation if call else None, event))
        if call is None:
            return
        try:
            self.calls[call.id] = evolve(call, event)
        except UnexpectedEvent as error:
            if self._strict:
                raise
            log.warning("unexpected_event", call=str(call.id), reason=str(error))

    def end(self, call: Call, event: CallEnded | CallLost) -> None:
        """The call is over, and forgotten."""
        self.tell(event)
        self._callers.pop(ChannelId(call.channel), None)
        del self.calls[call.id]
