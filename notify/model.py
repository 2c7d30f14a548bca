"""The words of the outbox: how far a message is, what moves it on, how long to wait, and what a far end may answer."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable


class ChannelKind(StrEnum):
    """By what way messages leave the house."""

    EMAIL = "email"
    SMS_SMPP = "sms_smpp"
    SMS_HTTP = "sms_http"
    TELEGRAM = "telegram"


REPORTING: Final = frozenset({ChannelKind.SMS_SMPP})  # a connection is kept for what they say later
SMS: Final = frozenset({ChannelKind.SMS_SMPP, ChannelKind.SMS_HTTP})
AT_ONCE: Final = {  # messages under way in one channel; Telegram takes about one a second for a chat
    ChannelKind.EMAIL: 4,
    ChannelKind.SMS_SMPP: 1,
    ChannelKind.SMS_HTTP: 4,
    ChannelKind.TELEGRAM: 1,
}


class MessageState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENDING = "sending"  # leased by a sender
    SENT = "sent"  # the far end has taken it
    DELIVERED = "delivered"  # the far end says that the reader has it
    FAILED = "failed"  # the far end does not want it, and will not later
    DEAD = "dead"  # given up: tried too often, or too long


class PartOutcome(StrEnum):
    """What a far end reports of a part at last."""

    DELIVERED = "delivered"
    FAILED = "failed"


class Deed(StrEnum):
    """What moves a message."""

    LEASE = "lease"
    LEASE_AGAIN = "lease_again"  # its sender vanished: nobody knows whether it went out
    ACCEPT = "accept"
    DELIVER = "deliver"
    POSTPONE = "postpone"
    REFUSE = "refuse"
    GIVE_UP = "give_up"
    RESEND = "resend"  # an administrator wishes it
    DROP = "drop"  # an administrator wishes it never to go out


TRANSITIONS: Final[Mapping[tuple[MessageState, Deed], MessageState]] = {
    (MessageState.WAITING, Deed.LEASE): MessageState.SENDING,
    (MessageState.WAITING, Deed.REFUSE): MessageState.FAILED,
    (MessageState.WAITING, Deed.DROP): MessageState.DEAD,
    (MessageState.SENDING, Deed.LEASE_AGAIN): MessageState.SENDING,
    (MessageState.SENDING, Deed.ACCEPT): MessageState.SENT,
    (MessageState.SENDING, Deed.POSTPONE): MessageState.WAITING,
    (MessageState.SENDING, Deed.REFUSE): MessageState.FAILED,
    (MessageState.SENDING, Deed.GIVE_UP): MessageState.DEAD,
    (MessageState.SENT, Deed.DELIVER): MessageState.DELIVERED,
    (MessageState.SENT, Deed.REFUSE): MessageState.FAILED,
    (MessageState.FAILED, Deed.RESEND): MessageState.WAITING,
    (MessageState.DEAD, Deed.RESEND): MessageState.WAITING,
}


class NotPossible(ValueError):
    """The message is not in a state in which this can be done."""


def moved(state: MessageState, deed: Deed) -> MessageState:
    """The state after the deed. NotPossible."""
    after = TRANSITIONS.get((state, deed))
    if after is None:
        raise NotPossible(f"{deed} of a message that is {state}")
    return after


FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(minutes=30)
LONGEST_REST: Final = timedelta(
    minutes=5
)  # of a channel whose far end is away: it is asked again soon after it is back
HOPELESS_AFTER: Final = 12  # failures of the message itself; a far end that is away never counts
TOO_LATE_AFTER: Final = timedelta(hours=24)  # whatever the reason


def pause_after(failures: int, *, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """How long to wait after so many failures in a row: doubling, up to the longest."""
    return longest if failures > 20 else min(FIRST_PAUSE * 2 ** max(0, failures - 1), longest)


def hopeless(failures: int, waited: timedelta) -> bool:
    """Whether there is no point in trying any more."""
    return failures >= HOPELESS_AFTER or waited >= TOO_LATE_AFTER


class Health(StrEnum):
    """How a channel is, for whoever looks after it."""

    OFF = "off"
    UNTRIED = "untried"  # nothing was sent yet
    WELL = "well"
    ILL = "ill"  # the far end is away, busy, or does not know us


def health(*, enabled: bool, failures: int, ever: bool) -> Health:
    """`failures` of the channel as a whole, in a row; `ever`: something was tried."""
    if not enabled:
        return Health.OFF
    if failures:
        return Health.ILL
    return Health.WELL if ever else Health.UNTRIED


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When no telephone shall buzz. `begin` after `end` reaches over midnight; the same time twice is never."""

    begin: time
    end: time

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> "QuietHours | None":
        """As a channel's settings say: `{"quiet": ["21:00", "08:00"]}`. ValueError for what is no time of day."""
        match settings.get("quiet"):
            case None:
                return None
            case [str(begin), str(end)]:
                return cls(time.fromisoformat(begin), time.fromisoformat(end))
            case other:
                raise ValueError(f"quiet hours are two times of day, not {other!r}")

    def hold(self, now: datetime, zone: tzinfo) -> bool:
        """Whether it is quiet now by the clocks of this zone."""
        here = now.astimezone(zone).time()
        if self.begin <= self.end:
            return self.begin <= here < self.end
        return here >= self.begin or here < self.end


