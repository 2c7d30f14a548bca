"""Every page × role × language: declared answers, whole pages, no foreign words, no more queries with more rows."""

import re
from collections.abc import Iterator, Sequence

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from db import EVERY_ORGANISATION, transaction
from staff.model import PERMISSIONS, Role
from tests.centre import PEOPLE, Centre, person
from tests.client import Client
from tests.pages.a_call import answered_call
from tests.pages.belongings.asking import Asked
from tests.pages.belongings.everything import Belongings, asked_for
from tests.pages.belongings.routes import A_CALL_MAY_BE_UNKNOWN, NAMES_AN_OBJECT, NAMES_NO_OBJECT
from tests.pages.standing import Standing
from tests.pages.statements import statements_of
from tests.rules.test_routes import FOR_ANY_ROLE, PUBLIC, field_names, permissions, routes
from web.languages import LANGUAGES
from web.signposts import Signposts

PAGES = [
    (name.removeprefix("GET "), route)
    for name, route in routes()
    if name.startswith("GET ") and "{" not in name and name not in PUBLIC and "live" not in name
]
CHANGES = [(name.split()[1], route) for name, route in routes() if name.startswith("POST ") and name not in PUBLIC]
LOGIN_OF = {role: login for login, role in PEOPLE["khm"].items()}
FOREIGN = {"uk": "[ыэёъ]", "uz": "[а-яіїєґё]", "ru": "[іїєґ]", "en": "(?!)"}  # letters of no word of the language
LOGIN_OF_AGENCY = next(login for login, role in PEOPLE["dtm"].items() if role is Role.SUPERVISOR)


def opens_for(route, role: Role) -> bool:
    return all(role in PERMISSIONS[permission] for permission in permissions(route))


@pytest.mark.parametrize(("url", "route"), PAGES, ids=[url for url, _ in PAGES])
def test_each_page_opens_for_the_declared_roles_only(people: Standing, url: str, route):
    for role, login in LOGIN_OF.items():
        answer = people.browser(login).get(url)
        if opens_for(route, role):
            assert answer.status_code in {200, 303, 422}, (role, answer.text[:500])
        else:
            assert answer.status_code == 403, role
    assert people.anybody.get(url).status_code in {303, 401}


@pytest.mark.parametrize(("url", "route"), CHANGES, ids=[url for url, _ in CHANGES])
def test_each_change_is_closed_to_other_roles(people: Standing, url: str, route):
    address = re.sub(r"\{[^}]+\}", "00000000-0000-0000-0000-000000000000", url)
    for role, login in LOGIN_OF.items():
        if not opens_for(route, role):
            assert people.browser(login).post(address).status_code in {403, 404}, role
    answer = people.anybody.post(address)
    assert answer.status_code == 401
    assert answer.headers["X-Holos-Sign-In"] == "1"


def _served(walked: Sequence[BaseRoute]) -> Iterator[str]:
    """Everything the application answers at all."""
    for route in walked:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods)
        elif isinstance(route, Mount):
            yield f"the folder {route.path}"
        else:
            assert isinstance(route, Signposts)
            yield from _served(route.routes)


def _asks(browser: Client, name: str, asked: Asked, of: Belongings) -> httpx.Response:
    address, form = asked_for(asked, of)
    method = name.split(maxsplit=1)[0]
    return browser.get(address) if method == "GET" else browser.request(method, address, data=form)


ROUTES = dict(routes())


