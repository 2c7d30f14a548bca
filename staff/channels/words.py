"""The words of `notify.model` as people read them; messages for the catalogue."""

from notify.model import ChannelKind, Health, MessageState, RefusedBy
from web.languages import gettext as _
from web.languages import later

KINDS: dict[str, str] = {
    ChannelKind.EMAIL: later("E-mail"),
    ChannelKind.TELEGRAM: later("Telegram"),
    ChannelKind.SMS_SMPP: later("SMS by SMPP"),
    ChannelKind.SMS_HTTP: later("SMS by an HTTP gateway"),
}
KIND_HINTS: dict[str, str] = {
    ChannelKind.EMAIL: later("Your own mail server or your provider's"),
    ChannelKind.TELEGRAM: later("A bot of your organisation that is a member of the group"),
    ChannelKind.SMS_SMPP: later("Straight to a mobile operator, with reports of delivery"),
    ChannelKind.SMS_HTTP: later("A provider that takes messages at a web address"),
}
RECIPIENTS: dict[str, str] = {
    ChannelKind.EMAIL: later("E-mail address"),
    ChannelKind.TELEGRAM: later("Number of the chat, or @name of the group"),
    ChannelKind.SMS_SMPP: later("Telephone number with +"),
    ChannelKind.SMS_HTTP: later("Telephone number with +"),
}
HEALTH: dict[str, tuple[str, str, str]] = {  # word, tone, icon
    Health.OFF: (later("off"), "neutral", "slash-circle"),
    Health.UNTRIED: (later("not used yet"), "neutral", ""),
    Health.WELL: (later("works"), "good", ""),
    Health.ILL: (later("does not work"), "bad", ""),
}
STATES: dict[str, str] = {
    MessageState.WAITING: later("waits"),
    MessageState.SENDING: later("is being sent"),
    MessageState.SENT: later("sent"),
    MessageState.DELIVERED: later("delivered"),
    MessageState.FAILED: later("refused"),
    MessageState.DEAD: later("given up"),
}
TONES: dict[str, str] = {
    MessageState.WAITING: "accent",
    MessageState.SENDING: "accent",
    MessageState.SENT: "good",
    MessageState.DELIVERED: "good",
    MessageState.FAILED: "bad",
    MessageState.DEAD: "bad",
}
SECRETS: dict[str, str] = {
    ChannelKind.EMAIL: later("Password"),
    ChannelKind.TELEGRAM: later("Token of the bot"),
    ChannelKind.SMS_SMPP: later("Password"),
    ChannelKind.SMS_HTTP: later("Token"),
}

REFUSED_BY: dict[str, str] = {
    RefusedBy.SMS: later("by SMS"),
    RefusedBy.STAFF: later("told to the staff"),
}


def refusal(kind: ChannelKind) -> str:
    """Why nobody can be reached by this name in a channel of this kind."""
    match kind:
        case ChannelKind.EMAIL:
            return _("This is not an e-mail address")
        case ChannelKind.TELEGRAM:
            return _("Write the chat's number, such as -1001234567890, or @name")
        case _:
            return _("Write the number with + and the code of the country, such as +380671112233")
