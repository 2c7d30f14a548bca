"""The menu editor: the draft drawn as a tree, each part changed where it stands, checked, published or thrown away."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ivr import document, editing, words
from ivr.document import BadDocument
from ivr.editor import service
from ivr.editor.draft import draft
from ivr.editor.forms import (
    ActionForm,
    ClosedForm,
    MenuForm,
    NamedForm,
    NewMenuForm,
    action_of,
    check_new_name,
    chosen,
    manners_of,
)
from ivr.editor.page import Editing, as_file
from ivr.editor.time_forms import AnnouncementsForm, HoursForm, RosterForm, announcements_of, hours_of, roster_of
from ivr.model import Menus, Roster
from ivr.service import ChangedMeanwhile
from staff.access import DbSession, may
from staff.audit import audit
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import see_other

router = APIRouter(prefix="/menus/draft")


def _editing(request: Request, session: DbSession, person: Annotated[Person, may("menus.edit")]) -> Editing:
    return Editing(request, session, person)


Here = Annotated[Editing, Depends(_editing)]


class PublishForm(BaseModel):
    """What is published, as it was shown, and why."""

    revision: int = Field(ge=1, lt=2**63)
    note: str = Field("", max_length=200)


class RevisionForm(BaseModel):
    """The draft as it was shown."""

    revision: int = Field(ge=0, lt=2**63)


class ImportForm(RevisionForm):
    """A file of menus in place of the draft."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile


class NewRosterForm(BaseModel):
    """A roster that is not there yet."""

    roster_name: str = Field(max_length=31)


@router.get("")
def draft_page(at: Here, *, open: str = "", menu: str = "", key: str = "") -> Response:
    """The whole draft; `open` is the part whose form stands in its place."""
    return at.page(open=f"key:{menu}:{key}" if key else open)


@router.get("/file")
def export(at: Here) -> Response:
    """The draft as a JSON file, as `upload` takes it."""
    return as_file(document.write(draft(at.session).menus), "draft")


@router.post("/action")
def change_action(at: Here, form: Annotated[Submitted[ActionForm], submitted(ActionForm)]) -> Response:
    """What one key does, or what happens after wrong keys or out of hours."""
    menu, key = form.typed["menu"], form.typed["key"]
    action = action_of(form, draft(at.session).menus)
    place = f"key:{menu}:{key}"
    return at.saved(form, place, lambda menus: editing.with_action(menus, menu, key, action))


@router.post("/menu")
def change_menu(at: Here, form: Annotated[Submitted[MenuForm], submitted(MenuForm)]) -> Response:
    """What one menu says and how patient it is."""
    name, manners = form.typed["name"], manners_of(form)

    def change(menus: Menus) -> Menus:
        menus.menu(name)
        return editing.with_manners(menus, name, manners) if manners else menus

    return at.saved(form, f"menu:{name}", change)


@router.post("/menu/new")
def add_menu(at: Here, form: Annotated[Submitted[NewMenuForm], submitted(NewMenuForm)]) -> Response:
    """Another menu, without a question yet; its form opens."""
    check_new_name(form, "name", [menu.name for menu in draft(at.session).menus.menus])
    name = form.typed["name"]
    return at.saved(
        form, "new-menu", lambda menus: editing.with_manners(menus, name, words.NEW_MENU), then=f"menu:{name}"
    )


@router.post("/menu/delete")
def delete_menu(at: Here, form: Annotated[Submitted[NamedForm], submitted(NamedForm)]) -> Response:
    """A menu gone; keys that led to it are told as faults."""
    name = form.typed["name"]
    return at.saved(form, f"menu:{name}", lambda menus: editing.without_menu(menus, name))


@router.post("/hours")
def change_hours(at: Here, form: Annotated[Submitted[HoursForm], submitted(HoursForm)]) -> Response:
    """Opening hours, holidays and moved days."""
    hours = hours_of(form)
    return at.saved(form, "hours", lambda menus: editing.with_hours(menus, hours or menus.hours))


@router.post("/closed")
def change_closed(at: Here, form: Annotated[Submitted[ClosedForm], submitted(ClosedForm)]) -> Response:
    """What is said out of hours, the general queue and the notice of recording."""

    def change(menus: Menus) -> Menus:
        sent = form.value
        assert sent is not None
        return editing.with_closed(
            menus, prompts=chosen(sent.prompts), says_opening=sent.says_opening, queue=sent.queue, notice=sent.notice
        )

    return at.saved(form, "closed", change)


