"""How long offers take while somebody types: over HTTP, and in the same process without it."""

import time
from collections.abc import Callable, Sequence

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from staff import sign_in
from staff.tables import Organisation, Person

ORGANISATION, OPERATOR = "khm", "olena"  # for whom is asked, and by whom


def organisation() -> Organisation:
    """The city's."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Organisation).where(Organisation.code == ORGANISATION)).one()


def cookie_of_operator(session: Session) -> str:
    """The operator signs in."""
    person = session.scalars(select(Person).where(Person.login == OPERATOR)).one()
    return sign_in.open_session(session, person)


def over_http(browser: httpx.Client, page: str, asked: Sequence[str]) -> list[float]:
    """Seconds of each question, as a browser hears its answer."""

    def ask(typed: str) -> None:
        browser.get(page, params={"q": typed}).raise_for_status()

    return timed(ask, asked)


def without_http(
    whose: Organisation, offers: Callable[[Session, Organisation, str], object], asked: Sequence[str]
) -> list[float]:
    """Seconds of each question in a transaction of its own."""

    def ask(typed: str) -> None:
        with transaction(whose.id) as session:
            offers(session, whose, typed)

    return timed(ask, asked)


def timed(ask: Callable[[str], None], asked: Sequence[str]) -> list[float]:
    """Seconds of each question, one after the other."""
    took = []
    for typed in asked:
        began = time.perf_counter()
        ask(typed)
        took.append(time.perf_counter() - began)
    return took
