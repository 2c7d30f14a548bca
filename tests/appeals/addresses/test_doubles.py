"""U-43: a street entered twice is found at night, shown to whoever keeps the directory, and gone once it is mended."""

import pytest

from appeals.addresses import jobs, service
from appeals.addresses.model import StreetKind, entered_twice
from appeals.addresses.tables import Settlement
from db import transaction
from run.settings import Settings
from tests.appeals.addresses.towns import Browser, street_called
from tests.centre import Centre
from web import facts

pytestmark = pytest.mark.usefixtures("towns")
ROOT = "/appeals/addresses"


def test_a_street_entered_twice_is_found_at_night_and_shown_until_it_is_mended(
    centre: Centre, client: Browser, settings: Settings
) -> None:
    facts.connect(settings.redis_url.get_secret_value())
    admin = client("admin.khm")
    assert jobs.look_for_doubles() == {"streets_twice": 0}, "a lane has the name of a street"
    assert "entered-twice" not in admin.get(ROOT).text
    by, names = centre.people["admin.khm"], ("Камянецька", "Чорновола В'ячеслава")
    with transaction(by.organisation_id) as session:
        settlement = street_called(session, "Прибузька").settlement_id
        there = session.get_one(Settlement, settlement)
        twice = [service.add_street(session, there, StreetKind.STREET, name, by=by).id for name in names]
    assert jobs.look_for_doubles() == {"streets_twice": 2}
    page = admin.get(ROOT).text
    shown = page[page.index("entered-twice") :].split("</section>")[0]
    assert all(f"/streets/{street}" in shown for street in twice)
    assert "entered-twice" not in client("olena").get(ROOT).text, "an operator does not keep the directory"
    assert "entered-twice" not in client("admin.dtm").get(ROOT).text
    for street in twice:
        admin.post(
            f"{ROOT}/streets/{street}/name", data={"deed": "correct", "kind": "street", "name": f"Нова {street}"}
        )
    assert "entered-twice" not in admin.get(ROOT).text, "mended, it is not told of until the next night"
    assert jobs.look_for_doubles() == {"streets_twice": 0}


def test_streets_are_one_by_kind_settlement_and_words_in_any_order() -> None:
    readings = [
        (1, 1, "street", "taras shevchenko"), (2, 1, "street", "shevchenko taras"), (3, 1, "lane", "taras shevchenko"),
        (4, 2, "street", "taras shevchenko"), (5, 1, "street", "shevchenko"), (2, 1, "street", "shevchenko tarasa"),
    ]  # fmt: skip
    assert entered_twice(readings) == [(1, 2)]
