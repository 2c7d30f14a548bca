"""What we ask of Asterisk, from any thread: members, pauses, redirects, silence in recordings, reloads.

Each method waits for Asterisk's answer, no longer than its time-out: ActionFailed when Asterisk refuses (its words in
the error), NoAnswer when it is silent, NotAsked when there is no connection, LinkBroken when it breaks meanwhile.
Nothing is kept for later or sent twice.
"""

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from ami import Link, LinkBroken, NoAnswer
from ami.link import LIST_WITHIN, WITHIN
from calls import translate
from calls.events import CallEvent
from calls.model import CallId, Interface, QueueName
from calls.signals import ChannelId, QueuePlace

T = TypeVar("T")

RELOAD_WITHIN = timedelta(seconds=20)
CLEARED = "16"  # Q.850: a call that was ended as any other
NOT_REACHED = "20"  # Q.850: the subscriber is absent
_LOOP_ANSWERS_WITHIN = timedelta(seconds=2)  # beyond the time that Asterisk has


class NotAsked(LinkBroken):
    """There is no connection: Asterisk has heard nothing of it."""


class Actions:
    """`link` gives the connection, if there is one; `loop` is the one that it lives in."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, link: Callable[[], Link | None], *, within: timedelta = WITHIN
    ) -> None:
        self._loop, self._link, self._within = loop, link, within

    def queue_add(
        self,
        queue: QueueName,
        agent: Interface,
        *,
        name: str = "",
        penalty: int = 0,
        paused: bool = False,
        reason: str = "",
    ) -> None:
        """Makes the agent a member."""
        fields = {"Queue": queue, "Interface": agent, "Penalty": str(penalty), "Paused": _yes(paused)}
        if name:
            fields["MemberName"] = name
        self._ask("QueueAdd", fields)
        if paused and reason:  # QueueAdd takes no reason
            self.queue_pause(agent, paused=True, reason=reason, queue=queue)

    def queue_remove(self, queue: QueueName, agent: Interface) -> None:
        """Ends the membership."""
        self._ask("QueueRemove", {"Queue": queue, "Interface": agent})

    def queue_pause(self, agent: Interface, *, paused: bool, reason: str = "", queue: QueueName | None = None) -> None:
        """Pauses or resumes the member, in one queue or in all."""
        fields = {"Interface": agent, "Paused": _yes(paused), "Reason": reason}
        self._ask("QueuePause", {**fields, "Queue": queue} if queue else fields)

    def queue_penalty(self, queue: QueueName, agent: Interface, penalty: int) -> None:
        """Changes the member's rank."""
        self._ask("QueuePenalty", {"Queue": queue, "Interface": agent, "Penalty": str(penalty)})

    def queue_places(self) -> list[QueuePlace]:
        """Every member of every queue."""
        return translate.queue_places(self._ask_list("QueueStatus"))

    def redirect(self, channel: str, context: str, exten: str = "s", priority: int = 1) -> None:
        """Sends a channel, by name or Uniqueid, elsewhere in the dialplan."""
        place = {"Context": context, "Exten": exten, "Priority": str(priority)}
        self._ask("Redirect", {"Channel": channel, **place})

    def hang_up(self, channel: str) -> None:
        """Ends a channel, by name or Uniqueid. ActionFailed for one that is not there."""
        self._ask("Hangup", {"Channel": channel, "Cause": CLEARED})

    def channel_in_talk(self, caller: str, agent: Interface) -> str | None:
        """The agent's channel in the bridge of the caller's, by its Uniqueid; None when they are not together."""
        return translate.channel_in_talk(self._ask_list("Status"), caller, agent)

    def tell(self, kind: type[CallEvent], caller: str, call: CallId, *, agent: Interface, to: str) -> bool:
        """Has Asterisk tell an event of the agent's talk, with its own time. False when there is no such talk."""
        channel = self.channel_in_talk(caller, agent)
        if channel is not None:
            self._ask("UserEvent", translate.as_told(kind, ChannelId(channel), call, agent=agent, to=to))
        return channel is not None

    def originate(
        self,
        phone: str,
        context: str,
        exten: str,
        *,
        channel_id: str,
        caller: str,
        within: timedelta,
        variables: Mapping[str, str],
    ) -> None:
        """Calls the phone and leads it there once it has answered. Asterisk says at once only that it will."""
        fields: dict[str, str | list[str]] = {
            "Channel": phone,
            "Context": context,
            "Exten": exten,
            "Priority": "1",
            "ChannelId": channel_id,
            "CallerID": f"<{caller}>",
            "Timeout": str(round(within.total_seconds() * 1000)),
            "Async": "true",
            "Variable": [f"{name}={value}" for name, value in variables.items()],
        }
        self._ask("Originate", fields)

    def stop_ringing(self, agent: Interface) -> bool:
        """Ends what rings at the agent's phone, as if it could not be reached. False when nothing does."""
        channels = translate.ringing_channels(self._ask_list("Status"), agent)
        for channel in channels:
            self._ask("Hangup", {"Channel": channel, "Cause": NOT_REACHED})
        return bool(channels)

    def mute_recording(self, call: CallId, agent: Interface, *, muted: bool) -> bool:
        """Silence instead of sound in this talk's recording, or sound again. False when nothing of it is recorded."""
        answers = self._ask_list("Status", {"Variables": translate.RECORDED_VARIABLES})
        channels = translate.recorded_channels(answers, call, agent)
        for channel in channels:
            self._ask("MixMonitorMute", {"Channel": channel, "Direction": "both", "State": "1" if muted else "0"})
        return bool(channels)

    def reload(self, module: str) -> None:
        """Loads a module's configuration anew; "" for all."""
        self._ask("Reload", {"Module": module} if module else {}, within=RELOAD_WITHIN)

    def reload_queue(self, queue: QueueName) -> None:
        """Loads one queue's parameters and the rules of all anew, never members."""
        fields = {"Queue": queue, "Members": "no", "Rules": "yes", "Parameters": "yes"}
        self._ask("QueueReload", fields, within=RELOAD_WITHIN)

    def _ask(self, action: str, fields: Mapping[str, str | list[str]], *, within: timedelta | None = None) -> Any:
        patience = within or self._within
        return self._wait(lambda link: link.ask({"Action": action, **fields}, within=patience), patience)

    def _ask_list(self, action: str, fields: Mapping[str, str] | None = None) -> list[Any]:
        return self._wait(lambda link: link.ask_list({"Action": action, **(fields or {})}), LIST_WITHIN)

    def _wait(self, asked: Callable[[Link], Coroutine[Any, Any, T]], within: timedelta) -> T:
        link = self._link()
        if link is None or link.closed:
            raise NotAsked("not connected to Asterisk")
        future = asyncio.run_coroutine_threadsafe(asked(link), self._loop)
        try:
            return future.result((within + _LOOP_ANSWERS_WITHIN).total_seconds())
        except concurrent.futures.TimeoutError as error:
            future.cancel()
            if isinstance(error, NoAnswer):
                raise
            raise NoAnswer("the listener's loop does not answer") from None


def _yes(flag: bool) -> str:
    return "true" if flag else "false"
