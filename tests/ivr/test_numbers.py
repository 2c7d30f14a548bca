"""The page of the numbers citizens dial: what is chosen holds for the next call, and nonsense changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import service, snapshot
from ivr.demonstration import KHM
from ivr.walk import Line
from staff.tables import Audit, Organisation
from tests.centre import Centre
from tests.client import Client

pytestmark = pytest.mark.usefixtures("published")

SignedIn = Callable[[str], Client]
TOPICS = {"menu": "topics", "language": "ru"}


def lines() -> dict[str, Line]:
    """What each number leads to for the next caller."""
    with transaction(EVERY_ORGANISATION) as session:
        return dict(snapshot.load(session)[0].lines)


def beginnings() -> dict[str, tuple[str, str]]:
    return {number: (line.menu, line.language.value) for number, line in lines().items()}


def test_the_next_call_begins_with_the_menu_and_the_language_chosen(client: SignedIn) -> None:
    admin = client("admin.khm")
    page = admin.get("/menus/numbers").text
    assert "1580" in page
    assert "1414" not in page, "another organisation's number is shown"
    assert admin.post("/menus/numbers/1580", data=TOPICS).status_code == 303
    assert beginnings() == {"1580": ("topics", "ru"), "1414": ("language", "uz")}
    with transaction(EVERY_ORGANISATION) as session:
        said = session.scalars(select(Audit).where(Audit.deed == "number.assigned")).one()
        assert (said.subject, said.details) == ("number:1580", {"menu": "language → topics", "language": "uk → ru"})


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"menu": "nowhere", "language": "uk"}, "Серед опублікованих такого меню немає"),
        ({"menu": "topics", "language": "uz"}, "Організація не говорить цією мовою"),
        ({"menu": "topics", "language": "xx"}, "wrong-language-1580"),
        ({}, "wrong-menu-1580"),
    ],
)
def test_a_menu_or_a_language_that_is_not_there_is_refused(client: SignedIn, form: dict[str, str], words: str) -> None:
    answer = client("admin.khm").post("/menus/numbers/1580", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert beginnings()["1580"] == ("language", "uk")


def test_a_language_in_which_a_prompt_cannot_be_heard_is_refused(client: SignedIn, published: Centre) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        khm = session.get_one(Organisation, published.organisations["khm"].id)
        khm.languages = [*khm.languages, "uz"]
        service.publish(session, khm.id, replace(KHM, notice="own-notice"))
    answer = client("admin.khm").post("/menus/numbers/1580", data={"menu": "topics", "language": "uz"})
    assert answer.status_code == 422
    assert "own-notice" in answer.text
    assert beginnings()["1580"] == ("language", "uk")


def test_a_number_is_added_and_taken_out(client: SignedIn) -> None:
    admin = client("admin.khm")
    assert admin.post("/menus/numbers", data={"number": "+380382700100", **TOPICS}).status_code == 303
    assert beginnings()["+380382700100"] == ("topics", "ru")
    assert admin.post("/menus/numbers/+380382700100/remove").status_code == 303
    assert set(beginnings()) == {"1580", "1414"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1580", "Цей номер уже є в списку"),
        ("1414", "Цей номер має інша організація"),
        ("15-80", "Пишіть лише цифри"),
        ("", "Заповніть це поле"),
    ],
)
def test_a_number_that_is_taken_or_none_is_refused(client: SignedIn, number: str, words: str) -> None:
    answer = client("admin.khm").post("/menus/numbers", data={"number": number, **TOPICS})
    assert answer.status_code == 422
    assert words in answer.text
    assert beginnings() == {"1580": ("language", "uk"), "1414": ("language", "uz")}


def test_numbers_are_the_administrators_business(client: SignedIn) -> None:
    for login in ("olena", "iryna", "mykola"):
        assert client(login).get("/menus/numbers").status_code == 403
        assert client(login).post("/menus/numbers/1580", data=TOPICS).status_code == 403
    assert client("admin.dtm").post("/menus/numbers/1580", data=TOPICS).status_code == 404
    assert beginnings()["1580"] == ("language", Language.UKRAINIAN)