def test_every_route_of_the_application_is_in_the_matrix(app: FastAPI):
    assert sorted(_served(app.routes)) == sorted([*ROUTES, "the folder /static", "the folder /api/v1"])
    asked_something = {
        name
        for name, route in ROUTES.items()
        if route.dependant.path_params or set(field_names(route.dependant)) - {"csrf"}
    }
    declared = [*NAMES_AN_OBJECT, *A_CALL_MAY_BE_UNKNOWN, *NAMES_NO_OBJECT]
    assert set(declared) == asked_something
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("name", NAMES_AN_OBJECT)
def test_a_foreign_organisations_object_is_not_there(everything: Standing, name: str):
    """What is in no S3 store is 503 for its own people, and never 404."""
    asked, route, own, foreign = NAMES_AN_OBJECT[name], ROUTES[name], everything.own, everything.foreign
    opened = []
    for role, login in LOGIN_OF.items():
        browser = everything.browser(login)
        answer = _asks(browser, name, asked, foreign)
        assert answer.status_code == (404 if opens_for(route, role) else 403), (role, answer.text[:500])
        assert not [word for word in foreign.words if word in answer.text], role
        mine = _asks(browser, name, asked, own)
        assert mine.status_code < 500 or mine.status_code == 503, (role, mine.text[:500])
        opened += [role] if mine.status_code not in {403, 404} else []
        assert opens_for(route, role) or mine.status_code == 403, role
    assert opened, "nobody of the own organisation is let in either: the address of this test is wrong"
    assert _asks(everything.anybody, name, asked, foreign).status_code in {303, 401}


OF_A_TALK = [
    name
    for name, asked in NAMES_AN_OBJECT.items()
    if re.search(r"\{(call|recording)\}", asked.address) and not name.startswith("GET /appeals")
]


@pytest.mark.parametrize("name", OF_A_TALK)
def test_a_colleagues_talk_is_not_there_for_an_operator_who_took_no_part(everything: Standing, name: str):
    assert LOGIN_OF[Role.OPERATOR] != "olena", "the talk is another operator's"
    answer = _asks(everything.browser("olena"), name, NAMES_AN_OBJECT[name], everything.own)
    assert answer.status_code == (404 if opens_for(ROUTES[name], Role.OPERATOR) else 403), answer.text[:500]
    assert not [word for word in everything.own.words if word in answer.text]


@pytest.mark.parametrize("name", A_CALL_MAY_BE_UNKNOWN)
def test_an_answer_about_a_call_not_heard_of_yet_tells_nothing_of_a_foreign_one(everything: Standing, name: str):
    asked, route, foreign = A_CALL_MAY_BE_UNKNOWN[name], ROUTES[name], everything.foreign
    for role, login in LOGIN_OF.items():
        answer = _asks(everything.browser(login), name, asked, foreign)
        if not opens_for(route, role):
            assert answer.status_code == 403, role
            continue
        assert answer.status_code in {200, 303, 409}, (role, answer.text[:500])
        assert not [word for word in foreign.words if word in answer.text], role
    agency = everything.browser(LOGIN_OF_AGENCY)
    seen = agency.get(f"/appeals/of-call?call={foreign.call}").text
    assert foreign.appeal in seen
    assert "Коваль" not in seen


PARTS = {
    "/alarms/number", "/appeals/begun", "/appeals/card", "/appeals/chancellery/count", "/appeals/editing/count",
    "/appeals/executor", "/appeals/inbound/count", "/appeals/map/here", "/appeals/map/seen", "/appeals/of",
    "/appeals/term", "/appeals/work-executors", "/callbacks/count", "/desk/chip", "/questions/number",
    "/questions/of", "/surge/bar", "/works/here",
}  # fmt: skip
NO_HTML = {
    "/appeals/addresses/suggest",
    "/appeals/applicants/suggest",
    "/appeals/draft",
    "/appeals/map/houses",
    "/appeals/map/nearest",
    "/appeals/xml/schema.xsd",
    "/board/figures",
    "/board/supervisions/mine",
    "/callbacks.xlsx",
    "/classifier/classifier.xlsx",
    "/channels/wordings",  # leads to the first wording
    "/desk/callback",
    "/executors/executors.xlsx",
    "/desk/directories",
    "/desk/state",
    "/desk/supervised",
    "/desk/targets",
    "/menus/draft/file",
    "/reports",  # leads to the first of them
    "/reports/acute.xlsx",
    "/reports/appeals.xlsx",
    "/reports/availability.xlsx",
    "/reports/calls.xlsx",
    "/reports/call-cards.xlsx",
    "/routing/routing.xlsx",
    "/reports/late.xlsx",
    "/reports/results.xlsx",
    "/reports/sources.xlsx",
    "/reports/topics.xlsx",
    "/surge/script",
}