def daily_limit(settings: Mapping[str, object], name: str = "daily") -> int | None:
    """How many messages a channel may send a day, `{"daily": 500}`; None for any number. ValueError for nonsense.

    With the name "daily_each", how many to one address.
    """
    match settings.get(name):
        case None | "":
            return None
        case int(limit) if limit >= 0:
            return limit
        case other:
            raise ValueError(f"a day's limit is a number, not {other!r}")


PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


def faults_of_wording(written: str, template: str) -> list[str]:
    """Placeholders that the template does not know; "%" for one that is none."""
    known = set(PLACEHOLDER.findall(template))
    rest = PLACEHOLDER.sub("", written).replace("%%", "")
    return [name for name in PLACEHOLDER.findall(written) if name not in known] + (["%"] if "%" in rest else [])


_TELEPHONE = re.compile(r"\+[1-9]\d{7,14}")  # E.164
_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)  # WHATWG HTML, 4.10.5.1.5
_CHAT = re.compile(r"-?\d{1,20}|@[A-Za-z]\w{4,31}")


def is_recipient(kind: ChannelKind, recipient: str) -> bool:
    """Whether a channel of this kind can reach somebody under this name at all."""
    pattern = {ChannelKind.EMAIL: _MAILBOX, ChannelKind.TELEGRAM: _CHAT}.get(kind, _TELEPHONE)
    return pattern.fullmatch(recipient) is not None


@dataclass(frozen=True, slots=True)
class Template:
    """A text in English, which the catalogues translate; `%(name)s` stands for a parameter."""

    code: str
    name: str  # on the page where an organisation words it anew
    subject: str
    text: str
    to_citizens: bool = False  # as SMS it is for those only who have not refused them


class RefusedBy(StrEnum):
    """How we heard that somebody wants no SMS, or wants them again."""

    SMS = "sms"
    STAFF = "staff"


_STOP: Final = frozenset(
    ("stop", "stopall", "unsubscribe", "стоп", "відписка", "відписатися", "отписка", "отписаться", "toxta", "toxtat")
)
_START: Final = frozenset(("start", "unstop", "старт", "підписка", "підписатися", "подписка", "подписаться", "boshla"))


def wishes(text: str) -> bool | None:
    """What somebody answers to our SMS: False for none any more, True for them again, None for anything else."""
    word = re.sub(r"[^\w]", "", text, flags=re.UNICODE).replace("ʻ", "").replace("ʼ", "").casefold()
    return False if word in _STOP else True if word in _START else None


@dataclass(frozen=True, slots=True)
class Sent:
    """The far end took the message; `reference` is its own name for it, where it gives one.

    `parts` are the names of what it will report on, one by one.
    """

    reference: str = ""
    parts: tuple[str, ...] = ()


class Later(Exception):
    """It did not work and may work later.

    `pause` is the far end's own wish. `everything` says that it is not about this message: the far end is away, busy or
    does not know us, so the channel rests. `doubtful` says that the message may have gone out all the same.
    """

    def __init__(
        self, why: str, *, pause: timedelta | None = None, everything: bool = False, doubtful: bool = False
    ) -> None:
        super().__init__(why)
        self.pause, self.everything, self.doubtful = pause, everything, doubtful


class Refused(Exception):
    """The far end does not want this message, and will not want it later."""


class Letter(Protocol):
    """What a far end needs of a message."""

    id: int
    recipient: str
    subject: str
    text: str
    key: str
    buttons: dict[str, str]  # what a press says: the button's text; only Telegram has any
    created_at: datetime


Reported = Callable[[str, PartOutcome, str], Awaitable[None]]  # the part's reference, what became of it, its words
Heard = Callable[[str, str], Awaitable[None]]  # who wrote to us, and what


class FarEnd(Protocol):
    """Where a channel leads."""

    async def send(self, letter: Letter) -> Sent:
        """Hands the message over. Later, Refused."""

    async def close(self) -> None:
        """Lets go of connections."""


@runtime_checkable
class Reporting(Protocol):
    """A far end that says later what became of a message, and what people write to us."""

    def listen(self, reported: Reported, heard: Heard) -> None:
        """Keeps a connection for reports from here on."""


@runtime_checkable
class Asked(Protocol):
    """A far end that is asked later what became of a message."""

    async def ask(self, reference: str) -> tuple[PartOutcome, str] | None:
        """What became of it, in the far end's words; None while it is not known, or nobody answers."""
