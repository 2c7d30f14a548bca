"""Likely duplicates: the list with why, two side by side, made one field by field, parted again."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.applicants import duplicates, merging, queries, service, words
from appeals.applicants.merging import CHOSEN
from appeals.applicants.routes import written_address
from db import NotFound
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/appeals/applicants")

Merger = Annotated[Person, may("applicants.merge")]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Side = Literal["kept", "merged"]


class TwoForm(BaseModel):
    """Two applicants."""

    kept: Id
    merged: Id


class MergeForm(TwoForm):
    """Of which of the two each field is kept."""

    kind: Side = "kept"
    title: Side = "kept"
    code: Side = "kept"
    surname: Side = "kept"
    given_name: Side = "kept"
    patronymic: Side = "kept"
    language: Side = "kept"
    phone: Side = "kept"
    email: Side = "kept"
    address: Side = "kept"
    why: str = Field("", max_length=300)


@router.get("/duplicates")
def listed(request: Request, session: DbSession, person: Merger, after: str = "") -> Response:
    """Pairs that are likely one and wait for somebody's decision."""
    rows = queries.pairs(session, after=row_id(after))
    shown = rows[: queries.PAGE]
    ids = {each for pair in shown for each in (pair.one_id, pair.other_id)}
    return render(
        request,
        "appeals/applicants/duplicates.html",
        pairs=shown,
        count=queries.count_pairs(session),
        counts=queries.appeals_counted(session, ids),
        older=shown[-1].id if len(rows) > len(shown) else None,
        words=words,
    )


@router.get("/compare")
def compared(
    request: Request,
    session: DbSession,
    person: Merger,
    kept: Annotated[int, Query(ge=1, lt=2**63)],
    merged: Annotated[int, Query(ge=1, lt=2**63)],
) -> Response:
    """Two side by side; both looks are written down (U-41)."""
    return _compared(request, session, person, kept, merged)


@router.post("/merge")
def merge(
    request: Request, session: DbSession, person: Merger, form: Annotated[Submitted[MergeForm], submitted(MergeForm)]
) -> Response:
    """Makes the two one."""
    given = form.value
    if given is None:
        raise NotFound("two applicants to make one")
    kept, merged = queries.get(session, given.kept), queries.get(session, given.merged)
    choice = {name: getattr(given, name) for name in CHOSEN}
    merging.merge(session, kept, merged, choice, why=given.why, by=person)
    return see_other(f"/appeals/applicants/{given.kept}?why=duplicates", notice=_("Made one; it can be undone"))


@router.post("/apart")
def apart(session: DbSession, person: Merger, form: Annotated[Submitted[TwoForm], submitted(TwoForm)]) -> Response:
    """The two are not one."""
    if form.value is None:
        raise NotFound("two applicants to tell apart")
    one, other = queries.get(session, form.value.kept), queries.get(session, form.value.merged)
    duplicates.part(session, one, other, by=person)
    return see_other("/appeals/applicants/duplicates", notice=_("Noted: they are two"))


@router.post("/merges/{merge_id}/undo")
def undo(session: DbSession, person: Merger, merge_id: int) -> Response:
    """Parts the two again."""
    row = queries.get_merge(session, merge_id)
    kept = row.kept_id
    stayed = merging.undo(session, row, by=person)
    told = _("Parted again; changed since and left so: %(fields)s") if stayed else _("Parted again, as they were")
    fields = ", ".join(_(words.FIELDS[name]) for name in stayed)
    return see_other(f"/appeals/applicants/{kept}?why=duplicates", notice=told % {"fields": fields} if stayed else told)


def _compared(request: Request, session: Session, person: Person, kept: int, merged: int) -> Response:
    both = [service.open_page(session, each, why="duplicates", by=person) for each in (kept, merged)]
    if kept == merged:
        raise NotFound("one applicant twice")
    spoken = staff.organisation(session, person.organisation_id).default_language
    contacts = queries.contacts(session, [kept, merged])
    beside: dict[str, Any] = {
        "contacts": {
            side.id: [(each, written_address(each, spoken)) for each in contacts if each.applicant_id == side.id]
            for side in both
        },
        "categories": {side.id: queries.categories(session, [side.id]) for side in both},
        "appeals": {side.id: queries.appeals_of(session, [side.id], at_most=queries.BESIDE) for side in both},
    }
    return render(
        request,
        "appeals/applicants/compare.html",
        kept=both[0],
        merged=both[1],
        pair=queries.find_pair(session, kept, merged),
        fields=CHOSEN,
        beside=beside,
        spoken=spoken,
        within=merging.UNDONE_WITHIN,
        words=words,
    )
