"""The organisation's own page: names, clock, country and languages, from the next call and page on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from db import EVERY_ORGANISATION, transaction
from ivr import snapshot
from staff.tables import Audit, Organisation
from tests.client import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture
def form(centre) -> dict[str, Any]:
    """The city as it is."""
    khm = centre.organisations["khm"]
    return {
        **{f"name_{code}": khm.name.get(code, code.upper()) for code in ("uk", "uz", "ru", "en")},
        "time_zone": khm.time_zone,
        "country": khm.country,
        "languages": list(khm.languages),
        "default_language": khm.default_language,
    }


def stored() -> Organisation:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Organisation).where(Organisation.code == "khm")).one()


def test_a_change_counts_from_the_next_call_and_page_on(client: SignedIn, form: dict[str, Any]):
    admin = client("admin.khm")
    assert form["name_uk"] in admin.get("/organisation").text
    sent = {**form, "name_uk": "Місто над Бугом", "time_zone": "Asia/Tashkent", "country": "UZ"}
    assert admin.post("/organisation", data=sent).status_code == 303
    assert "Місто над Бугом" in client("olena").get("/me").text
    with transaction(EVERY_ORGANISATION) as session:
        line = snapshot.load(session)[0].lines["1580"]
        said = session.scalars(select(Audit).where(Audit.deed == "organisation.changed")).one()
    assert (line.zone, line.country) == ("Asia/Tashkent", "UZ")
    assert said.details["time_zone"] == "Europe/Kyiv → Asia/Tashkent"
    assert set(said.details) == {"name", "time_zone", "country"}


def test_a_language_is_added_and_taken_back(client: SignedIn, form: dict[str, Any]):
    admin = client("admin.khm")
    more = {**form, "languages": [*form["languages"], "uz"]}
    assert admin.post("/organisation", data=more).status_code == 303
    assert stored().languages == [*form["languages"], "uz"]
    assert admin.post("/organisation", data=form).status_code == 303
    assert stored().languages == form["languages"]


def test_a_language_that_callers_choose_stays(client: SignedIn, form: dict[str, Any]):
    fewer = {**form, "languages": ["uk"]}
    answer = client("admin.khm").post("/organisation", data=fewer)
    assert answer.status_code == 422
    assert 'id="error-languages"' in answer.text
    assert "клавіша" in answer.text, "the key that chooses it is named"
    assert stored().languages == form["languages"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_uk": ""}, "name_uk"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"languages": []}, "languages"),
        ({"languages": ["uk", "xx"]}, "languages"),
        ({"default_language": "uz"}, "default_language"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(
    client: SignedIn, form: dict[str, Any], wrong: dict[str, Any], field: str
):
    answer = client("admin.khm").post("/organisation", data={**form, **wrong})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    kept = stored()
    assert (kept.time_zone, kept.country, kept.languages) == (form["time_zone"], form["country"], form["languages"])


def test_the_organisation_is_the_administrators(client: SignedIn, form: dict[str, Any]):
    for login in ("olena", "iryna", "mykola"):
        assert client(login).get("/organisation").status_code == 403
        assert client(login).post("/organisation", data=form).status_code == 403