@pytest.mark.parametrize("url", sorted(NO_HTML))
def test_what_is_no_page_is_not_taken_for_one(people: Standing, url: str):
    assert not _reader_of(people, url).get(url).headers.get("content-type", "").startswith("text/html")


@pytest.mark.parametrize("url", [url for url, _ in PAGES if url not in NO_HTML] + ["/sign-in", "/nothing-here"])
def test_each_page_renders_in_each_language(people: Standing, url: str):
    browser = people.anybody if url == "/sign-in" else _reader_of(people, url)  # who is signed in goes on from there
    for language in LANGUAGES:
        browser.post("/language", data={"language": language})
        answer = browser.get(url)
        assert answer.headers["content-type"].startswith("text/html")
        if url not in PARTS:
            assert f'<html lang="{language}"' in answer.text
            assert re.search(r"<title>\s*\S.* · Holos</title>", answer.text, re.DOTALL), language
            assert answer.text.count("<h1") == 1, language
        own = _own_words(answer.text, people.centre)
        assert not re.findall(rf".*{FOREIGN[language]}.*", own, re.IGNORECASE)[:5], language


def reader_of(route) -> str:
    """Somebody of the city who may use the route."""
    return LOGIN_OF[next(role for role in Role if opens_for(route, role))]


def _reader_of(people: Standing, url: str) -> Client:
    route = next((route for page, route in PAGES if page == url), None)
    return people.browser(LOGIN_OF[Role.OPERATOR] if route is None else reader_of(route))


def _own_words(page: str, centre: Centre) -> str:
    """The page's text without the names of languages, people and organisations."""
    page = re.sub(r'<(\w+)[^>]*\blang="[^"]*"[^>]*>.*?</\1>', "", page.replace("<html lang", "<html data-lang"))
    page = re.sub(r"<option[^>]*>[^<]*</option>", "", page)
    for name in LANGUAGES.values():
        page = page.replace(name, "")
    for organisation in centre.organisations.values():
        for name in organisation.name.values():
            page = page.replace(name, "")
    return re.sub(r"<[^>]*>", " ", page)


def test_any_role_may_sign_out_and_see_its_own_settings(people: Standing):
    assert {"POST /sign-out", "GET /me", "POST /me/password", "GET /search"} == FOR_ANY_ROLE
    for login in PEOPLE["khm"]:
        browser = people.browser(login)
        assert browser.get("/me").status_code == 200
        assert browser.post("/sign-out").status_code == 303


def test_the_page_of_people_asks_as_little_for_many_as_for_few(people: Standing):
    browser = people.browser("admin.khm")
    browser.get("/people")
    few = statements_of(lambda: browser.get("/people"))
    with transaction(EVERY_ORGANISATION) as session:
        for number in range(40):
            person(session, people.centre.organisations["khm"], f"extra{number}", Role.OPERATOR)
    assert browser.get("/people").text.count("<tr") > 40
    assert statements_of(lambda: browser.get("/people")) == few


def test_the_journal_of_calls_asks_as_little_for_many_as_for_few(people: Standing):
    browser, operators = people.browser("iryna"), people.centre.people
    for _ in range(2):
        answered_call(operators["olena"])
    browser.get("/calls")
    few = statements_of(lambda: browser.get("/calls"))
    for number in range(12):
        answered_call(operators["andrii" if number % 2 else "olena"], caller=f"+38067123{number:04}")
    assert browser.get("/calls").text.count("<tr") > 12
    assert statements_of(lambda: browser.get("/calls")) == few
