"""Who is asking, what they may do, and the transaction they do it in: the dependencies every route is built from.

    @router.get("/calls")
    def journal(session: DbSession, person: Annotated[Person, may("calls.read")]) -> Response: ...

A route without `may(...)` or `SignedIn` is closed by the rule test unless it stands on the list of public ones.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from db import EVERY_ORGANISATION, narrow, transaction
from staff import sign_in
from staff.model import PERMISSIONS
from staff.rights import has
from staff.tables import Organisation, Person, SignIn
from web import csrf, languages
from web.guard import SAFE
from web.problems import NotAllowed, SignInNeeded
from web.shell import Viewer

COOKIE: Final = "holos_session"
AT_ONCE: Final = 30  # requests with a session; fewer than a process has threads and connections

_places = asyncio.Semaphore(AT_ONCE)


def recognise(request: Request) -> None:
    """Sets `request.state.viewer` and the audience if the cookie opens a session; once a request."""
    if _is_unknown(request):
        with transaction(EVERY_ORGANISATION) as session:
            _recognise(request, session)


def _is_unknown(request: Request) -> bool:
    """Whether there is a cookie nobody has looked at yet."""
    return bool(request.cookies.get(COOKIE)) and getattr(request.state, "person", None) is None


def _recognise(request: Request, session: Session) -> None:
    found = sign_in.recognise(session, request.cookies[COOKIE])
    if found is not None:
        _greet(request, *found)


def _greet(request: Request, session: SignIn, person: Person, organisation: Organisation) -> None:
    request.state.person = person
    request.state.viewer = Viewer(
        id=person.id,
        name=person.name,
        organisation_id=organisation.id,
        organisation=organisation.called(person.language),
        language=person.language,
        theme=person.theme,
        csrf=session.csrf,
        session=session.token_hash,
        may=partial(has, person),
    )
    audience = languages.audience()
    audience.language = person.language
    audience.zone = organisation.zone
    audience.country = organisation.country


SentToken = Annotated[str, Depends(csrf.sent_token)]


def signed_in(request: Request, token: SentToken) -> Person:
    """The person whose session the cookie opens. SignInNeeded; NotAllowed for a change without the session's token."""
    recognise(request)
    person = getattr(request.state, "person", None)
    if person is None:
        raise SignInNeeded
    assert isinstance(person, Person)
    if request.method not in SAFE and not csrf.matches(token, request.state.viewer.csrf):
        raise NotAllowed("the form's token is not the session's")
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


@dataclass(frozen=True, slots=True)
class Permission:
    """The dependency that lets in those who have a permission."""

    name: str

    async def __call__(self, request: Request, token: SentToken) -> Person:
        # Called, not depended on: each dependency is another turn of a thread; and without one where who asks is known.
        asks_database = _is_unknown(request)
        person = await run_in_threadpool(signed_in, request, token) if asks_database else signed_in(request, token)
        if not has(person, self.name):
            raise NotAllowed(self.name)
        return person


def may(permission: str) -> Any:
    """The signed-in person, if they have the permission; 403 otherwise. KeyError for a permission nobody declared."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return Depends(Permission(permission))


async def place() -> AsyncIterator[None]:
    """A place among those who have a session: who has one needs a thread to go on, and threads wait for connections."""
    async with _places:
        yield


_OfFunction = Annotated[None, Depends(place, scope="function")]
_OfRequest = Annotated[None, Depends(place, scope="request")]


def _session_of(request: Request, token: SentToken, _: _OfFunction) -> Iterator[Session]:
    """Who asks is looked up in the transaction that they get, unless something has to be noted about them."""
    if _is_unknown(request):
        with transaction(EVERY_ORGANISATION) as session:
            _recognise(request, session)
            if getattr(request.state, "person", None) is not None and not session.dirty:
                narrow(session, request.state.person.organisation_id)
                signed_in(request, token)  # a page that refuses names the person, who is the transaction's no longer
                yield session
                return
    with transaction(signed_in(request, token).organisation_id) as session:
        yield session


def _reading(request: Request, token: SentToken, _: _OfRequest) -> Iterator[Session]:
    yield from _session_of(request, token, None)


DbSession = Annotated[Session, Depends(_session_of, scope="function")]  # commits before the answer leaves
ReadSession = Annotated[Session, Depends(_reading, scope="request")]  # of a page that changes nothing: ends after it
