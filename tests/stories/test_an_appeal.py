"""An appeal is taken down at the desk, by the keyboard, while the citizen speaks and after."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.town.operators import Operator
from tests.town.town import Town


def test_it_is_registered_while_talking(town: Town) -> None:
    """Ctrl+Enter registers; the number is there to be told, the talk goes on, and the appeal is of this call."""
    olena, caller = town.talk("olena", "khm-heating")
    substance = _types_an_appeal(olena)
    olena.page.keyboard.press("Control+Enter")
    expect(olena.page.locator("#appeal-card .appeal-number")).to_be_visible()
    appeal = _appeal(town, substance)
    expect(olena.page.locator("#appeal-card .appeal-number")).to_have_text(appeal["number"])
    assert appeal["call_id"] == caller.call["id"]
    olena.is_in("talking")
    caller.hangs_up()
    caller.ends_as("answered")
    expect(olena.page.locator("[name=result][value=appeal_registered]")).to_be_checked()
    olena.wraps_up("appeal_registered").ends_shift()


def test_what_was_typed_outlives_the_call_and_the_page(town: Town) -> None:
    """The citizen hangs up in the middle of a word and the page is loaded anew: nothing need be typed twice."""
    olena, caller = town.talk("olena", "khm-heating")
    substance = _types_an_appeal(olena)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.is_in("wrap_up")
    olena.page.reload()
    expect(olena.page.locator("[name=substance]")).to_have_value(substance)
    expect(olena.page.locator("[name=surname]")).to_have_value("Мельник")
    olena.page.keyboard.press("Control+Enter")
    expect(olena.page.locator("#appeal-card .appeal-number")).to_be_visible()
    assert _appeal(town, substance)["call_id"] == caller.call["id"]
    olena.wraps_up("appeal_registered").ends_shift()


def _types_an_appeal(olena: Operator) -> str:
    """What the citizen says, in words found nowhere else."""
    substance = f"У під’їзді немає світла {uuid4()}"
    form = olena.page.locator("#appeal-card")
    form.locator("[name=substance]").fill(substance)
    form.locator("[name=surname]").fill("Мельник")
    form.locator("[name=kind]").select_option("complaint")
    form.locator("[name=topic]").select_option("heating")
    return substance


def _appeal(town: Town, substance: str) -> dict[str, object]:
    (found,) = town.product.rows("SELECT number, call_id FROM appeal WHERE substance = %s", substance)
    return found
