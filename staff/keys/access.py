"""Who calls by a key, what the key opens, and the transaction it works in: what routes of the exchange are built from.

    @router.get("/appeals")
    def appeals(session: KeySession, caller: Annotated[Caller, by_key("appeals.read")]) -> ...:

A permission is open where a role of the key's account has it and a scope of the key reaches to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.security import HTTPBearer
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from db import EVERY_ORGANISATION, transaction
from staff.access import place
from staff.keys import pace, service
from staff.keys.model import Scope, opens
from staff.keys.tables import ApiKey
from staff.model import PERMISSIONS
from staff.rights import has
from staff.tables import Organisation, Person
from web import languages
from web.problems import NotAllowed

LEFT: Final = "X-RateLimit-Remaining"  # on each answer to a key
_BEARER: Final = "bearer "

described = HTTPBearer(auto_error=False, description="A key made by an administrator: `Authorization: Bearer holos_…`")


class KeyNeeded(Exception):
    """No key was sent, or one that opens nothing any more."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An information system at work: its key, its account and the organisation it works for."""

    key: ApiKey
    person: Person
    organisation: Organisation
    left: int  # calls of this minute

    def may(self, permission: str, scope: Scope | None = None) -> bool:
        """Whether the account has the permission and the key reaches to it."""
        reaches = opens(self.key.scopes, permission) if scope is None else scope in self.key.scopes
        return reaches and has(self.person, permission)


def recognise(request: Request) -> Caller:
    """The caller whose key the request carries; once a request. KeyNeeded; TooManyRequests."""
    known = getattr(request.state, "caller", None)
    if known is not None:
        assert isinstance(known, Caller)
        return known
    sent = request.headers.get("authorization", "")
    if not sent.lower().startswith(_BEARER):
        raise KeyNeeded
    address = request.client.host if request.client is not None else ""
    with transaction(EVERY_ORGANISATION) as session:
        found = service.recognise(session, sent[len(_BEARER) :].strip(), address=address)
    if found is None:
        raise KeyNeeded
    key, person, organisation = found
    caller = Caller(key, person, organisation, pace.count(key.id, key.per_minute))
    request.state.caller = caller
    audience = languages.audience()
    audience.zone, audience.country = organisation.zone, organisation.country
    return caller


@dataclass(frozen=True, slots=True)
class KeyPermission:
    """The dependency that lets in keys with a permission."""

    name: str
    scope: Scope | None = None

    def __call__(self, request: Request, response: Response, _described: Any = Depends(described)) -> Caller:
        caller = recognise(request)
        response.headers[LEFT] = str(caller.left)
        if not caller.may(self.name, self.scope):
            raise NotAllowed(self.name)
        return caller


def by_key(permission: str, scope: Scope | None = None) -> Any:
    """The caller, if its key opens the permission; 401 or 403 otherwise. KeyError for one that nobody declared.

    Of one's own work `scope` says which is asked for: whoever does it also reads it.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return Depends(KeyPermission(permission, scope))


def _session_of(request: Request, _: Annotated[None, Depends(place, scope="function")]) -> Iterator[Session]:
    with transaction(recognise(request).organisation.id) as session:
        yield session


KeySession = Annotated[Session, Depends(_session_of, scope="function")]  # commits before the answer leaves
