"""What is remembered of Asterisk's channels: whose phone, which call they were born into, in which bridge they are."""

from dataclasses import dataclass

from calls.model import CallId, Interface
from calls.signals import BridgeId, ChannelId


@dataclass(slots=True)
class Channel:
    """One leg, as Asterisk knows it."""

    id: ChannelId
    agent: Interface | None = None  # whose phone it is
    call: CallId | None = None
    bridge: BridgeId | None = None
    hung_up: bool = False  # its far end asked for the end
    cut: bool = False  # Asterisk ended it by itself
    transfers: bool = False  # it has handed its caller on


class Channels:
    """Every channel alive. `Linkedid` is believed once, at birth: bridges rewrite it when they merge."""

    def __init__(self) -> None:
        self._channels: dict[ChannelId, Channel] = {}
        self._bridges: dict[BridgeId, set[ChannelId]] = {}

    def get(self, channel: ChannelId) -> Channel:
        """The channel; one whose birth was missed begins now."""
        if channel not in self._channels:
            self._channels[channel] = Channel(channel)
        return self._channels[channel]

    def born(
        self, channel: ChannelId, *, agent: Interface | None, call: CallId | None, linked: ChannelId | None
    ) -> None:
        """Remembers the channel with the call it says, or the call of the channel it is linked to."""
        it = self.get(channel)
        it.agent = it.agent or agent
        if it.call is None:
            hint = self._channels.get(linked) if linked else None
            it.call = call or (hint.call if hint else None)

    def enter(self, channel: Channel, bridge: BridgeId) -> None:
        """The channel is in this bridge now, and in no other."""
        self.leave(channel)
        channel.bridge = bridge
        self._bridges.setdefault(bridge, set()).add(channel.id)

    def leave(self, channel: Channel) -> None:
        """The channel is in no bridge."""
        if channel.bridge is not None:
            others = self._bridges[channel.bridge]
            others.discard(channel.id)
            if not others:
                del self._bridges[channel.bridge]
            channel.bridge = None

    def beside(self, channel: Channel) -> list[Channel]:
        """The other channels in its bridge."""
        if channel.bridge is None:
            return []
        return [self._channels[other] for other in sorted(self._bridges[channel.bridge]) if other != channel.id]

    def gone(self, channel: Channel) -> None:
        """Forgets the channel."""
        self.leave(channel)
        self._channels.pop(channel.id, None)

    def alive(self) -> set[ChannelId]:
        """Every channel remembered."""
        return set(self._channels)

    def __len__(self) -> int:
        return len(self._channels)
