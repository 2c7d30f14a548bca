"""What an administrator says about a channel, by its kind, and how that becomes what `notify.far` reads."""

from collections.abc import Mapping
from datetime import time
from secrets import token_urlsafe
from typing import Annotated, Any, Final, Literal

from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.datastructures import FormData
from starlette.requests import Request

from notify.far.check import is_understood
from notify.model import ChannelKind
from notify.tables import Channel
from web.forms import Submitted, checked
from web.languages import gettext as _

Port = Annotated[int | None, Field(ge=1, le=65535)]
Host = Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$")]
Address = Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s]+$")]
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]


class ChannelForm(BaseModel):
    """What every channel has."""

    name: str = Field(min_length=2, max_length=80)
    enabled: bool = False
    secret: str = Field("", max_length=500)
    forget: bool = False  # the secret is taken away
    daily: int | None = Field(None, ge=0, le=1_000_000)
    daily_each: int | None = Field(None, ge=1, le=10_000)


class Quiet(ChannelForm):
    """And what every channel of SMS has: hours in which no telephone shall buzz."""

    quiet_begin: time | None = None
    quiet_end: time | None = None


class EmailForm(ChannelForm):
    """A mail server."""

    host: Host
    port: Port = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = Field("", max_length=254)
    sender: str = Field(max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    ca: str = Field("", max_length=50_000)


class TelegramForm(ChannelForm):
    """A bot."""

    secret: str = Field("", max_length=200, pattern=r"^\d{3,}:[A-Za-z0-9_-]{10,}$")
    base: Address | Literal[""] = ""
    citizens: bool = False  # they may write appeals to it


class SmppForm(Quiet):
    """A link to a mobile operator."""

    host: Host
    port: Port = None
    security: Literal["tls", "none"] = "none"
    ca: str = Field("", max_length=50_000)
    user: str = Field(min_length=1, max_length=15)
    secret: str = Field("", max_length=8)
    sender: str = Field(max_length=16, pattern=r"^(\+?[0-9]{3,15}|[A-Za-z0-9 ._-]{1,11})$")
    system_type: str = Field("", max_length=12)


class SmsHttpForm(Quiet):
    """A provider's web address."""

    url: Address
    sender: str = Field("", max_length=16)
    body: Literal["json", "form"] = "json"
    to: Name | Literal[""] = ""
    text: Name | Literal[""] = ""
    from_: Name | Literal[""] = ""
    key: Name | Literal[""] = ""
    reports: bool = False
    signature: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] | Literal[""] = ""
    status_url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s]*\{id\}[^\s]*$")] | Literal[""] = ""
    report_id: Name | Literal[""] = ""
    report_status: Name | Literal[""] = ""
    delivered: str = Field("", max_length=300)
    failed: str = Field("", max_length=300)
    answers: bool = False
    answer_from: Name | Literal[""] = ""
    answer_text: Name | Literal[""] = ""


FORMS: Final[Mapping[ChannelKind, type[ChannelForm]]] = {
    ChannelKind.EMAIL: EmailForm,
    ChannelKind.TELEGRAM: TelegramForm,
    ChannelKind.SMS_SMPP: SmppForm,
    ChannelKind.SMS_HTTP: SmsHttpForm,
}
_OF_THE_ROW: Final = {"name", "enabled", "secret", "forget", "quiet_begin", "quiet_end"}
_BLAMED: Final[Mapping[ChannelKind, str]] = {  # what is wrong where the far end itself cannot live with the settings
    ChannelKind.EMAIL: "ca",
    ChannelKind.TELEGRAM: "secret",
    ChannelKind.SMS_SMPP: "sender",
    ChannelKind.SMS_HTTP: "url",
}


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


def read(channel: Channel, data: FormData) -> Submitted[Any]:
    """The form of the channel's kind; refused also where the far end would not know what to make of it."""
    kind = ChannelKind(channel.kind)
    form: Submitted[Any] = checked(FORMS[kind], data)
    given = form.value
    if isinstance(given, Quiet) and (given.quiet_begin is None) != (given.quiet_end is None):
        form.refuse("quiet_end", _("Write both times, or neither"))
    if isinstance(given, SmsHttpForm) and given.signature and (given.forget or not (given.secret or channel.secret)):
        form.refuse("secret", _("Reports are signed with it"))
    if form.value is None or _lacks_its_secret(channel, form.value):
        return form
    trial = Channel(kind=kind, settings=settings_of(form.value), secret=form.value.secret or channel.secret)
    if not is_understood(trial):
        trial.settings = {name: value for name, value in trial.settings.items() if name != "ca"}
        form.refuse("ca" if is_understood(trial) else _BLAMED[kind], _("This value is not understood"))
    return form


def _lacks_its_secret(channel: Channel, given: ChannelForm) -> bool:
    """A bot without a token is no bot; it is told when somebody switches it on."""
    return channel.kind == ChannelKind.TELEGRAM and not (given.secret or channel.secret)


def settings_of(given: ChannelForm, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `notify.far` reads; what was left empty is left out. The secret part of an address of ours is kept."""
    settings: dict[str, Any] = {
        name.rstrip("_"): value
        for name, value in given.model_dump(exclude=_OF_THE_ROW).items()
        if value not in ("", None) and value is not False
    }
    if isinstance(given, Quiet) and given.quiet_begin is not None and given.quiet_end is not None:
        settings["quiet"] = [given.quiet_begin.isoformat("minutes"), given.quiet_end.isoformat("minutes")]
    if isinstance(given, SmsHttpForm):
        for name, wanted in (("report_key", given.reports), ("answer_key", given.answers)):
            if wanted:
                settings[name] = (stored or {}).get(name) or token_urlsafe(24)
    return settings


def typed(channel: Channel) -> dict[str, Any]:
    """The stored channel as its form shows it; the secret is shown to nobody."""
    known = {name: channel.settings.get(name.rstrip("_"), "") for name in FORMS[ChannelKind(channel.kind)].model_fields}
    quiet = channel.settings.get("quiet")
    begin, end = quiet if isinstance(quiet, list) and len(quiet) == 2 else ("", "")
    return known | {
        "name": channel.name,
        "enabled": "true" if channel.enabled else "",
        "secret": "",
        "forget": "",
        "quiet_begin": begin,
        "quiet_end": end,
    }
