"""What the dialplan and AGI tell of a call: UserEvents, whose headers are the fields of our events."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from calls import events
from calls.events import CallEvent, Event
from calls.model import CallId, Interface, Language
from calls.signals import ChannelId, Said, Signal
from calls.translate.headers import Malformed, Message, call_id, first, language_of, last, needed, phone_of, time_of

# What the dialplan, AGI and desks may tell; everything else about a call Asterisk says itself.
TOLD: dict[str, type[CallEvent]] = {
    kind.__name__: kind
    for kind in (
        events.CallArrived,
        events.CallPlaced,
        events.CallOverflowed,
        events.CallRefused,
        events.MenuEntered,
        events.LanguageChosen,
        events.KeyPressed,
        events.CallerSilent,
        events.TopicChosen,
        events.PromptHeard,
        events.FoundClosed,
        events.CallbackAsked,
        events.SelfServiceUsed,
        events.FellBack,
        events.RecordingStarted,
        events.CallerRequeued,
        events.SupervisorJoined,
        events.ConferenceBegan,
        events.ConferenceEnded,
    )
}
TOLD_OF_NO_CALL: dict[str, type[Event]] = {events.SupervisorLeft.__name__: events.SupervisorLeft}


def told(message: Message) -> Signal | Event | None:
    """What a UserEvent says; None for one that is not ours. Malformed."""
    name = needed(message, "UserEvent")
    if name in TOLD_OF_NO_CALL:
        return TOLD_OF_NO_CALL[name](**_given(TOLD_OF_NO_CALL[name], message))
    kind = TOLD.get(name)
    if kind is None:
        return None
    call = call_id(last(message, "Call"))
    if call is None:
        raise Malformed("no call")
    given = {**_given(kind, message), "call": call}
    channel = first(message, "Uniqueid")
    if issubclass(kind, events.CallArrived):
        given["channel"] = channel
    return Said(at=given["at"], channel=ChannelId(channel), event=kind(**given))


def _given(kind: type[Event], message: Message) -> dict[str, Any]:
    """The fields of the event, but for its call. Malformed."""
    given: dict[str, Any] = {"at": time_of(message)}
    for name, convert, optional in _told_fields(kind):
        header = "".join(part.capitalize() for part in name.split("_"))
        if header in message:
            given[name] = convert(last(message, header))
        elif not optional:
            raise Malformed(f"no {header}")
    return given


_told_known: dict[type[Event], list[tuple[str, Callable[[str], Any], bool]]] = {}


def _told_fields(kind: type[Event]) -> list[tuple[str, Callable[[str], Any], bool]]:
    """Name, conversion and whether it may be missing, of each field that the dialplan gives."""
    if kind not in _told_known:
        hints = get_type_hints(kind)
        _told_known[kind] = [
            (field.name, _conversion(hints[field.name]), field.default is not MISSING)
            for field in fields(kind)
            if field.name not in ("at", "call", "channel")
        ]
    return _told_known[kind]


def _conversion(of: Any) -> Callable[[str], Any]:
    if of is bool:
        return lambda text: text.strip().lower() in ("1", "true", "yes")
    if of is Language:
        return language_of
    if of is Interface:
        return lambda text: phone_of(f"{text}-0") or Interface(text)
    plain: Callable[[str], Any] = getattr(of, "__supertype__", of)  # NewType
    return plain


def as_told(kind: type[CallEvent], channel: ChannelId, call: CallId, **given: str) -> dict[str, str]:
    """The fields of the action that has Asterisk tell this event on a channel."""
    return {
        "UserEvent": kind.__name__,
        "Uniqueid": channel,
        "Call": str(call),
        **{name.capitalize(): value for name, value in given.items()},
    }
