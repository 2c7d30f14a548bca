"""What the form for citizens asks: the administrator's page."""

from collections.abc import Collection
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.attachments import service as attachments
from appeals.cabinet import fields, model, queries, service, words
from appeals.cabinet.model import Asked
from appeals.cabinet.model import Field as Name
from appeals.classifier import words as entry_words
from notify import queries as channels
from notify.model import SMS, ChannelKind
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/citizens-form")

Arranger = Annotated[Person, may("cabinet.arrange")]
FIELDS: Final = tuple(Name)


class DefinitionForm(BaseModel):
    """Which fields, which of them are required, in which order; the places stand in the order of `FIELDS`."""

    asked: list[Name] = Field([], max_length=len(FIELDS))
    required: list[Name] = Field([], max_length=len(FIELDS))
    place: list[Annotated[int, Field(ge=1, le=99)]] = Field([], max_length=len(FIELDS))
    seen: int = Field(0, ge=0, lt=2**31)
    deed: Literal["look", "save"] = "save"

    def definition(self) -> list[Asked]:
        """The fields in their order."""
        places = dict(zip(FIELDS, self.place, strict=False))
        return model.ordered({each: (places.get(each, 99), each in self.required) for each in self.asked})


class RulesForm(BaseModel):
    """The channels of the codes, and as what files are kept."""

    channel: int | None = Field(None, ge=1, lt=2**63)
    sms: int | None = Field(None, ge=1, lt=2**63)
    file_kind: str = Field("", max_length=16)


@router.get("")
def page(request: Request, session: DbSession, person: Arranger) -> Response:
    """The form as it is asked, to be changed."""
    return _page(request, session, person, _asked_now(session, person), _rules_now(session, person))


@router.post("")
def change(
    request: Request,
    session: DbSession,
    person: Arranger,
    form: Annotated[Submitted[DefinitionForm], submitted(DefinitionForm)],
) -> Response:
    """Asked so from now on; or only looked at. What does not go is told, and nothing is changed."""
    if form.value is not None and (why := model.fault(form.value.definition())) is not None:
        form.refuse("asked", _(words.FAULTS[why]))
    given = form.value
    if given is not None and given.deed == "save":
        try:
            service.ask(session, given.definition(), seen=given.seen, by=person)
        except service.ChangedMeanwhile:
            form.refuse("asked", _("A colleague has changed the form meanwhile. Compare with theirs, then save again."))
            form.typed["seen"] = str(_seen(session, person))
        else:
            return see_other("/citizens-form", notice=_("Saved: citizens are asked so from now on"))
    status = 200 if form.value is not None else 422
    looked = given.definition() if given is not None else None
    return _page(request, session, person, form, _rules_now(session, person), looked=looked, status=status)


@router.post("/rules")
def arrange(
    request: Request, session: DbSession, person: Arranger, form: Annotated[Submitted[RulesForm], submitted(RulesForm)]
) -> Response:
    """Opens the cabinet, closes it, or sends its codes otherwise."""
    given = form.value
    for name, kinds in (("channel", {ChannelKind.EMAIL}), ("sms", SMS)):
        if given is not None and getattr(given, name) not in {None, *_channels(session, kinds)}:
            form.refuse(name, _("Choose one of the values offered"))
    if given is not None and given.file_kind and given.file_kind not in _file_kinds(session, person):
        form.refuse("file_kind", _("Choose one of the values offered"))
    if form.value is None:
        return _page(request, session, person, _asked_now(session, person), form, status=422)
    service.arrange(session, form.value.channel, form.value.file_kind, sms=form.value.sms, by=person)
    return see_other("/citizens-form", notice=_("Saved"))


def _seen(session: Session, person: Person) -> int:
    newest = queries.version(session, person.organisation_id)
    return newest.version if newest is not None else 0


def _asked_now(session: Session, person: Person) -> Submitted[Any]:
    asked = queries.asked(session, person.organisation_id)
    order = [each.field for each in asked]
    rest = [field for field in FIELDS if field not in order]
    places = {field: place for place, field in enumerate([*order, *rest], 1)}
    return blank(
        asked=[field.value for field in order],
        required=[each.field.value for each in asked if each.required],
        place=[str(places[field]) for field in FIELDS],
        seen=str(_seen(session, person)),
    )


def _rules_now(session: Session, person: Person) -> Submitted[Any]:
    found = queries.find(session, person.organisation_id)
    if found is None:
        return blank(channel="", sms="", file_kind=service.usual_file_kind(session, person.organisation_id))
    return blank(channel=found.mail_channel_id or "", sms=found.sms_channel_id or "", file_kind=found.file_kind)


def _channels(session: Session, kinds: Collection[str]) -> dict[int, str]:
    return {each.id: each.name for each in channels.channels(session) if each.kind in kinds}


def _file_kinds(session: Session, person: Person) -> dict[str, str]:
    return {each.code: entry_words.name(each) for each in attachments.offered(session, person.organisation_id)}


def _page(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    rules: Submitted[Any],
    *,
    looked: list[Asked] | None = None,
    status: int = 200,
) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    places = [str(each) for each in form.typed["place"]]
    form.typed["place"] = places + [""] * (len(FIELDS) - len(places))
    asked = looked if looked is not None else queries.asked(session, person.organisation_id)
    cabinet = queries.find(session, person.organisation_id)
    return render(
        request,
        "appeals/cabinet/editor.html",
        status=status,
        form=form,
        rules=rules,
        fields=FIELDS,
        needed=model.NEEDED,
        words=words,
        shown=fields.shown(session, organisation, asked),
        channels=_channels(session, {ChannelKind.EMAIL}),
        sms_channels=_channels(session, SMS),
        file_kinds=_file_kinds(session, person),
        organisation=organisation,
        is_open=cabinet is not None and cabinet.is_open,
        version=queries.version(session, person.organisation_id),
        looked=looked is not None,
    )
