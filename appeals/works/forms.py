"""The forms of works: what is typed, and what it means in local time."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, NaiveDatetime
from sqlalchemy.orm import Session

from appeals.addresses import queries as addresses
from appeals.works import model, queries, words
from appeals.works.model import Kind, Parity, Refusal
from appeals.works.service import Content
from appeals.works.tables import Work
from staff import queries as staff
from staff.tables import Person
from web.forms import Submitted, row_id
from web.languages import LANGUAGES, audience
from web.languages import gettext as _

LONGEST = 1000  # characters read to a caller: a minute and a half
Moment = Annotated[NaiveDatetime, Field(ge=datetime(2000, 1, 1), le=datetime(2100, 1, 1))]  # noqa: DTZ001 - by clocks
Id = Annotated[int, Field(ge=1, lt=2**63)]
Version = Annotated[int, Field(ge=1, lt=2**63)]
Said = Annotated[str, Field("", max_length=LONGEST)]


class WorkForm(BaseModel):
    """A work as it is entered and edited; moments by the organisation's clocks."""

    kind: Kind
    service: Id
    reason: str = Field(max_length=500)
    contact: str = Field("", max_length=200)
    source: str = Field("", pattern=r"^(facility|enterprise):[0-9]{1,18}$")
    planned_from: Moment
    planned_until: Moment | None = None
    uk: Said
    uz: Said
    ru: Said
    en: Said
    version: int = Field(0, ge=0, lt=2**63)


class BeginForm(BaseModel):
    """Since when people work."""

    version: Version
    begin_at: Moment


class ExtendForm(BaseModel):
    """Until when it lasts instead, and why."""

    version: Version
    extend_until: Moment
    extend_reason: str = Field("", max_length=500)


class FinishForm(BaseModel):
    """When it was finished, and what was done."""

    version: Version
    finish_at: Moment
    finish_reason: str = Field("", max_length=500)


class CancelForm(BaseModel):
    """Why it is called off."""

    version: Version
    cancel_reason: str = Field("", max_length=500)


class HouseForm(BaseModel):
    """One house more: its address, and the house chosen for it."""

    address: str = Field(min_length=2, max_length=200)
    house: str = ""


class RangeForm(BaseModel):
    """Houses of a street from one number to another."""

    street: str = Field(min_length=2, max_length=200)
    first: int = Field(1, ge=1, le=9999)
    last: int = Field(9999, ge=1, le=9999)
    parity: Parity = Parity.ALL


class AnswerForm(BaseModel):
    """The answer to those who waited, and who of them gets it."""

    answer: str = Field(min_length=3, max_length=2000)
    chosen: list[str] = Field(max_length=5000)


class LinkForm(BaseModel):
    """The work an appeal waits for."""

    work: Id


def moment(form: Submitted[Any], name: str) -> datetime | None:
    """What was typed as a moment; refused at its field where the clocks skip it."""
    typed = getattr(form.value, name) if form.value is not None else None
    if typed is None:
        return None
    found = model.local(typed, audience().zone)
    if found is None:
        form.refuse(name, _(words.REFUSALS[Refusal.NO_SUCH_TIME]))
    return found


def shown(value: datetime | None) -> str:
    """A moment as its field holds it."""
    return f"{value.astimezone(audience().zone):%Y-%m-%dT%H:%M}" if value is not None else ""


def content(session: Session, form: Submitted[WorkForm], by: Person) -> Content | None:
    """What the form says, or None with what is wrong at its fields."""
    sent = form.value
    since, until = moment(form, "planned_from"), moment(form, "planned_until")
    for code in staff.organisation(session, by.organisation_id).languages:
        if not any(letter.isalnum() for letter in str(form.typed.get(code, ""))) and code not in form.errors:
            form.refuse(code, _("Callers of this language would be told nothing"))
    if sent is None or form.value is None or since is None:
        return None
    if sent.service not in {each.id for each in queries.services(session)}:
        form.refuse("service", _("Choose one of the values offered"))
        return None
    kind, _colon, row = sent.source.partition(":")
    chosen = row_id(row) if row else None
    facility = addresses.get_facility(session, chosen).id if kind == "facility" and chosen is not None else None
    owner = addresses.get_enterprise(session, chosen).id if kind == "enterprise" and chosen is not None else None
    return Content(
        kind=sent.kind,
        service_id=sent.service,
        reason=sent.reason,
        contact=sent.contact,
        facility_id=facility,
        enterprise_id=owner,
        planned_from=since,
        planned_until=until,
        said={code: text for code in LANGUAGES if (text := getattr(sent, code))},
    )


def typed(work: Work) -> dict[str, Any]:
    """A work as its form holds it before anybody types."""
    source = f"facility:{work.facility_id}" if work.facility_id else ""
    source = f"enterprise:{work.enterprise_id}" if work.enterprise_id else source
    return {
        "kind": work.kind,
        "service": str(work.service_id),
        "reason": work.reason,
        "contact": work.contact,
        "source": source,
        "planned_from": shown(work.planned_from),
        "planned_until": shown(work.planned_until),
        "version": str(work.version),
        **{code: work.said.get(code, "") for code in LANGUAGES},
    }


def blank_work() -> dict[str, Any]:
    """A work of which nothing is known."""
    empty = dict.fromkeys(("service", "reason", "contact", "source", "planned_until", *LANGUAGES), "")
    return empty | {"kind": Kind.EMERGENCY, "planned_from": shown(datetime.now(UTC)), "version": "0"}
