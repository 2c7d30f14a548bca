"""Web or PostgreSQL are killed while appeals are registered: each form is one appeal, and no word is lost (U-26)."""

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


KILLS = 5
AT_ONCE = 3  # forms under way
BETWEEN = 8  # acknowledged forms from one kill to the next
REGISTER_ON_AND_ON = """([prefix, atOnce]) => {
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content, "HX-Request": "true" };
  const numberIn = (html) =>
    new DOMParser().parseFromString(html, "text/html").querySelector("[data-registered]")?.dataset.registered;
  window.acknowledged = {};
  window.unanswered = 0;
  window.goOn = true;
  const clerk = async (name) => {
    for (let form = 0; window.goOn; form++) {
      const words = `${prefix} ${name}.${form}`;
      const typed = { submission: crypto.randomUUID(), substance: words, surname: words };
      const body = new URLSearchParams({ ...typed, kind: "application", topic: "general", source: "letter" });
      while (!window.acknowledged[words]) {
        const answer = await fetch("/appeals", { method: "POST", headers, body }).catch(() => null);
        const number = answer?.ok ? numberIn(await answer.text()) : undefined;
        if (number) window.acknowledged[words] = number;
        else window.unanswered++;
        if (!number) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  window.clerks = Promise.all(Array.from({ length: atOnce }, (_, name) => clerk(name)));
}"""

MOMENTS = (_killed_before_the_number, _killed_after_the_commit)


@pytest.mark.parametrize("reloads", [False, True], ids=["the page stays", "the page is reloaded"])
def test_each_form_is_one_appeal(town: Town, reloads: bool) -> None:
    """At both moments: the operator registers, the web dies, the form still holds every word, they register again."""
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


def test_postgresql_is_killed_again_and_again(town: Town) -> None:
    """What the browser was told is registered exists once, whole and under its number; a form sent again is not two."""
    product, prefix = town.product, str(uuid4())
    page = town.agent("olena").signs_in(to="/appeals/new").page
    page.evaluate(REGISTER_ON_AND_ON, [prefix, AT_ONCE])
    for kill in range(1, KILLS + 1):
        wait_for("registrations", lambda kill=kill: _acknowledged(page) >= kill * BETWEEN, seconds=30)
        before = _unanswered(page)
        product.kill("postgres")
        wait_for("a form without an answer", lambda before=before: _unanswered(page) > before)
        product.begin("postgres")
    page.evaluate("() => { window.goOn = false; return window.clerks.then(() => 0); }")
    acknowledged = page.evaluate("window.acknowledged")

    found = product.rows(
        "SELECT number, substance, surname, state,"
        " (SELECT count(*) FROM audit WHERE deed = 'appeal.registered' AND subject = 'appeal:' || number) AS noted"
        " FROM appeal JOIN applicant ON applicant.id = appeal.applicant_id WHERE substance LIKE %s",
        f"{prefix}%",
    )
    assert {row["substance"]: row["number"] for row in found} == acknowledged
    assert len(found) == len(acknowledged), "a form is two appeals"
    assert all(row["surname"] == row["substance"] and row["noted"] == 1 for row in found), "half of it is saved"
    applicants = product.rows("SELECT surname FROM applicant WHERE surname LIKE %s", f"{prefix}%")
    assert sorted(row["surname"] for row in applicants) == sorted(acknowledged), "an applicant without an appeal"
    numbers = sorted(int(number.partition("-")[2]) for number in acknowledged.values())
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "numbers with gaps or given twice"


def _acknowledged(page: Page) -> int:
    return int(page.evaluate("Object.keys(window.acknowledged).length"))


def _unanswered(page: Page) -> int:
    return int(page.evaluate("window.unanswered"))


def _fills_in(page: Page, substance: str) -> None:
    for name, text in CARD.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=kind]").select_option("complaint")
    page.locator("[name=topic]").select_option("water")
    page.locator("[name=substance]").fill(substance)
    page.locator("[name=source]").select_option("letter")


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
