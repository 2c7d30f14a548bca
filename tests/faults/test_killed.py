"""Each part killed with -9 in the middle of calls: the calls go on, and afterwards all books agree."""

import pytest

from tests.town import evidence
from tests.town.town import Town

TALK = 4  # seconds
PARTS = ("listener", "agi", "web", "worker", "redis", "postgres", "s3")


@pytest.mark.parametrize("part", PARTS)
def test_calls_go_on_without(town: Town, part: str) -> None:
    """One talks, one waits, one chooses in the menu, one comes while the part is away; all of it is written down."""
    product = town.product
    olena = town.agent("olena").signs_in().goes_ready()
    talking, waiting, choosing, late = (town.caller("uk") for _ in range(4))
    talking.asks_for("khm-heating")
    olena.phone_rings().answers()
    waiting.asks_for("khm-heating").waits_in("khm-heating")
    choosing.hears_the_topics_of("khm")

    product.kill(part)
    talking.talks_with(olena, town.speech("uk"), seconds=TALK)
    if part == "agi":
        choosing.hears("static-greeting", "uk")
    else:
        choosing.presses("3")
    evidence.queued_in_asterisk(product, "khm-general" if part == "agi" else "khm-roads", 1)
    late.dials("1580").hears("static-greeting" if part == "agi" else "khm-welcome", "uk")
    evidence.queued_in_asterisk(product, "khm-heating", 1)
    assert not talking.line.closed.is_set(), f"the talk ended when {part} died"
    assert not waiting.line.closed.is_set(), f"the caller in the queue was lost when {part} died"

    for caller in (late, talking, choosing):
        caller.hangs_up()
    product.begin(part)
    product.wait_until_ready(part)

    late.ends_as("abandoned_in_menu", seconds=30)
    choosing.ends_as("abandoned_in_queue", seconds=30)
    talking.ends_as("answered", seconds=30)
    assert town.recording_of(talking, seconds=40)["duration"].total_seconds() >= TALK
    waiting.hangs_up()
    waiting.ends_as("abandoned_in_queue", seconds=20)
    olena.comes_back().wraps_up("settled").ends_shift()
