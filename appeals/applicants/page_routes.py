"""The page of one applicant: who they are, how they are reached, what they asked before; corrected by right."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals import words as appeal_words
from appeals.applicants import queries, service, words
from appeals.applicants.forms import CODE, EMAIL, Language
from appeals.applicants.model import FIELDS, LONGEST_NAME, ContactKind
from appeals.applicants.routes import written_address
from appeals.applicants.tables import Applicant
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import PERSONAL
from appeals.rights import model as rights
from calls import directory
from calls import words as call_words
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, blank, row_id, submitted, telephone
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/appeals/applicants/{applicant_id}")

Reader = Annotated[Person, may("applicants.read")]
Corrector = Annotated[Person, may("applicants.correct")]


class FieldsForm(BaseModel):
    """The fields as they are to be, and the last change that was seen."""

    title: str = Field("", max_length=300)
    code: str = Field("", pattern=CODE)
    surname: str = Field("", max_length=LONGEST_NAME)
    given_name: str = Field("", max_length=LONGEST_NAME)
    patronymic: str = Field("", max_length=LONGEST_NAME)
    language: Language = ""
    why: str = Field("", max_length=300)
    seen: int = Field(0, ge=0, lt=2**63)


class ContactForm(BaseModel):
    """One more way to reach the applicant."""

    contact: ContactKind
    value: str = Field(min_length=3, max_length=500)


class CategoryForm(BaseModel):
    """A category or a status, since when, and the paper that proves it."""

    entry: str = Field(min_length=1)
    since: date
    until: date | None = None
    document: str = Field("", max_length=300)


class NoteForm(BaseModel):
    """What colleagues should know."""

    note: str = Field(min_length=3, max_length=2000)


class Email(BaseModel):
    """An e-mail alone."""

    value: str = Field(pattern=EMAIL, max_length=254)


@router.get("")
def page(request: Request, session: DbSession, person: Reader, applicant_id: int, why: str = "search") -> Response:
    """Everything about one applicant; the look is written down with what it is for (U-41)."""
    reason = why if why in words.REASONS else "search"
    applicant = service.open_page(session, applicant_id, why=reason, by=person)
    return _page(request, session, person, applicant, blank())


@router.post("")
def correct(
    request: Request,
    session: DbSession,
    person: Corrector,
    applicant_id: int,
    form: Annotated[Submitted[FieldsForm], submitted(FieldsForm)],
) -> Response:
    """Names, title, code, language as they should be."""
    applicant = queries.get(session, applicant_id)
    given = form.value
    needed = "title" if applicant.title else "surname"
    if given is not None and not getattr(given, needed):
        form.refuse(needed, _("Fill in this field"))
    if given is not None and form.value is not None:
        fields = given.model_dump(include=set(FIELDS))
        fields |= {} if applicant.title else {"title": "", "code": ""}
        try:
            service.correct(session, applicant, fields, seen=given.seen, why=given.why, by=person)
        except service.Taken:
            form.refuse("code", _("Another organisation has this code"))
        except service.ChangedMeanwhile:
            form.refuse(needed, _("A colleague has changed it meanwhile: look at it once more"))
            form.typed = {"why": given.why}
    return _answer(request, session, person, applicant, form)


@router.post("/contacts")
def add_contact(
    request: Request,
    session: DbSession,
    person: Corrector,
    applicant_id: int,
    form: Annotated[Submitted[ContactForm], submitted(ContactForm)],
) -> Response:
    """A telephone, an e-mail, an address."""
    applicant = queries.get(session, applicant_id)
    if form.value is not None:
        value = _checked(form, form.value)
        if form.value is not None:
            service.add_contact(session, applicant, form.value.contact, value, by=person)
    return _answer(request, session, person, applicant, form)


def _checked(form: Submitted[ContactForm], given: ContactForm) -> str:
    """The contact as it is kept, or the form refused."""
    match given.contact:
        case ContactKind.PHONE:
            number = telephone(given.value)
            if not number:
                form.refuse("value", _("This is not a telephone number"))
            return number or ""
        case ContactKind.EMAIL:
            try:
                return Email(value=given.value).value
            except ValueError:
                form.refuse("value", _("This value is not understood"))
                return ""
    return given.value


@router.post("/contacts/{contact_id}/end")
def end_contact(session: DbSession, person: Corrector, applicant_id: int, contact_id: int) -> Response:
    """The applicant is not reached so any more."""
    applicant = queries.get(session, applicant_id)
    contact = queries.contact_of(session, applicant.id, contact_id)
    service.end_contact(session, applicant, contact, on=midnight().date(), by=person)
    return _saved(applicant)


@router.post("/categories")
def add_category(
    request: Request,
    session: DbSession,
    person: Corrector,
    applicant_id: int,
    form: Annotated[Submitted[CategoryForm], submitted(CategoryForm)],
) -> Response:
    """A benefit category or a social status from a day on."""
    applicant = queries.get(session, applicant_id)
    given = form.value
    if given is not None:
        entry = row_id(given.entry)
        offered = {each.id for section in PERSONAL for each in _offered(session)[section]}
        if entry is None or entry not in offered:
            form.refuse("entry", _("Choose one of the values offered"))
        elif given.until is not None and given.until < given.since:
            form.refuse("until", _("Write a day after the first one"))
        else:
            try:
                service.add_category(
                    session,
                    applicant,
                    entry,
                    since=given.since,
                    until=given.until,
                    document=given.document,
                    by=person,
                )
            except service.Taken:
                form.refuse("entry", _("The applicant has it already"))
    return _answer(request, session, person, applicant, form)


@router.post("/categories/{category_id}/end")
def end_category(session: DbSession, person: Corrector, applicant_id: int, category_id: int) -> Response:
    """The category holds no longer."""
    applicant = queries.get(session, applicant_id)
    category = queries.category_of(session, applicant.id, category_id)
    service.end_category(session, applicant, category, on=midnight().date(), by=person)
    return _saved(applicant)


@router.post("/notes")
def add_note(
    request: Request,
    session: DbSession,
    person: Corrector,
    applicant_id: int,
    form: Annotated[Submitted[NoteForm], submitted(NoteForm)],
) -> Response:
    """What colleagues should know."""
    applicant = queries.get(session, applicant_id)
    if form.value is not None:
        service.add_note(session, applicant, form.value.note, by=person)
    return _answer(request, session, person, applicant, form)


def _answer(request: Request, session: Session, person: Person, applicant: Applicant, form: Submitted[Any]) -> Response:
    """The page again: with what is wrong, or by its address."""
    if form.value is None:
        return _page(request, session, person, applicant, form, status=422)
    return _saved(applicant)


def _saved(applicant: Applicant) -> Response:
    return see_other(f"/appeals/applicants/{applicant.id}", notice=_("Saved"))


def _offered(session: Session) -> Any:
    return classifier.offered(session, midnight().date())


def _page(
    request: Request, session: Session, person: Person, applicant: Applicant, form: Submitted[Any], *, status: int = 200
) -> Response:
    shown = {name: getattr(applicant, name) for name in FIELDS} | {"seen": queries.last_change(session, applicant.id)}
    empty = dict.fromkeys(("why", "contact", "value", "entry", "until", "document", "note"), "")
    form.typed = shown | empty | {"since": midnight().date().isoformat()} | form.typed
    spoken = staff.organisation(session, person.organisation_id).default_language
    contacts = queries.contacts(session, [applicant.id])
    phones = [each.value for each in contacts if each.kind == ContactKind.PHONE]
    merges = queries.merges_of(session, applicant.id)
    sees = partial(rights.sees, partial(has, person))
    return render(
        request,
        "appeals/applicants/page.html",
        status=status,
        form=form,
        applicant=applicant,
        kept=queries.kept_of(session, applicant),
        spoken=spoken,
        contacts=[(each, written_address(each, spoken)) for each in contacts],
        categories=queries.categories(session, [applicant.id]) if sees("applicant.categories") else (),
        sees=sees,
        offered=_offered(session),
        notes=queries.notes(session, applicant.id),
        changes=[
            each
            for each in queries.changes(session, applicant.id)
            if each.change.field != "category" or sees("applicant.categories")
        ],
        appeals=queries.appeals_of(session, [applicant.id]),
        calls=queries.calls_of(session, person.organisation_id, phones, at_most=queries.BESIDE),
        pairs=queries.pairs_of(session, applicant.id),
        merges=merges,
        others=queries.all_of(session, {each for merge in merges for each in (merge.kept_id, merge.merged_id)}),
        names=staff.names(session, [each.person_id for each in merges]),
        topics=directory.names(session),
        today=midnight().date(),
        words=words,
        appeal_words=appeal_words,
        entry_words=entry_words,
        call_words=call_words,
        sections=PERSONAL,
    )
