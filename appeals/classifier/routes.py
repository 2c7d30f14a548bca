"""The classifier over HTTP: the tree of a section, one entry with its versions, what changes it."""

import tempfile
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.classifier import queries, service, sheet, words
from appeals.classifier.model import CODE, LANGUAGES, LONGEST_NAME, Section, tree
from db.validity import in_force
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.files import excel
from web.forms import Day, Submitted, blank, submitted
from web.languages import LANGUAGES as LANGUAGE_NAMES
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/classifier")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]
Text = Annotated[str, Field("", max_length=LONGEST_NAME)]


class Asked(BaseModel):
    """Which part of the classifier; nonsense shows the first."""

    section: str = Field("", max_length=32)
    q: str = Field("", max_length=100)
    over: bool = False  # also what is out of use


class NamesForm(BaseModel):
    """What an entry is called, language by language, and where that stands."""

    uk: Text
    uz: Text
    ru: Text
    en: Text
    source: Text
    verified: bool = False

    @property
    def names(self) -> dict[str, str]:
        """Those that were filled in."""
        typed = {language: getattr(self, language) for language in LANGUAGES}
        return {language: text for language, text in typed.items() if text}


class NewEntryForm(NamesForm):
    """A value more."""

    section: Section
    code: str = Field(max_length=16, pattern=f"^{CODE.pattern}$")
    parent: str = Field("", max_length=16)


class RetireForm(BaseModel):
    """The last day of an entry."""

    last_day: Day


@router.get("")
def page(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """One section as a tree, with search; every section with how much of it is to be verified."""
    form = blank(code="", parent="", source="", verified="", **dict.fromkeys(LANGUAGES, ""))
    return _page(request, session, person, form, asked=asked)


@router.post("")
def add(
    request: Request,
    session: DbSession,
    person: Keeper,
    form: Annotated[Submitted[NewEntryForm], submitted(NewEntryForm)],
) -> Response:
    """A value more, offered from today on."""
    given = form.value
    if given is not None and _is_named(form, given.names):
        try:
            entry = service.add(
                session, given.section, given.code, name=given.names, parent=given.parent, source=given.source,
                verified=given.verified, today=midnight().date(), by=person,
            )  # fmt: skip
        except service.Taken:
            form.refuse("code", _("The section has an entry of this code already"))
        except service.NoParent:
            form.refuse("parent", _("There is no such entry in this section"))
        else:
            return see_other(f"/classifier?section={entry.section}", notice=_("Added"))
    return _page(request, session, person, form, asked=Asked(section=str(form.typed["section"])[:32]), status=422)


@router.post("/national")
def load_national(session: DbSession, person: Keeper) -> Response:
    """The country's classifier where the organisation lacks it."""
    organisation = staff.organisation(session, person.organisation_id)
    count = service.load_national(session, organisation, today=midnight().date(), by=person)
    told = _("Entries loaded: %s") % count if count else _("Nothing was missing")
    return see_other("/classifier", notice=told)


@router.get("/classifier.xlsx")
def export(session: DbSession, person: Reader) -> Response:
    """Everything in force as an Excel file, which can be changed and sent back."""
    today = midnight().date()
    entries = [each for each in queries.all_versions(session, person.organisation_id) if in_force(each, today)]
    with tempfile.TemporaryFile() as file:
        sheet.write(file, entries)
        return excel(file, f"classifier-{today}")


@router.get("/{entry_id}")
def entry_page(request: Request, session: DbSession, person: Reader, entry_id: int) -> Response:
    """One entry: its versions, and the forms that change it."""
    entry = queries.get(session, entry_id)
    typed = {language: entry.name.get(language, "") for language in LANGUAGES}
    form = blank(**typed, source=entry.source, verified="true" if entry.verified else "")
    return _entry_page(request, session, entry_id, form)


@router.post("/{entry_id}")
def change(
    request: Request,
    session: DbSession,
    person: Keeper,
    entry_id: int,
    form: Annotated[Submitted[NamesForm], submitted(NamesForm)],
) -> Response:
    """Another name, source or mark."""
    entry, given = queries.get(session, entry_id), form.value
    if given is None or not _is_named(form, given.names):
        return _entry_page(request, session, entry_id, form, status=422)
    changed = service.change(
        session,
        entry,
        name=given.names,
        source=given.source,
        verified=given.verified,
        today=midnight().date(),
        by=person,
    )
    return see_other(f"/classifier/{changed.id}", notice=_("Saved"))


@router.post("/{entry_id}/retire")
def retire(
    request: Request,
    session: DbSession,
    person: Keeper,
    entry_id: int,
    form: Annotated[Submitted[RetireForm], submitted(RetireForm)],
) -> Response:
    """The value goes out of use after a day; cards keep it."""
    entry = queries.get(session, entry_id)
    if form.value is not None and form.value.last_day < midnight().date():
        form.refuse("last_day", _("This day is past"))
    if form.value is not None:
        try:
            service.retire(session, entry, last_day=form.value.last_day, by=person)
        except service.InUse:
            form.refuse("last_day", _("Entries in use stand below this one: take them out of use first"))
        else:
            return see_other(f"/classifier/{entry_id}", notice=_("The value goes out of use"))
    typed = {language: entry.name.get(language, "") for language in LANGUAGES}
    form.typed = typed | {"source": entry.source, "verified": "true" if entry.verified else ""} | form.typed
    return _entry_page(request, session, entry_id, form, status=422)


def _is_named(form: Submitted[Any], names: dict[str, str]) -> bool:
    if not names:
        form.refuse(audience().language, _("Write a name in one language at least"))
    return bool(names)


def _page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, asked: Asked, status: int = 200
) -> Response:
    today = midnight().date()
    section = Section(asked.section) if asked.section in {each.value for each in Section} else Section.FORM
    text = asked.q.strip()
    found = [each for each in queries.versions(session, section, text=text) if asked.over or in_force(each, today)]
    form.typed.setdefault("section", section)
    return render(
        request,
        "appeals/classifier/page.html",
        status=status,
        section=section,
        branches=tree(found),
        counts=queries.counts(session, today),
        parents=queries.in_force(session, section, today),
        asked=asked,
        today=today,
        form=form,
        words=words,
        language_names=LANGUAGE_NAMES,
        in_force=in_force,
    )


def _entry_page(
    request: Request, session: Session, entry_id: int, form: Submitted[Any], *, status: int = 200
) -> Response:
    entry, today = queries.get(session, entry_id), midnight().date()
    versions = [each for each in queries.versions(session, Section(entry.section)) if each.code == entry.code]
    form.typed.setdefault("last_day", today.isoformat())
    return render(
        request,
        "appeals/classifier/entry.html",
        status=status,
        entry=entry,
        versions=versions[::-1],
        is_in_force=in_force(entry, today),
        today=today,
        form=form,
        words=words,
        language_names=LANGUAGE_NAMES,
    )
