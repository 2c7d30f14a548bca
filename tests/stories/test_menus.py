"""What callers meet in the menus: languages, stars, wrong keys, silence."""

from tests.town.town import Town


def test_the_language_is_remembered(town: Town) -> None:
    """Who chose Russian last time is spoken to in Russian, and may choose again."""
    caller = town.caller("uz")
    caller.dials("1414").hears("dtm-welcome", "uz").presses("2").hears("dtm-topics", "ru")
    caller.hangs_up()
    caller.ends_as("abandoned_in_menu")
    caller.dials("1414").hears("dtm-topics", "ru", seconds=15)
    assert caller.call["language"] == "ru"
    caller.presses("9").hears("choose-uz-1", "ru", seconds=15)
    caller.hangs_up()
    caller.ends_as("abandoned_in_menu")


def _a_star_repeats(town: Town) -> None:
    """The question is asked once more."""
    caller = town.caller("uz").hears_the_topics_of("dtm").presses("*").hears("dtm-topics", "uz")
    caller.hangs_up()
    caller.ends_as("abandoned_in_menu")


def _wrong_keys_lead_to_an_operator(town: Town) -> None:
    """Each is explained, the third is one too many."""
    caller = town.caller("uz").hears_the_topics_of("dtm")
    caller.presses("8").hears("wrong-key", "uz").hears("dtm-topics", "uz")
    caller.presses("7").hears("wrong-key", "uz").hears("dtm-topics", "uz")
    caller.presses("8").hears("to-operator", "uz")
    caller.waits_in("dtm-general")
    caller.hangs_up()
    caller.ends_as("abandoned_in_queue")


def test_silence_a_star_and_wrong_keys(town: Town) -> None:
    """Nobody is left in a menu for ever: silence goes on in the language dialled and ends with an operator.

    The menu asks who is silent three times; meanwhile others press stars and wrong keys.
    """
    silent = town.caller("uk")
    silent.dials("1580").hears("khm-welcome", "uk")
    _a_star_repeats(town)
    _wrong_keys_lead_to_an_operator(town)
    silent.hears("nothing-pressed", "uk", seconds=40)
    silent.hears("khm-topics", "uk", seconds=40)
    silent.hears("to-operator", "uk", seconds=150)
    silent.waits_in("khm-general")
    silent.hangs_up()
    silent.ends_as("abandoned_in_queue")
