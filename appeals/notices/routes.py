"""Notices to citizens over HTTP: what an organisation tells them by SMS."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.notices import queries, service, words
from appeals.notices.model import About
from appeals.notices.tables import NoticePolicy
from notify import queries as outbox
from notify.model import SMS, ChannelKind
from staff.access import DbSession, may
from staff.channels import words as way_words
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/channels/citizens")

Keeper = Annotated[Person, may("channels.manage")]

_LOOK_BACK = timedelta(days=30)


class RulesForm(BaseModel):
    """What is told, by which channel, when not, how often."""

    channel: int | None = Field(None, ge=1, lt=2**63)
    mail: int | None = Field(None, ge=1, lt=2**63)
    told: list[About] = []
    quiet_begin: time
    quiet_end: time
    most_a_day: int = Field(ge=1, le=50)


@router.get("")
def page(request: Request, session: DbSession, person: Keeper) -> Response:
    """What is told."""
    return _page(request, session, _typed(queries.policy(session, person.organisation_id)))


@router.post("")
def arrange(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[RulesForm], submitted(RulesForm)]
) -> Response:
    """Other rules, from now on."""
    given = form.value
    mine = {channel.id for channel in outbox.channels(session) if channel.kind in SMS}
    if given is not None and given.channel is not None and given.channel not in mine:
        form.refuse("channel", _("Choose one of the values offered"))
    if given is not None and given.mail is not None and given.mail not in _mail_channels(session):
        form.refuse("mail", _("Choose one of the values offered"))
    if given is not None and given.told and given.channel is None:
        form.refuse("channel", _("Choose the channel by which SMS are sent"))
    if form.value is None:
        return _page(request, session, form, status=422)
    rules = service.Rules(
        channel_id=form.value.channel,
        told=frozenset(form.value.told),
        quiet_begin=form.value.quiet_begin,
        quiet_end=form.value.quiet_end,
        most_a_day=form.value.most_a_day,
        mail_channel_id=form.value.mail,
    )
    service.arrange(session, rules, by=person)
    return see_other("/channels/citizens", notice=_("Saved"))


def _typed(policy: NoticePolicy | None) -> Submitted[Any]:
    if policy is None:
        return blank(channel="", mail="", told=[], quiet_begin="21:00", quiet_end="08:00", most_a_day=3)
    return blank(
        channel=policy.channel_id or "",
        mail=policy.mail_channel_id or "",
        told=[about.value for about in About if getattr(policy, f"{about}_since") is not None],
        quiet_begin=policy.quiet_begin.isoformat("minutes"),
        quiet_end=policy.quiet_end.isoformat("minutes"),
        most_a_day=policy.most_a_day,
    )


def _mail_channels(session: Session) -> Mapping[int, str]:
    return {each.id: each.name for each in outbox.channels(session) if each.kind == ChannelKind.EMAIL}


def _page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    return render(
        request,
        "appeals/notices/page.html",
        status=status,
        form=form,
        channels=[channel for channel in outbox.channels(session) if channel.kind in SMS],
        counted=outbox.states_to_citizens(session, since=datetime.now(UTC) - _LOOK_BACK),
        mail_channels=_mail_channels(session),
        templates=[*words.TEMPLATES.values(), words.MAILED],
        words=words,
        way_words=way_words,
    )
