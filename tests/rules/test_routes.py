"""Every route asks for a permission, or stands on the list of those open to everybody, with a reason."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import Match

from run.places import GROUPS
from run.web import ROUTERS
from staff.access import Permission, signed_in
from staff.model import PERMISSIONS
from web import words

PUBLIC = {
    "GET /": "the numbers to call",
    "GET /help": "how citizens write to us",
    "GET /healthz": "for the supervisor of processes",
    "GET /readyz": "for the load balancer; says only which servers answer",
    "GET /metrics": "for Prometheus, which shows a token of its own",
    "GET /sign-in": "the way in",
    "POST /sign-in": "the way in",
    "POST /language": "chosen before signing in",
    "POST /theme": "chosen before signing in",
    "GET /words/{language}.js": "the scripts' messages",
    "GET /call": "citizens call from the browser",
    "GET /call/{code}": "citizens call from the browser",
    "POST /call/phone": "lends a phone to a citizen's browser, limited by address",
    "POST /call/phone/seen": "the lent phone's own secret is the proof",
    "POST /call/phone/back": "the lent phone's own secret is the proof",
    "POST /call/phone/call": "the lent phone's own secret is the proof; tells of its own call only",
    "POST /sms/answers/{key}": "a gateway hands over what a citizen answers; the secret in the address is the proof",
    "POST /sms/reports/{key}": "a gateway says what became of our SMS; the secret in the address is the proof",
    "POST /call/{code}/number": "checks the shape of a number that a citizen typed",
    "GET /write": "citizens write to us",
    "GET /write/{code}": "citizens write to us: the form, with what this browser has begun",
    "POST /write/{code}": "without a citizen's session it keeps a draft of this browser, limited by address",
    "POST /write/{code}/upload": "the same with files, which only a citizen's session sends",
    "GET /write/{code}/addresses": "streets and houses of the directory, limited by address",
    "GET /cabinet/{code}/sign-in": "a citizen's way in",
    "POST /cabinet/{code}/sign-in": "a citizen's way in: a code to a contact, limited by it and by address",
    "GET /cabinet/{code}/code": "a citizen's way in",
    "POST /cabinet/{code}/code": "a citizen's way in: the code is the proof, for the browser that asked for it",
    "POST /cabinet/{code}/sign-out": "the citizen's own session",
    "POST /cabinet/{code}/draft/forget": "the citizen's own session, of their own draft",
    "POST /cabinet/{code}/draft/restore": "the citizen's own session, of their own draft",
    "GET /cabinet/{code}/contacts": "the citizen's own session, of their own contacts",
    "POST /cabinet/{code}/contacts": "the citizen's own session: a code to a contact, limited by contact and address",
    "POST /cabinet/{code}/contacts/code": "the citizen's own session: the code is the proof of the contact",
    "GET /mark/{token}": "the link of a letter to the author is the proof, limited by address",
    "POST /mark/{token}": "the link of a letter to the author is the proof, limited by address",
    "POST /cabinet/{code}/{number}/mark": "the citizen's own session, of their own appeal",
    "GET /cabinet/{code}": "the citizen's own session, of their own appeals",
    "GET /cabinet/{code}/{number}": "the citizen's own session, of their own appeal",
    "POST /cabinet/{code}/{number}/upload": "the citizen's own session, of their own appeal",
    "GET /cabinet/{code}/{number}/files/{file_id}": "the citizen's own session, of their own file",
    "GET /cabinet/{code}/{number}/files/{file_id}/small": "the citizen's own session, of their own file",
}
FOR_ANY_ROLE = {"POST /sign-out", "GET /me", "POST /me/password", "GET /search"}
PLACES = [place for group in GROUPS for place in group.places]


def routes() -> Iterator[tuple[str, APIRoute]]:
    """Every route of the product as "METHOD /path"."""
    for router in (*ROUTERS, words.router):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods):
                yield f"{method} {route.path}", route


def _dependencies(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _dependencies(below)


def permissions(route: APIRoute) -> set[str]:
    """The permissions a route asks for."""
    return {each.name for each in _dependencies(route.dependant) if isinstance(each, Permission)}


def field_names(dependant: Dependant) -> Iterator[str]:
    """Names of the fields a route reads, from models and from single parameters."""
    for each in (*dependant.body_params, *dependant.query_params):
        annotation = each.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from annotation.model_fields
        else:
            yield each.alias
    for below in dependant.dependencies:
        model = _model_of(below.call)
        if model is not None:
            yield from model.model_fields
        yield from field_names(below)


def _model_of(call: object) -> type[BaseModel] | None:
    """The model a `submitted(...)` dependency checks with."""
    for cell in getattr(call, "__closure__", None) or ():
        if isinstance(cell.cell_contents, type) and issubclass(cell.cell_contents, BaseModel):
            return cell.cell_contents
    return None


@pytest.mark.parametrize(("name", "route"), list(routes()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_route_is_closed_or_public_for_a_reason(name: str, route: APIRoute):
    asked = set(_dependencies(route.dependant))
    if name in PUBLIC:
        assert not ({signed_in} & asked | permissions(route)), "on the public list, but it asks for a sign-in"
    elif name in FOR_ANY_ROLE:
        assert signed_in in asked, "neither a sign-in nor a place on the public list"
    else:
        assert permissions(route), "neither a permission nor a place on a list"


def test_every_permission_is_asked_for_somewhere():
    asked = {permission for _, route in routes() for permission in permissions(route)}
    asked |= {place.permission for place in PLACES}
    assert asked <= PERMISSIONS.keys()


def test_every_place_leads_to_a_page_with_its_permission(app: FastAPI):
    pages = {name.removeprefix("GET "): route for name, route in routes() if name.startswith("GET ")}
    for place in PLACES:
        assert place.permission in permissions(pages[place.url]), place


def test_no_route_hides_another() -> None:
    """Routes are tried in their order: an address with nothing to fill in belongs to the route that spells it out."""
    hidden = {}
    for name, _route in routes():
        method, _, path = name.partition(" ")
        asked = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        taken = next(other for other, each in routes() if each.matches(asked)[0] is Match.FULL)
        if "{" not in path and taken != name:
            hidden[name] = taken
    assert hidden == {}
