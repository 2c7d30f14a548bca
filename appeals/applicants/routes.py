"""Applicants over HTTP: offered while somebody types, beside a card, and looked for on a page of their own."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appeals import words as appeal_words
from appeals.addresses import finding as addresses
from appeals.addresses import writing
from appeals.addresses.finding import house_named
from appeals.applicants import queries, service, words
from appeals.applicants.forms import ApplicantDraft
from appeals.applicants.model import ContactKind
from appeals.applicants.tables import Applicant, ApplicantContact
from appeals.classifier import words as entry_words
from calls import directory
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Organisation, Person
from web import formats
from web.forms import row_id, telephone
from web.languages import gettext as _
from web.languages import ngettext
from web.pages import render
from web.periods import midnight

router = APIRouter(prefix="/appeals/applicants")

Writer = Annotated[Person, may("appeals.register")]
Reader = Annotated[Person, may("applicants.read")]


class KnownForm(ApplicantDraft):
    """A card half filled in, as far as it says who the applicant is."""

    house: str = ""
    call: str = ""


@router.get("/suggest")
def suggest(session: DbSession, person: Writer, q: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Applicants for what was typed: the name, and by what to tell one from another."""
    organisation = staff.organisation(session, person.organisation_id)
    found = service.suggest(session, organisation, q, by=person) if q.strip() else ()
    notes = _notes(session, organisation, found)
    offers = [{"id": each.id, "text": each.name, "note": notes[each.id]} for each in found]
    return JSONResponse({"offers": offers}, headers={"Cache-Control": "no-store"})


def _notes(session: Session, organisation: Organisation, applicants: Sequence[Applicant]) -> dict[int, str]:
    """What stands beside each name that is offered: telephone, address, how many appeals."""
    ids = [each.id for each in applicants]
    counts = queries.appeals_counted(session, ids)
    where = {
        (each.applicant_id, each.value): written_address(each, organisation.default_language)
        for each in queries.contacts(session, ids)
        if each.kind == ContactKind.ADDRESS
    }
    found = {}
    for each in applicants:
        count = counts.get(each.id, 0)
        appeals = ngettext("%d appeal", "%d appeals", count) % count if count else ""
        address = where.get((each.id, each.address), each.address)
        parts = (formats.phone(each.phone) if each.phone else "", address, each.code, appeals)
        found[each.id] = " · ".join(str(part) for part in parts if part)
    return found


def written_address(contact: ApplicantContact, language: str) -> str:
    """An address by its house's name of today, with the flat after it; else as it was typed."""
    if contact.house is None:
        return contact.value
    return ", ".join(part for part in (writing.house(contact.house, language), contact.detail) if part)


@router.post("/known")
def known(request: Request, session: DbSession, person: Writer, form: Annotated[KnownForm, Form()]) -> Response:
    """Who was chosen on a card, what registering will write of them, their history; or who lives at the address."""
    organisation = staff.organisation(session, person.organisation_id)
    chosen = queries.find(session, row_id(form.filled))
    if chosen is None:
        named = any(text.strip() for text in (form.surname, form.title))
        here = () if named or not form.address.strip() else _living_at(session, organisation, form, person)
        return render(request, "appeals/applicants/_known_part.html", known=None, here=here)
    applicant = service.open_page(session, chosen.id, why="card", by=person)
    contacts = queries.contacts(session, [applicant.id])
    language = organisation.default_language
    addresses = [
        written_address(each, language) for each in contacts if each.kind == ContactKind.ADDRESS and each.until is None
    ]
    today = midnight().date()
    phones = [each.value for each in contacts if each.kind == ContactKind.PHONE and each.until is None]
    return render(
        request,
        "appeals/applicants/_known_part.html",
        known=applicant,
        here=(),
        can_undo=bool(form.undo),
        differences=_differences(session, applicant, form, contacts),
        addresses=[each for each in addresses if each != form.address],
        categories=[
            each.entry for each in queries.categories(session, [applicant.id]) if queries.is_in_force(each, today)
        ],
        appeals=queries.appeals_of(session, [applicant.id], at_most=queries.BESIDE),
        calls=queries.calls_of(session, person.organisation_id, phones, at_most=3),
        topics=directory.names(session),
        words=appeal_words,
        entry_words=entry_words,
    )


def _living_at(session: Session, organisation: Organisation, form: KnownForm, person: Person) -> Sequence[Applicant]:
    """Applicants known at the very address that the card names."""
    house, detail = house_named(session, organisation, form.address[: addresses.LONGEST], row_id(form.house))
    return service.living_at(session, house, detail, by=person) if house is not None else ()


def _differences(
    session: Session, applicant: Applicant, form: KnownForm, contacts: Sequence[ApplicantContact]
) -> list[tuple[str, str]]:
    """What the registration will write of the applicant chosen, in words: each with what was typed."""
    typed = form.applicant_typed(telephone(form.phone) or "", applicant.organisation_id)
    if not service.is_the_same(applicant, typed):
        return [(_("The name is another: somebody new will be registered"), "")]
    there = {(each.kind, each.value) for each in contacts if each.until is None}
    told = {
        ContactKind.PHONE: _("One more telephone"),
        ContactKind.EMAIL: _("One more e-mail"),
        ContactKind.ADDRESS: _("One more address"),
    }
    given = [(kind, getattr(typed, kind.value) or "") for kind in ContactKind]
    return [(told[kind], value) for kind, value in given if value and (kind, value) not in there]


@router.get("")
def listed(
    request: Request, session: DbSession, person: Reader, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Applicants by name, telephone or address; the look is written down (U-127)."""
    organisation = staff.organisation(session, person.organisation_id)
    asked = q.replace("\x00", "").strip()
    found = service.suggest(session, organisation, asked, by=person, at_most=queries.PAGE) if asked else ()
    return render(
        request,
        "appeals/applicants/list.html",
        q=asked,
        applicants=found,
        notes=_notes(session, organisation, found),
        pairs=queries.count_pairs(session),
        words=words,
    )
