"""A caller who comes back to the queue waits at its head from the first moment on."""

from tests.town.town import Town


def test_whoever_becomes_ready_during_the_apology_takes_the_caller_who_came_back(town: Town) -> None:
    """Olena's page is reloaded in the talk; Andrii becomes ready while the caller is still told so."""
    olena, first = town.talk("olena", "khm-general")
    andrii = town.agent("andrii").signs_in().starts_shift()
    second = town.caller("uk").asks_for("khm-general").waits_in("khm-general")

    olena.reloads()
    first.waits_in("khm-general", seconds=20)
    andrii.part("ready").click()
    andrii.phone_rings()
    assert andrii.sees_card(of=first.number) == str(first.call["id"]), "who came later was taken before"
    first.hears("returning-to-queue", "uk")
    andrii.answers()
    first.talks_with(andrii, town.speech("uk"), seconds=5)
    first.hangs_up()
    first.ends_as("answered")
    second.hangs_up()
    second.ends_as("abandoned_in_queue")
    andrii.wraps_up("settled").ends_shift()
    olena.ends_shift()
