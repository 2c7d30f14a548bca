"""The web is killed while an appeal is registered: it is registered once or not at all, and no word is lost."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.town import arranged
from tests.town.product import Product
from tests.town.town import Town
from tests.town.waiting import wait_for

CARD = {"surname": "Мельник", "given_name": "Оксана", "address": "Прибузька, 12"}
WAITS = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%appeal_numbering%%'"


def _killed_before_the_number(product: Product, register: Callable[[], None], substance: str) -> None:
    """The request waits for its number: nothing is written yet."""
    with _connected(product) as other, other.transaction():
        other.execute("UPDATE appeal_numbering SET last = last")
        register()
        wait_for("the registration to be under way", lambda: product.rows(WAITS))
        product.kill("web")
        assert not _registered(product, substance)


def _killed_after_the_commit(product: Product, register: Callable[[], None], substance: str) -> None:
    """The appeal is in the database, its answer may be on its way."""
    register()
    wait_for("the appeal", lambda: _registered(product, substance), every=0.001)
    product.kill("web")


MOMENTS = (_killed_before_the_number, _killed_after_the_commit) * 2 + (_killed_before_the_number,)


@pytest.mark.parametrize("reloads", [False, True], ids=["the page stays", "the page is reloaded"])
def test_each_form_is_one_appeal(town: Town, reloads: bool) -> None:
    """Five times: the operator registers, the web dies, the form still holds every word, they register again."""
    product = town.product
    arranged.registered_appeal(town, "khm", by="olena")  # so that there is a number to wait for
    page = town.agent("olena").signs_in(to="/appeals/new").page
    substances = [f"Немає води, {uuid4()}" for _ in MOMENTS]
    for substance, killed in zip(substances, MOMENTS, strict=True):
        page.goto("/appeals/new")
        _fills_in(page, substance)
        killed(product, page.locator("[data-register]").click, substance)
        product.begin("web")
        product.wait_until_ready("web")
        _registers_after_all(page, substance, reloads=reloads, known=bool(_registered(product, substance)))

    found = product.rows(
        "SELECT appeal.number, appeal.substance, appeal.state, applicant.surname FROM appeal"
        " JOIN applicant ON applicant.id = appeal.applicant_id WHERE substance = ANY(%s)",
        substances,
    )
    assert sorted(row["substance"] for row in found) == sorted(substances), "not one appeal for each form"
    assert len({row["number"] for row in found}) == len(substances)
    assert {(row["state"], row["surname"]) for row in found} == {("registered", CARD["surname"])}


def _fills_in(page: Page, substance: str) -> None:
    for name, text in CARD.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=kind]").select_option("complaint")
    page.locator("[name=topic]").select_option("water")
    page.locator("[name=substance]").fill(substance)


def _registers_after_all(page: Page, substance: str, *, reloads: bool, known: bool) -> None:
    """What was typed is still there, and registering it again gives a number; unless the answer had arrived."""
    done, field = page.locator("[data-registered]"), page.locator("[name=substance]")
    expect(done.or_(page.locator(".notice-wrong")).first).to_be_visible()
    if done.is_visible():
        return
    if reloads:
        page.reload()
        if known and not field.input_value():
            return  # it was registered, so the draft is done with
    expect(field).to_have_value(substance)
    expect(page.locator("[name=address]")).to_have_value(CARD["address"])
    page.locator("[data-register]").click()
    expect(done).to_be_visible()


def _registered(product: Product, substance: str) -> list[dict[str, object]]:
    return product.rows("SELECT number FROM appeal WHERE substance = %s", substance)


def _connected(product: Product) -> psycopg.Connection:
    settings = product.settings
    return psycopg.connect(
        f"host=127.0.0.1 port={settings.postgres_port} user=postgres dbname=holos",
        password=settings.postgres_password.get_secret_value(),
    )
