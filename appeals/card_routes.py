"""The card over HTTP: on the desk and as a page; looked up, gone on with, registered."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import calls.queries
from appeals import queries, registering, service, words
from appeals.applicants import service as applicants
from appeals.applicants import words as applicant_words
from appeals.applicants.model import PEOPLE, before_choice, filled_in
from appeals.applicants.tables import Applicant
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.draft_routes import DraftForm, Writer
from appeals.inbound import card as letters
from appeals.model import Source
from appeals.particulars import forms as particulars
from appeals.registering import MOST_ADDRESSES, CardForm
from appeals.tables import Appeal
from calls import directory
from calls.model import Source as Origin
from calls.tables import CallRow
from db import NotFound
from staff import queries as people
from staff.access import DbSession
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted, telephone
from web.languages import LANGUAGES
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals")

Number = Annotated[str, Query(max_length=40)]


@router.get("/card")
def card(
    request: Request,
    session: DbSession,
    person: Writer,
    *,
    call: UUID | None = None,
    number: Number = "",
    declared: bool = False,
) -> Response:
    """The card for a running call: what was typed before, else what is known of the number.

    The number is the ledger's; the one asked with counts where the ledger has none (yet). Of a number that the caller
    only says, `declared`, nothing is known: it is filled in, and opens nobody's data.
    """
    return render(request, "appeals/_card.html", **_card_in(session, person, call, number, declared=declared))


@router.get("/new")
def new(request: Request, session: DbSession, person: Writer, phone: Number = "", letter: Number = "") -> Response:
    """The same card as a page, for visitors and letters; with a phone that was looked for, who is known by it.

    With a `letter` from the mailbox it begins with what is written there, unless another card is begun.
    """
    found = applicants.look_up(session, phone, by=person) if phone else None
    of_letter = letters.begun(session, letter)
    shown = _card_of(session, person, phone, found=found, of_letter=of_letter)
    if of_letter and shown["form"].typed["letter"] != letter:
        told = _("A card is begun already: finish or empty it first, then open the letter again")
        return see_other("/appeals/new", notice=told)
    return render(request, "appeals/new.html", **shown)


@router.get("/begun/{call}")
def begun(request: Request, session: DbSession, person: Writer, call: UUID) -> Response:
    """The card of a call after it, as it was begun. NotFound for a call that is not this person's to go on with."""
    if not queries.goes_on_with(session, person, call) and queries.find_draft(session, person.id, call) is None:
        raise NotFound(f"draft of {call}")
    return render(request, "appeals/new.html", **_card_in(session, person, call, ""))


@router.post("/find")
def find_applicant(
    request: Request, session: DbSession, person: Writer, form: Annotated[DraftForm, Form()], applicant: int = 0
) -> Response:
    """The card with what is known of the phone typed in, or of the `applicant` chosen; whatever was typed stays."""
    call = _call_of(form.call) if applicant else None  # in a call the card is filled in by choice alone
    card: Submitted[Any] = blank(**form.model_dump() | {"call": str(call or "")})
    phone = registering.phone_of(card)
    if card.errors:
        return _refused(request, session, person, card)
    card.typed, known = service.fill_in(
        session, card.typed, phone, before=row_id(form.filled), chosen=applicant, by=person, call=call
    )
    if not is_part(request):
        return see_other(f"/appeals/begun/{call}" if call else f"/appeals/new?{urlencode({'phone': phone})}")
    return render(request, "appeals/_card.html", **_shown(session, card, phone, found=known))


@router.post("/card/unchosen")
def unchosen(request: Request, session: DbSession, person: Writer, form: Annotated[DraftForm, Form()]) -> Response:
    """The card as it was before somebody was chosen; whatever else was typed since stays."""
    call = _call_of(form.call)
    typed = form.model_dump() | before_choice(form.undo) | {"undo": ""}
    service.save_draft(session, person, call, {name: text for name, text in typed.items() if name != "seen"})
    if not is_part(request):
        return see_other(f"/appeals/begun/{call}" if call else "/appeals/new")
    phone = "" if _is_declared(session, form.call) else telephone(typed["phone"]) or ""
    return render(request, "appeals/_card.html", **_shown(session, blank(**typed), phone, found=None), again=True)


@router.post("")
def register(
    request: Request, session: DbSession, person: Writer, form: Annotated[Submitted[CardForm], submitted(CardForm)]
) -> Response:
    """A number; or the card again with what is wrong, everything typed kept, nothing saved."""
    known = registering.check(session, person, form)
    if form.value is None:
        return _refused(request, session, person, form)
    made = registering.register(session, form.value, known, by=person)
    if is_part(request):
        return render(request, "appeals/_registered.html", appeal=made.appeal, waits=made.waits, words=words)
    return see_other(f"/appeals/{made.appeal.number}", notice=_("Registered"))


