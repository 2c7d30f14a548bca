"""The desk is reloaded in the middle of a call."""

from playwright.sync_api import expect

from tests.town import evidence
from tests.town.town import Town
from web.languages import catalogue

ANEW = "The page was loaded anew during a call. The caller hears an apology and is first in the queue."
TOLD = catalogue("uk").gettext(ANEW)


def test_the_caller_goes_back_to_the_head_of_the_queue(town: Town) -> None:
    """Nobody is lost by F5: the caller is told, waits before all others, and is answered again."""
    olena, first = town.talk("olena", "khm-heating")
    second = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")

    olena.reloads()
    expect(olena.part("notice")).to_contain_text(TOLD)
    first.hears("returning-to-queue", "uk", seconds=20)
    first.waits_in("khm-heating")
    evidence.queued_in_asterisk(town.product, "khm-heating", 2)
    if olena.state == "wrap_up":
        olena.wraps_up("unresolved")
    olena.goes_ready().phone_rings(seconds=20)
    expect(olena.part("notice")).not_to_be_visible()
    assert olena.sees_card(of=first.number) == str(first.call["id"]), "somebody else was answered first"
    olena.answers()
    first.talks_with(olena, town.speech("uk"), seconds=6)
    first.hangs_up()
    first.ends_as("answered")
    olena.wraps_up("settled")

    olena.phone_rings()
    second.hangs_up()
    second.ends_as("abandoned_in_queue")
    olena.ends_shift()
