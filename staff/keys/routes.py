"""The administrator's page of keys: which information systems work here, with what, and when they last did."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from staff import queries as staff
from staff.access import DbSession, may
from staff.keys import queries, service, words
from staff.keys.model import CHANGING, MOST_PER_MINUTE, PER_MINUTE, ROLES, Scope, is_in_force
from staff.keys.queries import Known
from staff.model import Role
from staff.tables import Person
from staff.words import ROLE_DEEDS
from staff.words import ROLES as ROLE_NAMES
from web import handing
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/exchange")

Administrator = Annotated[Person, may("exchange.manage")]
HANDED: Final = "holos_key"  # a cookie of one page, gone when it was shown
_BLANK: Final[dict[str, Any]] = {
    "name": "", "roles": [], "scopes": [Scope.READ], "per_minute": str(PER_MINUTE), "valid_until": "",
}  # fmt: skip
_WORDS: Final[dict[str, Any]] = {
    "words": words, "role_names": {role: ROLE_NAMES[role] for role in ROLES}, "role_deeds": ROLE_DEEDS,
    "changing": CHANGING, "most_per_minute": MOST_PER_MINUTE,
}  # fmt: skip


class KeyForm(BaseModel):
    """What an administrator says of an information system."""

    name: str = Field(min_length=2, max_length=120)
    roles: set[Role] = Field(min_length=1)
    scopes: set[Scope] = Field(min_length=1)
    per_minute: int = Field(PER_MINUTE, ge=1, le=MOST_PER_MINUTE)
    valid_until: Annotated[date, Field(ge=date(2020, 1, 1), le=date(2100, 1, 1))] | None = None

    @property
    def until(self) -> datetime | None:
        """The end of its last day by the organisation's clocks."""
        if self.valid_until is None:
            return None
        return datetime.combine(self.valid_until + timedelta(days=1), time(), audience().zone).astimezone(UTC)


@router.get("")
def keys(request: Request, session: DbSession, administrator: Administrator) -> Response:
    """All keys, and the form for a new one."""
    return _page(request, session, blank(**_BLANK))


@router.post("/keys")
def make(
    request: Request,
    session: DbSession,
    administrator: Administrator,
    form: Annotated[Submitted[KeyForm], submitted(KeyForm)],
) -> Response:
    """A new key with an account of its own; it is shown this once."""
    given = form.value
    if given is not None and not given.roles <= set(ROLES):
        form.refuse("roles", _("Choose one of the values offered"))
    if given is not None and given.until is not None and given.until <= datetime.now(UTC):
        form.refuse("valid_until", _("This day has passed"))
    if form.value is None or given is None:
        return _page(request, session, form, status=422)
    made, key = service.make(
        session,
        name=given.name,
        roles=given.roles,
        scopes=given.scopes,
        per_minute=given.per_minute,
        valid_until=given.until,
        by=administrator,
    )
    return _handed(request, made.id, key)


@router.get("/keys/{key_id}")
def key_page(request: Request, session: DbSession, administrator: Administrator, key_id: int) -> Response:
    """One key: what it opens, when it was used, what was done about it; the key itself where it was just made."""
    known = queries.get(session, key_id)
    shown = handing.carried(request, HANDED)
    response = render(
        request,
        "exchange/key.html",
        known=known,
        shown=shown,
        in_force=_in_force(known),
        names=staff.names(session, {each for each in (known.key.created_by, known.key.revoked_by) if each}),
        **_WORDS,
    )
    return handing.shown(response, cookie=HANDED, page=f"/exchange/keys/{key_id}") if shown else response


@router.post("/keys/{key_id}/follow")
def follow(request: Request, session: DbSession, administrator: Administrator, key_id: int) -> Response:
    """One more key for the same account; the old one goes on until it is revoked."""
    try:
        made, key = service.follow(session, key_id, by=administrator)
    except service.AccountClosed:
        return see_other(f"/exchange/keys/{key_id}", notice=_("Its account is closed: a new key would open nothing"))
    return _handed(request, made.id, key)


@router.post("/keys/{key_id}/revoke")
def revoke(session: DbSession, administrator: Administrator, key_id: int) -> Response:
    """The key opens nothing any more."""
    key = service.revoke(session, key_id, by=administrator)
    return see_other("/exchange", notice=_("The key opens nothing any more: %s") % key.name)


def _handed(request: Request, key_id: int, key: str) -> Response:
    """303 to the page that shows the key; the administrator's browser carries it there, we keep its hash alone."""
    return handing.handed(request, key, cookie=HANDED, page=f"/exchange/keys/{key_id}")


def _in_force(known: Known) -> bool:
    key = known.key
    return is_in_force(key.revoked_at, key.valid_until, datetime.now(UTC)) and known.person.disabled_at is None


def _page(request: Request, session: Session, form: Submitted[Any], *, status: int = 200) -> Response:
    found = queries.keys(session)
    return render(
        request,
        "exchange/keys.html",
        status=status,
        keys=[(each, _in_force(each)) for each in found],
        form=form,
        **_WORDS,
    )
