"""Channels over HTTP: the list with their health, one channel's form, and a test message that is watched on its way."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from notify import queries, service
from notify.channels import NameTaken, add_channel, change_channel, wake
from notify.model import ChannelKind, MessageState, health, is_recipient
from notify.tables import Channel, Message
from staff import queries as staff_queries
from staff.access import DbSession, may
from staff.audit import audit, changed
from staff.channels import words
from staff.channels.forms import Sent, read, settings_of, typed
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/channels")

Keeper = Annotated[Person, may("channels.manage")]

_LOOK_BACK = timedelta(days=30)
_UNDER_WAY = frozenset({MessageState.WAITING, MessageState.SENDING})


class NewChannelForm(BaseModel):
    """A channel's name and kind; its kind never changes."""

    name: str = Field(min_length=2, max_length=80)
    kind: ChannelKind


class TestForm(BaseModel):
    """To whom a test message goes."""

    recipient: str = Field(max_length=254)


@router.get("")
def channels(request: Request, session: DbSession, person: Keeper) -> Response:
    """Every channel, how it is, and what it has sent lately."""
    return _channels(request, session, blank(name="", kind=ChannelKind.EMAIL))


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[NewChannelForm], submitted(NewChannelForm)],
) -> Response:
    """A new channel, off until it is filled in."""
    if form.value is not None:
        try:
            given = form.value
            made = add_channel(session, person.organisation_id, name=given.name, kind=given.kind)
            audit(session, person, "channel.added", f"channel:{made.id}", name=made.name)
            return see_other(f"/channels/{made.id}")
        except NameTaken:
            form.refuse("name", _("Another channel has this name"))
    return _channels(request, session, form, status=422)


def _settings(channel: Channel) -> dict[str, object]:
    """What is written down of a channel: everything but what is secret."""
    shown = {name: value for name, value in channel.settings.items() if not name.endswith("_key")}
    return {"name": channel.name, "enabled": channel.enabled} | shown


def _channels(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    return render(
        request,
        "notify/channels.html",
        status=status,
        channels=[(channel, _health(channel)) for channel in queries.channels(session)],
        counted=queries.states_of(session, since=datetime.now(UTC) - _LOOK_BACK),
        form=form,
        words=words,
    )


@router.get("/{channel_id}")
def channel_page(request: Request, session: DbSession, person: Keeper, channel_id: int, test: str = "") -> Response:
    """One channel: its form, its health, and the test message sent last."""
    channel = queries.channel(session, channel_id)
    return _page(request, session, channel, blank(**typed(channel)), test=_test_of(session, channel, test))


@router.post("/{channel_id}")
def change(request: Request, session: DbSession, person: Keeper, channel_id: int, sent: Sent) -> Response:
    """Other settings; an empty secret keeps the stored one."""
    channel = queries.channel(session, channel_id)
    form = read(channel, sent)
    if form.value is not None and form.value.enabled and _needs_secret(channel, form.value):
        form.refuse("secret", _("Without it the channel cannot work"))
    if form.value is not None:
        given = form.value
        before = _settings(channel)
        try:
            change_channel(
                session,
                channel,
                name=given.name,
                settings=settings_of(given, channel.settings),
                secret="" if given.forget else given.secret or None,
                enabled=given.enabled,
            )
            secret = {"secret": "••• → ••••••"} if given.secret or given.forget else {}
            told = changed(before, _settings(channel)) | secret
            if told:
                audit(session, person, "channel.changed", f"channel:{channel.id}", **told)
            return see_other(f"/channels/{channel.id}", notice=_("Saved: %s") % channel.name)
        except NameTaken:
            form.refuse("name", _("Another channel has this name"))
    return _page(request, session, channel, form, status=422)


@router.post("/{channel_id}/test")
def send_test(
    request: Request,
    session: DbSession,
    person: Keeper,
    channel_id: int,
    form: Annotated[Submitted[TestForm], submitted(TestForm)],
) -> Response:
    """A test message in the outbox, ahead of whatever pause the channel is taking."""
    channel = queries.channel(session, channel_id)
    recipient = form.typed["recipient"].replace(" ", "")
    if form.value is not None and not is_recipient(ChannelKind(channel.kind), recipient):
        form.refuse("recipient", words.refusal(ChannelKind(channel.kind)))
    if form.value is None:
        return _page(request, session, channel, blank(**typed(channel)), status=422, test_form=form)
    organisation = staff_queries.organisation(session, person.organisation_id)
    language = audience().language
    name = organisation.called(language)
    key = f"test:{channel.id}:{uuid4()}"
    message = service.put(
        session, channel, recipient, service.TEST, language=language, key=key, parameters={"organisation": name}
    )
    wake(channel)
    audit(session, person, "channel.tested", f"channel:{channel.id}", recipient=recipient)
    return see_other(f"/channels/{channel.id}?test={message.id}#test")


@router.get("/{channel_id}/tests/{message_id}")
def test_outcome(request: Request, session: DbSession, person: Keeper, channel_id: int, message_id: int) -> Response:
    """How far the test message is: a part that asks again until it is known."""
    message = queries.get(session, message_id)
    return render(
        request,
        "notify/_test.html",
        channel=queries.channel(session, channel_id),
        test=message,
        under_way=message.state in _UNDER_WAY,
        words=words,
    )


def _needs_secret(channel: Channel, given: Any) -> bool:
    stays = channel.secret and not given.forget
    return channel.kind == ChannelKind.TELEGRAM and not (given.secret or stays)


def _health(channel: Channel) -> str:
    ever = channel.last_success_at is not None or channel.last_failure_at is not None
    return health(enabled=channel.enabled, failures=channel.failures, ever=ever)


def _test_of(session: Session, channel: Channel, written: str) -> Message | None:
    """The test message the address names, if it went through this channel."""
    message = row_id(written)
    found = queries.find(session, message) if message is not None else None
    return found if found is not None and found.channel_id == channel.id else None


def _page(
    request: Request,
    session: Session,
    channel: Channel,
    form: Submitted[Any],
    *,
    status: int = 200,
    test: Message | None = None,
    test_form: Submitted[Any] | None = None,
) -> Response:
    return render(
        request,
        "notify/channel.html",
        status=status,
        channel=channel,
        health=_health(channel),
        resting=channel.resting_until is not None and channel.resting_until > datetime.now(UTC),
        form=form,
        test=test,
        test_form=test_form or blank(recipient=test.recipient if test else ""),
        under_way=test is not None and test.state in _UNDER_WAY,
        counted=queries.states_of(session, since=datetime.now(UTC) - _LOOK_BACK).get(channel.id, {}),
        words=words,
        reports_at=_address(request, "reports", channel.settings.get("report_key", "")),
        answers_at=_address(request, "answers", channel.settings.get("answer_key", "")),
    )


def _address(request: Request, what: str, key: str) -> str:
    """The address that the gateway is told for what it has to say; "" where it says nothing of the kind."""
    return f"{request.app.state.site}/sms/{what}/{key}" if key else ""
