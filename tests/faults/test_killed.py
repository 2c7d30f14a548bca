"""Each part killed with -9 in the middle of calls: the calls go on, and afterwards all books agree."""

import pytest

from tests.town import evidence
from tests.town.town import Town

PARTS = ("listener", "agi", "web", "worker", "redis", "postgres", "s3")


@pytest.mark.parametrize("part", PARTS)
def test_calls_go_on_without(town: Town, part: str) -> None:
    """One caller talks, one waits, one comes while the part is away; then it is back and everything is written down."""
    product = town.product
    olena = town.agent("olena").signs_in().goes_ready()
    talking, waiting, late = town.caller("uk"), town.caller("uk"), town.caller("uk")
    talking.asks_for("khm-heating")
    olena.phone_rings().answers()
    waiting.asks_for("khm-heating").waits_in("khm-heating")

    product.kill(part)
    talking.talks_with(olena, town.speech("uk"), seconds=4)
    late.dials("1580")
    evidence.queued_in_asterisk(product, "khm-heating", 1)
    late.hears("static-greeting" if part == "agi" else "khm-welcome", "uk")
    assert not talking.line.closed.is_set(), f"the talk ended when {part} died"
    assert not waiting.line.closed.is_set(), f"the caller in the queue was lost when {part} died"

    late.hangs_up()
    talking.hangs_up()
    product.begin(part)
    product.wait_until_ready(part)

    late.ends_as("abandoned_in_menu", seconds=30)
    talking.ends_as("answered", seconds=30)
    town.recording_of(talking, seconds=40)
    waiting.hangs_up()
    waiting.ends_as("abandoned_in_queue", seconds=20)
    olena.comes_back().wraps_up("settled").ends_shift()
