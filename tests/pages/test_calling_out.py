"""The page of the rules of calling out, and what the desk is told of a number."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from acd.tables import OutgoingLine, Queue
from calls import events
from calls.model import CallId, Language, Source, interface_of
from db import EVERY_ORGANISATION, transaction
from ivr.tables import DialledNumber
from staff.tables import Organisation
from tests.centre import Centre
from tests.client import Client
from tests.pages.a_call import happen

RULES = {"shown": "1580", "allowed": "+380 (67)\n102\n\n102", "forbidden": "+380 67 9", "longest": "30"}


@pytest.fixture
def line(centre, app: FastAPI) -> Iterator[None]:
    """The city has two numbers and a queue, and calls to citizens go somewhere."""
    with transaction(EVERY_ORGANISATION) as session:
        city = session.scalars(select(Organisation).where(Organisation.code == "khm")).one()
        for number in ("0800123", "1580"):
            session.add(DialledNumber(organisation_id=city.id, number=number, language="uk", menu="main"))
        session.add(
            Queue(organisation_id=city.id, code="general", asterisk_name="khm-general", name={"uk": "Загальні"})
        )
    before, app.state.line_out = app.state.line_out, True
    yield
    app.state.line_out = before


def kept() -> OutgoingLine | None:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(OutgoingLine)).one_or_none()


def test_before_there_is_a_number_nobody_is_called(client: Callable[[str], Client]) -> None:
    page = client("admin.khm").get("/outgoing")
    assert page.status_code == 200
    assert '<form method="post" action="/outgoing"' not in page.text
    assert client("olena").post("/desk/outgoing", data={"number": "0671234567"}).status_code == 409


def test_rules_are_saved_and_asked(client: Callable[[str], Client], line: None) -> None:
    admin = client("admin.khm")
    assert admin.post("/outgoing", data=RULES).status_code == 303
    row = kept()
    assert row is not None
    assert (row.shown, row.prefixes, row.forbidden) == ("1580", ["+38067", "102"], ["+380679"])
    assert "+38067\n102" in admin.get("/outgoing").text
    assert "badge-good" in admin.post("/outgoing/try", data={"number": "067 123 45 67"}).text
    assert "field-error" in admin.post("/outgoing/try", data={"number": "067 923 45 67"}).text

    desk = client("olena")
    answer = desk.post("/desk/outgoing", data={"number": "067 123 45 67"})
    assert (answer.status_code, answer.json()["dial"]) == (200, "+380671234567")
    refused = desk.post("/desk/outgoing", data={"number": "067 923 45 67"})
    assert (refused.status_code, refused.json()["advice"]) == (409, "Ваша організація на такі номери не телефонує")
    assert desk.post("/desk/outgoing/hand-out", data={"number": "067 123 45 67"}).status_code == 403
    assert client("iryna").post("/desk/outgoing/hand-out", data={"number": "067 123 45 67"}).status_code == 200


def test_over_the_limit_the_desk_says_when_the_next_call_can_be_made(
    client: Callable[[str], Client], line: None, centre: Centre
) -> None:
    most = {"most_an_hour": "20", "most_of_person": "1"}
    assert client("admin.khm").post("/outgoing", data={**RULES, **most}).status_code == 303
    page = client("admin.khm").get("/outgoing").text
    assert 'value="20"' in page
    olena, at = centre.people["olena"], datetime.now(UTC) - timedelta(minutes=15)
    number, call = {"number": "067 123 45 67"}, CallId(uuid4())
    assert client("olena").post("/desk/outgoing", data=number).status_code == 200
    placed = events.CallPlaced(
        call=call,
        at=at,
        organisation=olena.organisation_id,
        caller="+380671234567",
        dialled="1580",
        language=Language.UKRAINIAN,
        source=Source.TRUNK,
        agent=interface_of(olena.id),
    )
    happen(olena.organisation_id, [placed])
    refused = client("olena").post("/desk/outgoing", data=number)
    free_at = f"{(at + timedelta(hours=1)).astimezone(ZoneInfo('Europe/Kyiv')):%H:%M}"
    assert refused.status_code == 409
    assert refused.json()["advice"] == (
        f"Ви вичерпали свої вихідні дзвінки на цю годину; наступний можна зробити з {free_at}"
    )
    assert client("iryna").post("/desk/outgoing", data=number).status_code == 200
    assert client("iryna").post("/desk/outgoing/hand-out", data=number).status_code == 200


def test_without_a_line_out_the_desk_says_so_before_it_dials(
    client: Callable[[str], Client], line: None, app: FastAPI
) -> None:
    app.state.line_out = False
    for login, path in (("olena", "/desk/outgoing"), ("iryna", "/desk/outgoing/hand-out")):
        refused = client(login).post(path, data={"number": "067 123 45 67"})
        assert refused.status_code == 409
        assert refused.json()["advice"] == "Вихідної лінії немає: зателефонувати звідси назовні не можна"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("shown", "1414"),
        ("allowed", "067"),
        ("allowed", "+380 abc"),
        ("forbidden", "102"),
        ("longest", "0"),
        ("most_an_hour", "0"),
        ("most_of_person", "21"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: Callable[[str], Client], line: None, field: str, typed: str
) -> None:
    answer = client("admin.khm").post("/outgoing", data={**RULES, "most_an_hour": "20", field: typed})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert field == "shown" or typed in answer.text, "what was typed is lost"
    assert kept() is None
