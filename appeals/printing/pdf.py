"""A PDF of a page of ours, by WeasyPrint. Nothing is fetched: what is printed stands in the page.

WeasyPrint takes a second to load, so it is loaded with the first page that is printed.
"""

from importlib import import_module
from typing import Any, NoReturn

from web.pages import environment


class Fetched(Exception):
    """The page asked for something that lies elsewhere."""


def pdf_of(template: str, **context: Any) -> bytes:
    """The template as PDF, in the audience's language."""
    page = environment().get_template(template).render(**context)
    made: bytes = import_module("weasyprint").HTML(string=page, url_fetcher=_nothing).write_pdf()
    return made


def _nothing(url: str, *_more: Any, **_named: Any) -> NoReturn:
    raise Fetched(url[:100])
