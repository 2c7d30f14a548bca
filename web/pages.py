"""Answers: a rendered page or part, and the redirect after a change.

What templates may use besides their own context: `viewer`, `rail`, `alarms`, `languages`, `language`, `theme`,
`csrf`, `nonce`, `notices`, `url_with(**changes)`, `asset(name)`, the macros of `templates/ui/` as `ui.<macro>(...)`,
and the filters of `web.formats`.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote, urlencode

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web import assets, compiled, formats, languages, words
from web.rail import rail_of
from web.shell import alarms_of, shell_of, viewer_of

TEMPLATES = Path(__file__).parent / "templates"
NOTICE = "holos_notice"  # a cookie that lives until the next page: what the last change said
TAKEN = "holos_taken"  # another: the address that took the last change, so that its form's draft is no longer kept
THEME = "holos_theme"
THEMES = ("auto", "light", "dark")
FILTERS: tuple[Callable[..., str], ...] = (
    formats.moment, formats.day, formats.clock, formats.when, formats.due, formats.duration, formats.about,
    formats.number, formats.exact_percent, formats.percent, formats.month, formats.size,
)  # fmt: skip

_request: ContextVar[Request] = ContextVar("request")


def render(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """The template as an answer, in the audience's language."""
    notices = [] if is_part(request) else _notices(request)
    token = _request.set(request)
    try:
        body = environment().get_template(template).render(**_frame(request, notices), **context)
    finally:
        _request.reset(token)
    response = HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
    if notices:
        response.delete_cookie(NOTICE)
    if TAKEN in request.cookies and not is_part(request):
        response.delete_cookie(TAKEN)
    return response


def see_other(url: str, *, notice: str = "") -> Response:
    """303 to the page that shows the result; `notice` is said there once. `url` must be of this site."""
    response = RedirectResponse(local(url), status_code=303)
    if notice:
        response.set_cookie(NOTICE, quote(json.dumps([notice])), max_age=60, httponly=True, samesite="lax")
    return response


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page, not for a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def local(url: str) -> str:
    """The address if it is one of ours, else the home page: no redirect leads to a foreign site."""
    return url if url.startswith("/") and not url.startswith(("//", "/\\")) and "\n" not in url else "/"


def page_csrf(request: Request) -> str:
    """The token forms of this page carry; empty for people not signed in."""
    viewer = viewer_of(request)
    return viewer.csrf if viewer else ""


def _frame(request: Request, notices: list[str]) -> dict[str, Any]:
    viewer = viewer_of(request)
    theme = viewer.theme if viewer else request.cookies.get(THEME, "auto")
    return {
        "request": request,
        "viewer": viewer,
        "shell": shell_of(request),
        "rail": partial(rail_of, request),
        "alarms": partial(alarms_of, request),
        "language": languages.audience().language,
        "languages": languages.LANGUAGES,
        "theme": theme if theme in THEMES else "auto",
        "csrf": page_csrf(request),
        "nonce": getattr(request.state, "nonce", ""),
        "came": round(getattr(request.state, "came", 0) * 1000),
        "notices": notices,
        "taken": unquote(request.cookies.get(TAKEN, "")),
    }


def _notices(request: Request) -> list[str]:
    try:
        said = json.loads(unquote(request.cookies.get(NOTICE, "[]")))
    except ValueError:
        return []
    return [text for text in said if isinstance(text, str)][:3] if isinstance(said, list) else []


def _url_with(**changes: object) -> str:
    """The current address with some of its query replaced; None removes a name. A changed filter forgets the paging."""
    request = _request.get()
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in changes and (name not in {"after", "before"})
    ]
    for name, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        kept += [(name, str(one)) for one in values if one is not None]
    return request.url.path + ("?" + urlencode(kept) if kept else "")


def _csrf_field() -> Markup:
    """The hidden field every form that changes something carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(page_csrf(_request.get()))


@lru_cache(maxsize=1024, typed=True)  # typed: Markup and text that are equal are not escaped alike
def _icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; with a label it speaks for itself, without one it is decoration."""
    if name not in assets.icons():
        raise LookupError(f"icon {name!r} is not in the sprite: npm run build, or misspelt")
    attributes = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>').format(
        attributes, assets.address("built/icons.svg"), name
    )


@cache
def environment() -> Environment:
    """Jinja2 with strict names, escaping, translations, filters and the `ui` macros."""
    return _environment(compiled.Templates(place_of_templates()))


def place_of_templates() -> Path:
    """Where compiled templates lie, if they were made beforehand. What stands here decides what they become."""
    return compiled.named(f"templates-{jinja2.__version__}", [Path(__file__)])


def compile_templates() -> None:
    """Keeps every template compiled."""
    _with_all_templates(_environment(compiled.Templates(place_of_templates(), keeps=True)))


def _environment(bytecode: compiled.Templates) -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=bytecode,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.policies["ext.i18n.trimmed"] = True
    translations: Any = jinja
    translations.install_gettext_callables(
        languages.gettext,
        languages.ngettext,
        newstyle=True,
        pgettext=languages.pgettext,
        npgettext=languages.npgettext,
    )
    jinja.filters |= {each.__name__: each for each in FILTERS}
    jinja.filters |= {"phone": formats.phone_link, "as_json": assets.as_json, "translated": languages.gettext}
    jinja.globals |= {
        "asset": assets.address,
        "words_address": words.address,
        "icon": _icon,
        "url_with": _url_with,
        "csrf_field": _csrf_field,
    }
    jinja.globals["ui"] = _macros(jinja)
    return jinja


def warm() -> None:
    """Reads every template and every catalogue, so that no caller's card is the one that waits for it."""
    _with_all_templates(environment())
    for language in languages.LANGUAGES:
        languages.catalogue(language)


def _with_all_templates(jinja: Environment) -> None:
    for name in jinja.list_templates(extensions=["html"]):
        jinja.get_template(name)


def _macros(jinja: Environment) -> SimpleNamespace:
    """All macros of `templates/ui/*.html` in one namespace, so that pages import nothing."""
    ui = SimpleNamespace()
    jinja.globals["ui"] = ui
    for path in sorted((TEMPLATES / "ui").glob("*.html")):
        for name, macro in vars(jinja.get_template(f"ui/{path.name}").module).items():
            if not name.startswith("_"):
                setattr(ui, name, macro)
    return ui
