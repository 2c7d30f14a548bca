"""What the listener does not hear itself, and an operator's session that ends in the middle of a call."""

from collections.abc import Callable

import pytest

from tests.town import evidence
from tests.town.cable import Cable
from tests.town.town import Town
from tests.town.waiting import wait_for


@pytest.mark.parametrize("breaks", [Cable.cut, Cable.pull_out], ids=["cut", "half open"])
def test_the_manager_link_is_lost(town: Town, link: Cable, breaks: Callable[[Cable], None]) -> None:
    """What happens meanwhile is read from Asterisk's own queue_log; the gap is noticed and marked."""
    leaving, staying = town.caller("uk"), town.caller("uk")
    leaving.asks_for("khm-heating").waits_in("khm-heating")
    staying.asks_for("khm-heating").waits_in("khm-heating")
    breaks(link)
    try:
        leaving.hangs_up()
        evidence.queued_in_asterisk(town.product, "khm-heating", 1)
        lost = "SELECT seq FROM journal WHERE kind = 'LinkLost' AND at >= %s"
        wait_for("the listener to notice", lambda: town.product.rows(lost, town.began_at), seconds=30)
        assert staying.call["state"] == leaving.call["state"] == "queued", "nothing can be known yet"
    finally:
        link.mend()
    leaving.ends_as("abandoned_in_queue", seconds=30)
    assert staying.call["state"] == "queued"
    gaps = town.product.rows(
        "SELECT kind FROM journal WHERE kind IN ('LinkLost', 'LinkRestored') AND at >= %s", town.began_at
    )
    assert {row["kind"] for row in gaps} == {"LinkLost", "LinkRestored"}, "the gap is not marked in the journal"
    staying.hangs_up()
    staying.ends_as("abandoned_in_queue", seconds=10)


def test_the_listener_is_killed_in_the_middle_of_a_consult(town: Town) -> None:
    """The colleague is busy as long as they are asked, and free as soon as the consult is over."""
    product = town.product
    olena, caller = town.talk("olena", "khm-heating")
    andrii = town.agent("andrii").signs_in().goes_ready()
    olena.consults(town.name_of("andrii"))
    andrii.phone_rings().answers().is_in("consulting")
    product.kill("listener")
    product.begin("listener")
    product.wait_until_ready("listener")
    olena.returns_to_the_caller()
    andrii.is_in("ready").ends_shift()
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up("settled").ends_shift()


def test_the_operators_session_ends_in_the_middle_of_a_call(town: Town) -> None:
    """The call goes on; after signing in again in the same browser the wrap-up waits."""
    andrii, caller = town.talk("andrii", "khm-roads")
    town.product.rows("DELETE FROM sign_in RETURNING person_id")
    caller.talks_with(andrii, town.speech("uk"), seconds=6)
    caller.hangs_up()
    caller.ends_as("answered")
    andrii.signs_in()
    andrii.wraps_up("settled").ends_shift()
