"""Visitors who call from the browser: phones lent, a page for each organisation, the number to be called back at."""

import pytest

from acd import visitors
from tests.acd.desks import SCRIPT
from tests.centre import Centre
from tests.client import Client


def test_a_visitor_borrows_and_gives_back(queues: Centre, anybody: Client):
    lent = anybody.post("/call/phone", headers=SCRIPT).json()
    assert lent["user"].startswith("visitor")
    assert anybody.post("/call/phone/seen", data={"token": lent["token"]}).json() == {"yours": True}
    assert anybody.post("/call/phone/back", data={"token": lent["token"]}).status_code == 204
    assert anybody.post("/call/phone/seen", data={"token": lent["token"]}).json() == {"yours": False}


def test_one_address_may_hold_a_few(queues: Centre, anybody: Client):
    codes = [anybody.post("/call/phone", headers=SCRIPT).status_code for _ in range(visitors.PER_ADDRESS + 1)]
    assert codes == [200] * visitors.PER_ADDRESS + [429]


def test_a_page_for_each_organisation_and_none_for_strangers(queues: Centre, anybody: Client):
    assert anybody.get("/call").status_code == 200
    assert anybody.get("/call/khm").status_code == 200
    assert anybody.get("/call/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("067 123 45 67", "+380671234567"),
        ("+998 90 123-45-67", "+998901234567"),
        ("1580", None),
        ("112", None),
        ("0900 123 456", None),
        ("+380 67 123", None),
        ("call me; System(rm)", None),
    ],
)
def test_a_number_to_be_called_back_at(queues: Centre, anybody: Client, typed: str, number: str | None):
    answer = anybody.post("/call/khm/number", data={"typed": typed}, headers=SCRIPT)
    assert answer.status_code == (200 if number else 422)
    assert answer.json().get("number") == number
    if number is None:
        assert answer.json()["advice"]
