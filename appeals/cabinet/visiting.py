"""Who visits the public pages: of which organisation, by which cookies; no session of an employee counts here."""

import secrets
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet import accounts, queries
from appeals.cabinet.tables import Cabinet, CabinetAccount
from appeals.cabinet.writing import Author
from db import EVERY_ORGANISATION, NotFound, transaction
from staff.tables import Organisation
from web import csrf, languages
from web.pages import see_other
from web.problems import NotAllowed

SESSION: Final = "holos_cabinet"
BROWSER: Final = "holos_browser"  # before anybody signs in: names the draft, and the code on its way


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on the pages of one organisation."""

    organisation: Organisation
    cabinet: Cabinet | None  # None: never arranged
    account: CabinetAccount | None
    csrf: str  # of the session; "" where nobody is signed in
    browser: str  # the token before the sign-in; "" where nothing was begun

    @property
    def at(self) -> str:
        """Below which address the account's pages lie."""
        return f"/cabinet/{self.organisation.code}"

    @property
    def is_open(self) -> bool:
        """Whether citizens may write and sign in."""
        return self.cabinet is not None and self.cabinet.is_open

    def opened(self) -> Cabinet:
        """The cabinet, which is open. NotFound."""
        if self.cabinet is None or not self.is_open:
            raise NotFound(f"cabinet of {self.organisation.code}")
        return self.cabinet

    def author(self) -> Author | None:
        """Whoever is signed in."""
        if self.account is None or self.cabinet is None:
            return None
        return Author(self.organisation, self.cabinet, self.account)


def visit(request: Request, code: str) -> Visitor:
    """Whose page it is and who looks at it; from here on by that organisation's clocks. NotFound."""
    token = request.cookies.get(_named(SESSION, code), "")
    with transaction(EVERY_ORGANISATION) as session:
        organisation = queries.organisation_called(session, code)
        cabinet = queries.find(session, organisation.id)
        found = accounts.recognise(session, organisation.id, token) if token else None
    audience = languages.audience()
    audience.zone, audience.country = organisation.zone, organisation.country
    return Visitor(
        organisation,
        cabinet,
        account=found[1] if found else None,
        csrf=found[0].csrf if found else "",
        browser=request.cookies.get(_named(BROWSER, code), ""),
    )


def permitted(visitor: Visitor, sent: str) -> Author | None:
    """Who changes something, with the session's token sent; None where nobody is signed in. NotAllowed."""
    author = visitor.author()
    if author is not None and not csrf.matches(sent, visitor.csrf):
        raise NotAllowed("the form's token is not the session's")
    return author


def to_sign_in(request: Request, visitor: Visitor, *, notice: str = "") -> Response:
    """First the sign-in, then the page that was asked for."""
    wanted = request.url.path if request.method == "GET" else f"/write/{visitor.organisation.code}"
    return see_other(f"{visitor.at}/sign-in?next={quote(wanted)}", notice=notice)


def new_token() -> str:
    """What names a browser before anybody signs in."""
    return secrets.token_urlsafe(32)


def name_browser(request: Request, response: Response, visitor: Visitor, token: str) -> None:
    """The browser is known by this token until it is closed: the next one in a library finds nothing of it."""
    _give(request, response, _named(BROWSER, visitor.organisation.code), token)


def sign_in(request: Request, response: Response, visitor: Visitor, token: str) -> None:
    """The session is this browser's; the other token is done with."""
    _give(request, response, _named(SESSION, visitor.organisation.code), token)
    response.delete_cookie(_named(BROWSER, visitor.organisation.code))


def sign_out(request: Request, response: Response, visitor: Visitor) -> str:
    """The cookie goes; the token it had."""
    name = _named(SESSION, visitor.organisation.code)
    response.delete_cookie(name)
    return request.cookies.get(name, "")


def address_of(request: Request) -> str:
    """From where it is asked, as it is counted: one house or library of IPv6 has a whole network of 2⁶⁴ addresses."""
    host = request.client.host if request.client else ""
    try:
        known = ip_address(host)
    except ValueError:
        return host
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known.packed, 64), strict=False))


def _give(request: Request, response: Response, name: str, token: str) -> None:
    secure = request.app.state.policy.secure
    response.set_cookie(name, token, httponly=True, samesite="lax", secure=secure)


def _named(name: str, code: str) -> str:
    """One cookie an organisation: a citizen of two is signed in with each by itself."""
    return f"{name}_{code}" if code.isascii() and code.isalnum() else name
