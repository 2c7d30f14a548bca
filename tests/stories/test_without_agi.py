"""The menu's server is silent or gone: callers are greeted and reach people all the same."""

from tests.town.town import Town


def test_a_silent_agi_server(town: Town) -> None:
    """Stopped in its tracks: the dead man's switch opens after ten seconds."""
    caller = town.caller("uk")
    town.product.freeze("agi", True)
    try:
        caller.dials("1580").hears("static-greeting", "uk", seconds=25)
        caller.waits_in("khm-general", seconds=25)
        caller.hangs_up()
        caller.ends_as("abandoned_in_queue")
    finally:
        town.product.freeze("agi", False)


def test_a_dead_agi_server(town: Town) -> None:
    """Not there at all: the greeting comes at once, an operator answers."""
    olena = town.agent("olena").signs_in().goes_ready()
    caller = town.caller("uk")
    town.product.kill("agi")
    try:
        caller.dials("1580").hears("static-greeting", "uk")
        olena.phone_rings().answers()
        caller.talks_with(olena, town.speech("uk"), seconds=4)
        caller.hangs_up()
        caller.ends_as("answered")
    finally:
        town.product.begin("agi")
        town.product.wait_until_ready("agi")
    olena.wraps_up("settled").ends_shift()
