"""Questions to specialists over HTTP: asked beside a card or an appeal, answered, read; how long answers take."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import calls.queries
from appeals.executors import queries as executors
from appeals.questions import model, queries, service, words
from appeals.questions.tables import Question
from db import NotFound
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.periods import midnight

router = APIRouter(prefix="/questions")

Reader = Annotated[Person, may("questions.read")]
Asker = Annotated[Person, may("questions.ask")]
Specialist = Annotated[Person, may("questions.answer")]
MONTH = timedelta(days=30)
Id = Annotated[int, Field(ge=1, lt=2**63)]


class AskForm(BaseModel):
    """Whom is asked what, about which call or appeal."""

    executor: Id
    text: str = Field(min_length=3, max_length=5000)
    call: UUID | None = None
    appeal: str = Field("", max_length=20)  # its number


class AnswerForm(BaseModel):
    """The answer."""

    answer: str = Field(min_length=2, max_length=10_000)


@router.get("")
def questions(request: Request, session: DbSession, person: Reader) -> Response:
    """What waits for this person's answer, what they asked, and for those in charge how long answers take."""
    mine = executors.seen_by(session, person.id, midnight().date()) if has(person, "questions.answer") else {}
    waiting, done = queries.waiting(session, mine.keys()), queries.answered(session, mine.keys())
    asked = queries.asked_by(session, person.id) if has(person, "questions.ask") else ()
    figures = _figures(session) if has(person, "questions.watch") else {}
    listed = [*waiting, *done, *asked]
    return render(
        request,
        "appeals/questions/list.html",
        waiting=waiting,
        done=done,
        asked=asked,
        figures=figures,
        executor_names=executors.names(session, figures.keys() | {each.executor_id for each in listed}),
        **_names(session, listed),
    )


@router.get("/number")
def number(session: DbSession, person: Reader) -> Response:
    """How many wait for this person's answer, or answers to be read by them, for the rail; nothing where none does."""
    mine = executors.seen_by(session, person.id, midnight().date()) if has(person, "questions.answer") else {}
    count = queries.count_waiting(session, mine.keys()) + queries.count_unread(session, person.id)
    return Response(str(count) if count else "", media_type="text/html")


@router.get("/of")
def of(
    request: Request,
    session: DbSession,
    person: Asker,
    call: UUID | None = None,
    appeal: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Questions about an appeal or from a call with their answers, and the form of one more: a part."""
    return _part(request, session, person, blank(executor="", text=""), call=call, appeal=appeal)


@router.post("")
def ask(
    request: Request, session: DbSession, person: Asker, form: Annotated[Submitted[AskForm], submitted(AskForm)]
) -> Response:
    """Passes a question on."""
    call = form.value.call if form.value is not None else None
    written = form.value.appeal if form.value is not None else str(form.typed["appeal"])
    if form.value is not None:
        given = form.value
        appeal = appeals.queries.get(session, given.appeal) if given.appeal else None
        if given.call is not None:
            calls.queries.get(session, given.call)
        if appeal is None and given.call is None:
            raise NotFound("neither an appeal nor a call")
        groups = {each.id: each for each in queries.groups(session)}
        if given.executor not in groups:
            form.refuse("executor", _("Choose one of the values offered"))
        else:
            question = service.ask(
                session, groups[given.executor], given.text, appeal=appeal, call=given.call, by=person
            )
            if not is_part(request):
                return see_other(f"/questions/{question.id}", notice=_("Passed on; you are told when it is answered"))
            form = blank(executor="", text="")
    status = 422 if form.errors else 200
    return _part(request, session, person, form, call=call, appeal=written, status=status)


@router.get("/{question_id}")
def page(request: Request, session: DbSession, person: Reader, question_id: int) -> Response:
    """One question with its answer."""
    question = _visible(session, person, question_id)
    service.read(session, question, by=person)
    return _page(request, session, person, question, blank(answer=""))


@router.post("/{question_id}/take")
def take(session: DbSession, person: Specialist, question_id: int) -> Response:
    """The specialist looks into it."""
    _visible(session, person, question_id)
    service.take(session, question_id, by=person)
    return see_other(f"/questions/{question_id}", notice=_("Taken"))


@router.post("/{question_id}/answer")
def answer(
    request: Request,
    session: DbSession,
    person: Specialist,
    question_id: int,
    form: Annotated[Submitted[AnswerForm], submitted(AnswerForm)],
) -> Response:
    """The specialist answers; who asked is told at once."""
    question = _visible(session, person, question_id)
    if form.value is None:
        return _page(request, session, person, question, form, status=422)
    try:
        service.answer(session, question_id, form.value.answer, by=person)
    except service.Answered:
        return see_other(f"/questions/{question_id}", notice=_("Somebody has answered it already"))
    return see_other("/questions", notice=_("Answered; who asked is told"))


def _visible(session: Session, person: Person, question_id: int) -> Question:
    """The question, if it is this person's own, one to their executor, or they are in charge. NotFound."""
    question = queries.get(session, question_id)
    own = has(person, "questions.ask") and question.asked_by == person.id
    watched = has(person, "questions.watch")
    theirs = has(person, "questions.answer") and question.executor_id in executors.seen_by(
        session, person.id, midnight().date()
    )
    if not (own or watched or theirs):
        raise NotFound(f"question {question_id}")
    return question


def _figures(session: Session) -> dict[int, model.Figures]:
    now = datetime.now(UTC)
    of_group: dict[int, list[Question]] = {}
    for each in queries.since(session, now - MONTH):
        of_group.setdefault(each.executor_id, []).append(each)
    return {executor: model.figures(listed, now) for executor, listed in of_group.items()}


def _names(session: Session, listed: Sequence[Question]) -> dict[str, Any]:
    """What lists and pages say of questions."""
    people = {each for row in listed for each in (row.asked_by, row.taken_by, row.answered_by) if each is not None}
    return {
        "people": staff.names(session, people),
        "numbers": queries.numbers(session, {each.appeal_id for each in listed if each.appeal_id is not None}),
        "state_of": model.state,
        "waited": model.waited,
        "now": datetime.now(UTC),
        "question_words": words,
    }


def _part(
    request: Request,
    session: Session,
    person: Person,
    form: Submitted[Any],
    *,
    call: UUID | None,
    appeal: str,
    status: int = 200,
) -> Response:
    known = appeals.queries.get(session, appeal) if appeal else None
    listed = queries.about(session, appeal=known.id if known is not None else None, call=call)
    return render(
        request,
        "appeals/questions/_of.html",
        status=status,
        form=form,
        questions=listed,
        groups={str(each.id): each.name for each in queries.groups(session)},
        call=call or "",
        appeal=known.number if known is not None else "",
        executor_names=executors.names(session, {each.executor_id for each in listed}),
        **_names(session, listed),
    )


def _page(
    request: Request, session: Session, person: Person, question: Question, form: Submitted[Any], *, status: int = 200
) -> Response:
    answers = has(person, "questions.answer") and question.answered_at is None
    return render(
        request,
        "appeals/questions/page.html",
        status=status,
        form=form,
        question=question,
        answers=answers,
        executor_names=executors.names(session, [question.executor_id]),
        **_names(session, [question]),
    )
