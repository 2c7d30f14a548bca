"""Calls over HTTP: the journal of all calls, and the page of one."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import directory, listing, queries, story, words
from calls.listing import Filters, Key
from calls.model import interface_of
from calls.telling import parties, queue_name
from staff import queries as people
from staff.access import DbSession, may
from staff.model import Role
from staff.rights import has
from staff.tables import Person
from web import periods
from web.languages import audience
from web.pages import is_part, render

router = APIRouter(prefix="/calls")

Reader = Annotated[Person, may("calls.read_own")]


class Asked(BaseModel):
    """What the journal's address asks for; nonsense narrows nothing."""

    q: str = Field("", max_length=64)
    since: str = ""  # "2026-11-21T14:30" in the organisation's zone, or a day
    until: str = ""  # the last minute shown, or the last day
    operator: str = Field("", max_length=20)  # a person's id
    queue: str = Field("", max_length=64)
    language: str = Field("", max_length=8)
    topic: str = Field("", max_length=64)
    result: str = Field("", max_length=32)
    fate: str = Field("", max_length=32)
    recorded: str = ""  # "yes", "no"
    visited: str = Field("", max_length=64)  # a queue, as the board counts it
    visit: str = Field("", max_length=32)  # what became of the visit
    sort: str = listing.NEWEST_FIRST
    rows: str = ""  # on a page
    after: str = ""
    before: str = ""


@router.get("")
def journal(request: Request, session: DbSession, person: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The list of calls, newest first; operators see those they talked in."""
    all_calls = _reads_all(person)
    filters = filters_of(asked, own=None if all_calls else interface_of(person.id))
    sort = asked.sort if asked.sort.lstrip("-") in listing.ORDERS else listing.NEWEST_FIRST
    rows = next((each for each in listing.PAGES if str(each) == asked.rows), listing.PAGE)
    page = listing.page(
        session,
        person.organisation_id,
        filters,
        sort=sort,
        after=Key.read(asked.after, sort) if asked.after else None,
        before=Key.read(asked.before, sort) if asked.before else None,
        rows=rows,
    )
    agents = [row.agent for row in page.rows if row.agent]
    topics = directory.names(session)
    subjects = _subjects(request, session, topics)
    return render(
        request,
        "calls/_list.html" if is_part(request) else "calls/journal.html",
        page=page,
        count=page.count,
        most=listing.COUNTED,
        asked=asked,
        filters=filters,
        until=filters.until - periods.MINUTE if filters.until else None,
        rows=rows,
        sizes=listing.PAGES,
        sort=sort,
        narrowed=_narrowed(asked),
        names=directory.operators(session, agents),
        all_calls=all_calls,
        words=words,
        caller_text=story.caller_text,
        queue_name=partial(queue_name, subjects),
        operators=_operators(session),
        queues={queue: queue_name(subjects, queue) for queue in listing.queues(session, person.organisation_id)},
        topics=topics,
    )


@router.get("/{call_id}")
def page(request: Request, session: DbSession, person: Reader, call_id: UUID) -> Response:
    """One call: its sentence, its line, its recordings, every event."""
    call = queries.readable(session, person, call_id)
    legs, visits = queries.legs(session, call_id), queries.visits(session, call_id)
    happened = [recorded.event for recorded in queries.story(session, call_id)]
    topics = directory.names(session)
    agents = {leg.agent for leg in legs} | {agent for event in happened for agent in parties(event)}
    names = directory.operators(session, agents)
    names |= _subjects(request, session, topics) | _spoken("menu", request.app.state.menu_titles(session))
    return render(
        request,
        "calls/page.html",
        call=call,
        sentence=story.sentence(call, legs, names, topics),
        timeline=story.timeline(call, legs, visits, happened, names),
        told=story.all_told(call, happened, names),
        clock_of=story.clock_of,
        legs=legs,
        visits=visits,
        names=names,
        topics=topics,
        words=words,
        caller_text=story.caller_text,
        queue_name=partial(queue_name, names),
    )


def names_of(request: Request, session: Session) -> dict[str, str]:
    """Topics and queues by their codes, in the reader's language."""
    return _subjects(request, session, directory.names(session))


def _subjects(request: Request, session: Session, topics: Mapping[str, str]) -> dict[str, str]:
    """Topics and queues among other names, as `calls.telling` asks for them."""
    queues = _spoken("queue", request.app.state.queue_names(session, closed=True))
    return {f"topic:{code}": name for code, name in topics.items()} | queues


def _spoken(kind: str, given: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What the organisation calls them, in the reader's language or another."""
    language = audience().language
    return {f"{kind}:{code}": names.get(language) or next(iter(names.values()), code) for code, names in given.items()}


def _reads_all(person: Person) -> bool:
    return has(person, "calls.read")


def filters_of(asked: Asked, *, own: str | None) -> Filters:
    """What the address narrows the list to; `own`: the phone of somebody who sees their own calls only."""
    agent = interface_of(int(asked.operator)) if asked.operator.isascii() and asked.operator.isdecimal() else ""
    return Filters(
        text=asked.q.strip(),
        since=periods.beginning(asked.since),
        until=periods.end(asked.until),
        agent=own or agent,
        queue=asked.queue,
        language=asked.language,
        topic=asked.topic,
        result=asked.result,
        fate=asked.fate,
        recorded={"yes": True, "no": False}.get(asked.recorded),
        visited=asked.visited,
        visit=asked.visit,
    )


def _narrowed(asked: Asked) -> int:
    """How many filters are on; a queue and how its visit ended are one."""
    others = {"sort", "rows", "after", "before", "visit"}
    return sum(bool(value) for name, value in asked if name not in others)


def _operators(session: Session) -> dict[str, str]:
    operators = [*people.people(session, role=Role.OPERATOR), *people.people(session, role=Role.SUPERVISOR)]
    return {str(each.id): each.name for each in operators}
