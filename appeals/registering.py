"""The card as it is sent, the rules that no field knows alone, and all that a registration does: pages and programs
register by the same function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy.orm import Session

from appeals import service, words
from appeals.addresses import service as addresses
from appeals.applicants.forms import ApplicantForm
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.executors.tables import Executor
from appeals.inbound import card as letters
from appeals.inbound import service as inbound
from appeals.maps import service as maps
from appeals.model import Kind, Source
from appeals.particulars import forms as particulars
from appeals.particulars import service as particulars_of
from appeals.routing import service as routing
from appeals.tables import Appeal
from appeals.workflow import service as workflow
from appeals.works import answering
from staff import queries as people
from staff.tables import Person
from web.forms import Submitted, row_id, telephone
from web.languages import audience
from web.languages import gettext as _
from web.periods import midnight

MOST_ADDRESSES: Final = 20  # of one appeal


class CardForm(ApplicantForm, particulars.ParticularsForm):
    """The card as it is sent: who, what, where."""

    submission: UUID
    call: UUID | None = None
    source: Source | None = None  # in a call it is the call
    against: str = Field("", max_length=300)  # whom a complaint is about, by name or code
    house: str = ""  # the id of the one chosen for the address
    point: str = Field("", max_length=200)  # where it was moved to on the map
    also: list[Annotated[str, Field(max_length=500)]] = Field([], max_length=MOST_ADDRESSES - 1)  # further addresses
    also_house: list[str] = []
    kind: Kind
    topic: str = Field(max_length=64)
    problem: str = Field("", max_length=16)
    substance: str = Field(min_length=3, max_length=10_000)
    explanation: str = Field("", max_length=10_000)
    deed: Literal["register", "explain"] = "register"
    work: str = ""  # the id of the one the appeal waits for
    letter: str = ""  # the id of the one from the mailbox that is completed
    seen: str = ""  # when the draft that the card opened with was saved

    def addresses(self) -> list[tuple[str, int | None]]:
        """Each address as typed, with the house chosen for it."""
        typed = [(self.address, self.house), *zip_longest(self.also, self.also_house, fillvalue="")]
        return [(written, row_id(house)) for written, house in typed]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules found out about a card."""

    phone: str  # as E.164, "" when none was given
    about: Executor | None  # whom a complaint is about


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration."""

    appeal: Appeal
    waits: bool  # for a work, and is answered with it
    is_new: bool  # else the same form was sent before


def check(
    session: Session,
    person: Person,
    form: Submitted[CardForm],
    *,
    offered: Mapping[Section, Sequence[ClassifierEntry]] | None = None,
) -> Checked:
    """The rules that one field alone cannot know; where one is broken the form says so and has no value any more.

    `offered` is what a card of today may take, where whoever asks has read it already.
    """
    phone = _check(session, person, form, offered or classifier.offered(session, midnight().date()))
    return Checked(phone, _complained_of(session, form))


def register(session: Session, sent: CardForm, known: Checked, *, by: Person) -> Registered:
    """The appeal under its number, with its addresses, sent to whom the rules name unless it waits for a work."""
    new = Appeal(
        kind=sent.kind,
        topic=sent.topic,
        problem=sent.problem,
        substance=sent.substance,
        address=sent.address,
        source=Source.PHONE if sent.call else sent.source,
        call_id=sent.call,
        received_at=particulars_of.received_at(sent.received_on, audience().zone, datetime.now(UTC)),
    )
    appeal = service.register(
        session,
        new,
        sent.applicant(known.phone),
        by=by,
        submission=sent.submission,
        explanation=sent.explanation if sent.deed == "explain" else "",
        particulars=sent.particulars(),
        chosen=row_id(sent.filled),
    )
    addresses.note(session, appeal, sent.addresses())
    maps.place_new(session, appeal, sent.point, sent.house, by=by)
    if (letter := row_id(sent.letter)) is not None:
        inbound.register(session, letter, appeal, by=by)
    if known.about is not None:
        routing.complain_of(session, appeal, [known.about.id], by=by)
    waits = answering.link_new(session, appeal, row_id(sent.work), by=by)
    if not waits:  # else it is answered with the work
        workflow.begin(session, appeal, by=by)
    return Registered(appeal, waits, appeal is new)


def phone_of(form: Submitted[Any]) -> str:
    """The phone typed in as E.164, "" when there is none; refused when it is no number."""
    phone = telephone(form.typed["phone"])
    if phone is None:
        form.refuse("phone", _("This is not a telephone number"))
    return phone or ""


def _check(
    session: Session,
    person: Person,
    form: Submitted[CardForm],
    offered: Mapping[Section, Sequence[ClassifierEntry]],
) -> str:
    sent = form.value
    if sent is None:
        return ""
    explanation = sent.explanation if sent.deed == "explain" else None
    if missing := sent.missing():
        form.refuse(missing, _("Fill in this field"))
    taken = service.taken_by_colleague(session, sent.submission, sent.substance, by=person)
    if taken is not None:
        told = _("%(name)s has registered it meanwhile as %(number)s. For another matter register again.")
        names = {"number": taken.number, "name": people.get(session, taken.registered_by).name}
        form.refuse("substance", told % names)
        form.typed["submission"] = str(uuid4())
    if sent.letter:
        for name in _lacks_by_law(sent, has_chat=letters.has_chat(session, sent.letter)):
            form.refuse(
                name, _("The law wants it of a written appeal: complete it, or return the letter to its author")
            )
    if not letters.may_become(session, sent.letter, sent.submission):
        form.refuse("substance", _("This letter has been decided by a colleague meanwhile"))
    _check_codes(sent, form, offered)
    for name in service.faults(session, topic=sent.topic, source=sent.source, call=sent.call, explanation=explanation):
        form.refuse(name, _(words.FAULTS[name]))
    return phone_of(form)


def _lacks_by_law(sent: CardForm, *, has_chat: bool) -> list[str]:
    """What article 5 wants of a self-submitted appeal besides the name and the substance: residence, a way to reply."""
    place, way = not sent.address.strip(), not (has_chat or sent.phone.strip() or sent.email.strip())
    return [name for name, is_missing in (("address", place), ("phone", way)) if is_missing]


def _check_codes(
    sent: CardForm, form: Submitted[CardForm], offered: Mapping[Section, Sequence[ClassifierEntry]]
) -> None:
    """Coded values are those offered today; nothing is received tomorrow."""
    wrong = [f"code_{section.value}" for section in particulars_of.faults(offered, sent.codes())]
    wrong += ["problem"] if sent.problem and sent.problem not in _codes(offered[Section.PROBLEM]) else []
    for name in wrong:
        form.refuse(name, _("Choose one of the values offered"))
    if sent.received_on is not None and sent.received_on > midnight().date():
        form.refuse("received_on", _("This day has not come yet"))


def _codes(entries: Sequence[Any]) -> set[str]:
    return {entry.code for entry in entries}


def _complained_of(session: Session, form: Submitted[CardForm]) -> Executor | None:
    """The executor that a complaint is about; refused where the words name none, or several."""
    sent = form.value
    if sent is None or sent.kind != Kind.COMPLAINT or not sent.against:
        return None
    about, _near = routing.named(session, sent.against)
    if about is None:
        form.refuse("against", _("No executor is called so, or several are"))
    return about
