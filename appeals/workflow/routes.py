"""An executor's workplace over HTTP: the inbox, one piece of work, what is done with it."""

import asyncio
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.words
from appeals.addresses import queries as directory_of_addresses
from appeals.addresses import writing
from appeals.attachments.panel import panel as attached_to
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.executors.model import MemberRole
from appeals.maps import panel as maps
from appeals.rights import model as rights
from appeals.tables import Appeal
from appeals.workflow import doing, forms, panel, queries, words
from appeals.workflow.forms import BLANK, DeedForm
from appeals.workflow.model import Deed, Group
from appeals.workflow.news import OF_EXECUTOR
from appeals.workflow.tables import Assignment
from calls import directory
from db import transaction
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web import live
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter(prefix="/assignments")

Executor = Annotated[Person, may("assignments.work")]


@router.get("")
def inbox(request: Request, session: DbSession, person: Executor, group: str = "") -> Response:
    """What waits for the executors that this person works for, the most urgent first; the part alone for its news."""
    theirs = queries.seen_by(session, person.id, midnight().date())
    waiting = queries.inbox(session, theirs.keys())
    cards = panel.inbox(waiting)
    chosen = group if group in set(Group) else ""
    return render(
        request,
        "appeals/workflow/_inbox.html" if is_part(request) else "appeals/workflow/inbox.html",
        cards=cards,
        chosen=chosen,
        full=len(waiting) == queries.INBOX,
        reported=queries.reported(session, theirs.keys()),
        passed_on=queries.passed_on(session, [each for each, role in theirs.items() if role is MemberRole.HEAD]),
        executors=queries.names(session, list(theirs)),
        corrected=queries.corrected_since(session, [each.id for each in waiting]),
        topics=directory.names(session),
        words=words,
    )


@router.get("/live")
async def live_news(request: Request, person: Executor) -> Response:
    """The news of this person's executors, as server-sent events; holds no database session."""
    theirs = await asyncio.to_thread(_executors_of, person)
    return await live.stream(request, request.state.streams, [f"{OF_EXECUTOR}{each}" for each in theirs])


@router.get("/{assignment_id}")
def page(request: Request, session: DbSession, person: Executor, assignment_id: int) -> Response:
    """One piece of work. The applicant's contact is shown, so the look is written down."""
    read = _read(session, assignment_id, person)
    audit(session, person, "assignment.opened", f"assignment:{read[0].id}")
    return _page(request, session, person, read, blank(**BLANK))


@router.post("/{assignment_id}")
def act(
    request: Request,
    session: DbSession,
    person: Executor,
    assignment_id: int,
    form: Annotated[Submitted[DeedForm], submitted(DeedForm)],
) -> Response:
    """One deed of the executor's; refused, the page says why and keeps what was typed."""
    assignment = _own(session, assignment_id, person)
    given, status = form.value, 422
    if given is not None:
        try:
            doing.of_assignment(session, assignment, given, by=person)
        except forms.REFUSED as why:
            status = forms.refuse(session, form, why)
        else:
            return _done(assignment_id, given.deed)
    return _page(request, session, person, _read(session, assignment_id, person), form, status=status)


def _executors_of(person: Person) -> list[int]:
    with transaction(person.organisation_id) as session:
        return sorted(queries.seen_by(session, person.id, staff.organisation(session, person.organisation_id).today()))


def _done(assignment_id: int, deed: Deed) -> Response:
    """The page again, or the inbox where the work has left the executor."""
    gone = deed in {Deed.FINISH, Deed.DECLINE, Deed.PASS_ON}
    return see_other("/assignments" if gone else f"/assignments/{assignment_id}", notice=_(words.DONE[deed]))


def _own(session: Session, assignment_id: int, person: Person) -> Assignment:
    return queries.own(session, assignment_id, person.id, midnight().date())


def _read(session: Session, assignment_id: int, person: Person) -> tuple[Assignment, MemberRole | None]:
    return queries.read_as(session, assignment_id, person.id, midnight().date())


def _problem(session: Session, appeal: Appeal) -> str:
    """What the appeal is about, as the classifier calls it today; "" where it does not know."""
    entry = classifier.find(session, Section.PROBLEM, appeal.problem, midnight().date()) if appeal.problem else None
    return entry_words.name(entry) if entry is not None else ""


def _page(
    request: Request,
    session: Session,
    person: Person,
    read: tuple[Assignment, MemberRole | None],
    form: Submitted[Any],
    *,
    status: int = 200,
) -> Response:
    assignment, role = read
    appeal, at = assignment.appeal, f"/assignments/{assignment.id}"
    organisation = staff.organisation(session, person.organisation_id)
    deeds = queries.history(session, appeal.id, assignment=assignment.id)
    form.typed = BLANK | form.typed
    return render(
        request,
        "appeals/workflow/assignment.html",
        status=status,
        appeal=appeal,
        piece=panel.piece(session, assignment, deeds, person, role=role),
        addresses=[
            (writing.of_appeal(each, organisation.default_language), each.house)
            for each in directory_of_addresses.addresses_of(session, appeal.id)
        ],
        spoken=organisation.default_language,
        problem=_problem(session, appeal),
        topics=directory.names(session),
        kinds=appeals.words.KINDS,
        history=panel.lines(session, appeal, deeds),
        form=form,
        sees=partial(rights.sees, partial(has, person)),
        words=words,
        submission=str(uuid4()),
        attached=attached_to(
            session, appeal, person, limit=request.app.state.attachment_limit, assignment=assignment.id
        ),
        entry_words=entry_words,
        **maps.of_appeal(session, appeal, person, f"{at}/point"),
    )
