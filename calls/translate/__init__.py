"""Asterisk's messages in our types. The only place that knows the names and units of Asterisk's headers."""

from calls.translate.answers import (
    ASKED_VARIABLES,
    RECORDED_VARIABLES,
    alive_channels,
    arrival,
    channel_in_talk,
    channels_in_use,
    clock,
    queue_places,
    recorded_channels,
    ringing_channels,
    started_at,
    waiting_callers,
)
from calls.translate.headers import Malformed, Message, call_id, phone_of
from calls.translate.links import FarEnd, far_ends, phones, registrations
from calls.translate.messages import AMI_EVENTS, translate
from calls.translate.told import TOLD, as_told

__all__ = [
    "AMI_EVENTS",
    "ASKED_VARIABLES",
    "RECORDED_VARIABLES",
    "TOLD",
    "FarEnd",
    "Malformed",
    "Message",
    "alive_channels",
    "arrival",
    "as_told",
    "call_id",
    "channel_in_talk",
    "channels_in_use",
    "clock",
    "far_ends",
    "phone_of",
    "phones",
    "queue_places",
    "recorded_channels",
    "registrations",
    "ringing_channels",
    "started_at",
    "translate",
    "waiting_callers",
]
