"""The words of webhooks as people read them; messages for the catalogue."""

from appeals.webhooks.model import Event, State
from web.languages import later

EVENTS: dict[str, str] = {
    Event.REGISTERED: later("An appeal was registered"),
    Event.CHANGED: later("Something was done with an appeal"),
    Event.PING: later("A try"),
}
STATES: dict[str, tuple[str, str, str]] = {  # word, tone, sign
    State.WAITING: (later("waits to be sent"), "accent", "clock"),
    State.SENDING: (later("on its way"), "accent", "send"),
    State.SENT: (later("received"), "good", "check2"),
    State.DEAD: (later("not delivered"), "bad", "x-octagon"),
}