@router.post("/announcements")
def change_announcements(
    at: Here, form: Annotated[Submitted[AnnouncementsForm], submitted(AnnouncementsForm)]
) -> Response:
    """Useful information on the way to the queue."""
    said = announcements_of(form)
    return at.saved(form, "announcements", lambda menus: editing.with_announcements(menus, said))


@router.post("/roster")
def change_roster(at: Here, form: Annotated[Submitted[RosterForm], submitted(RosterForm)]) -> Response:
    """Who is on duty when."""
    name, roster = form.typed["name"], roster_of(form)

    def change(menus: Menus) -> Menus:
        menus.roster(name)
        return editing.with_roster(menus, roster) if roster else menus

    return at.saved(form, f"roster:{name}", change)


@router.post("/roster/new")
def add_roster(at: Here, form: Annotated[Submitted[NewRosterForm], submitted(NewRosterForm)]) -> Response:
    """Another roster, without duties yet; its form opens."""
    check_new_name(form, "roster_name", [roster.name for roster in draft(at.session).menus.rosters])
    name = form.typed["roster_name"]
    roster = Roster(name=name, duties=())
    return at.saved(form, "new-roster", lambda menus: editing.with_roster(menus, roster), then=f"roster:{name}")


@router.post("/roster/delete")
def delete_roster(at: Here, form: Annotated[Submitted[NamedForm], submitted(NamedForm)]) -> Response:
    """A roster gone; keys that led to it are told as faults."""
    name = form.typed["name"]
    return at.saved(form, f"roster:{name}", lambda menus: editing.without_roster(menus, name))


@router.post("/upload")
def take_file(at: Here, form: Annotated[Submitted[ImportForm], submitted(ImportForm)]) -> Response:
    """Menus of a JSON file in place of the draft; a file that is not understood changes nothing."""
    if form.value is None or not form.value.file.filename:
        return at.refused(form, "file", _("Choose a file"))
    try:
        menus = document.from_file(form.value.file.file.read(document.LARGEST + 1))
        service.replace_draft(
            at.session, at.person.organisation_id, menus, revision=form.value.revision, by=at.person.id
        )
    except BadDocument as bad:
        why = "; ".join(words.fault(fault) for fault in bad.faults[:5])
        return at.refused(form, "file", _("The file is not taken: %s") % why)
    except ChangedMeanwhile:
        why = _("Somebody has changed the draft meanwhile. Look at it, then choose the file again.")
        return at.refused(form, "file", why, status=409)
    audit(at.session, at.person, "menus.imported", "menus", file=form.value.file.filename[:200])
    return see_other("/menus/draft", notice=_("The file is the draft now. Callers hear it once it is published."))


@router.post("/publish")
def publish(at: Here, form: Annotated[Submitted[PublishForm], submitted(PublishForm)]) -> Response:
    """The draft becomes what the next caller hears, or is refused with each reason."""
    if form.value is None:
        return at.page(form=form, status=422)
    try:
        published = service.publish_draft(
            at.session,
            at.person.organisation_id,
            revision=form.value.revision,
            here=at.surroundings(),
            by=at.person.id,
            note=form.value.note,
        )
    except BadDocument:
        return at.page(form=form, status=422)  # the page tells the reasons beside their places
    except ChangedMeanwhile:
        return _changed_meanwhile(at, form)
    audit(at.session, at.person, "menus.published", f"menus:{published.version}", note=form.value.note)
    return see_other("/menus", notice=_("Version %s is published. The next caller hears it.") % published.version)


@router.post("/discard")
def discard(at: Here, form: Annotated[Submitted[RevisionForm], submitted(RevisionForm)]) -> Response:
    """The draft is thrown away."""
    if form.value is None:
        return at.page(form=form, status=422)
    try:
        service.discard_draft(at.session, at.person.organisation_id, revision=form.value.revision)
    except ChangedMeanwhile:
        return _changed_meanwhile(at, form)
    audit(at.session, at.person, "menus.discarded", "menus")
    return see_other("/menus/draft", notice=_("The draft is thrown away. Callers hear what they heard before."))


def _changed_meanwhile(at: Editing, form: Submitted[Any]) -> Response:
    why = _("Somebody has changed the draft meanwhile. Look at what is different now.")
    return at.refused(form, "note", why, status=409)