@router.post("/card/address")
def one_more_address(
    request: Request, session: DbSession, person: Writer, form: Annotated[DraftForm, Form()]
) -> Response:
    """The card with room for one more address; whatever was typed stays."""
    call = _call_of(form.call)
    form.also = [*form.also[: MOST_ADDRESSES - 2], ""]
    service.save_draft(session, person, call, form.model_dump(exclude={"seen"}), seen=form.seen)
    if not is_part(request):
        return see_other(f"/appeals/begun/{call}" if call else "/appeals/new")
    card: Submitted[Any] = blank(**form.model_dump())
    phone = "" if _is_declared(session, form.call) else telephone(form.phone) or ""
    return render(request, "appeals/_card.html", **_shown(session, card, phone, found=None), adding=True)


def _call_of(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _card_in(
    session: Session, person: Person, call: UUID | None, number: str, *, declared: bool = False
) -> dict[str, Any]:
    """The card of a call, with the ledger's number where it has one."""
    known = calls.queries.find(session, call) if call else None
    if known is not None:
        number, declared = known.caller or number, declared or known.source == Origin.BROWSER
    return _card_of(session, person, number, call=call, row=known, trusted=not declared)


def _card_of(
    session: Session,
    person: Person,
    number: str,
    *,
    call: UUID | None = None,
    row: CallRow | None = None,
    found: Sequence[Applicant] | None = None,
    trusted: bool = True,
    of_letter: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The card with what was typed before, else with who is known by the number; `row` is the ledger's call."""
    draft = service.open_draft(session, person, call)
    known, whose = found or (), number if trusted else ""
    if draft is None and found is None and trusted:
        known = applicants.look_up(session, number, by=person, at_most=1, call=call)
        whose = number if known else ""  # a stranger has no appeals
    typed = draft.fields if draft is not None else {"phone": number} | filled_in({}, known) | dict(of_letter)
    if row is not None and not typed.get("topic"):
        typed = typed | {"topic": row.topic or ""}
    seen = draft.saved_at.isoformat() if draft is not None else ""
    typed = (
        dict.fromkeys(CardForm.model_fields, "") | particulars.BLANK | typed | {"call": str(call or ""), "seen": seen}
    )
    typed["submission"] = typed["submission"] or str(uuid4())
    shown = _shown(session, blank(**typed), whose, found=found)
    if draft is not None and draft.person_id != person.id:
        shown |= {"begun": draft, "writer": people.get(session, draft.person_id)}
    return shown


def _shown(session: Session, form: Submitted[Any], phone: str, *, found: Sequence[Applicant] | None) -> dict[str, Any]:
    """What the template of the card needs; `found` is None when nobody was looked for."""
    of_call = _from_call(session, form.typed["call"])
    known = {appeal.id for appeal in of_call}
    offered = classifier.offered(session, midnight().date())
    return {
        "of_call": of_call,
        "offered": offered,
        "usual": particulars.usual_codes(offered, Source.PHONE if form.typed["call"] else form.typed["source"]),
        "entry_words": entry_words,
        "particulars_fields": list(particulars.BLANK),
        "form": form,
        "topics": directory.choices(session),
        "words": words,
        "appeals": [appeal for appeal in queries.appeals_of(session, phone) if appeal.id not in known],
        "found": found if found is None else found[:PEOPLE],
        "more": found is not None and len(found) > PEOPLE,
        "begun": None,  # by a colleague
        "applicant_words": applicant_words,
        "reply_languages": {"": "–"} | LANGUAGES,
    }


def _refused(request: Request, session: Session, person: Person, form: Submitted[Any]) -> Response:
    """The card with what is wrong, the part on the desk or the page; what is known of the phone stays beside it."""
    phone = telephone(form.typed["phone"]) or ""
    found = applicants.look_up(session, phone, by=person) if phone and not form.typed["call"] else None
    if _is_declared(session, form.typed["call"]):
        phone = ""
    template = "appeals/_card.html" if is_part(request) else "appeals/new.html"
    return render(request, template, status=422, **_shown(session, form, phone, found=found or None))


def _from_call(session: Session, call: str) -> Sequence[Appeal]:
    """What this call has brought already, whoever registered it before handing the caller over."""
    try:
        return queries.appeals_from_call(session, UUID(call))
    except ValueError:
        return ()


def _is_declared(session: Session, call: str) -> bool:
    """Whether this call came from a browser, whose number is only the caller's word."""
    try:
        running = calls.queries.find(session, UUID(call))
    except ValueError:
        return False
    return running is not None and running.source == Origin.BROWSER
