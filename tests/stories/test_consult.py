"""A colleague who is asked about a caller is busy for everybody else."""

from tests.town.town import Town


def test_whoever_is_asked_is_offered_no_call(town: Town) -> None:
    """Bobur waits for calls, is asked by Anna, and the next caller waits until the two have parted."""
    anna = town.agent("anna").signs_in().goes_ready()
    caller, next_one = town.caller("uz"), town.caller("uz")
    caller.dials("1414").hears("dtm-welcome", "uz").presses("1").hears("dtm-topics", "uz").presses("2")
    anna.phone_rings().answers()
    bobur = town.agent("bobur").signs_in().goes_ready()

    anna.consults("Bobur")
    anna.is_in("hold")
    bobur.phone_rings().is_in("consulting")
    bobur.answers()
    next_one.dials("1414").hears("dtm-welcome", "uz").presses("1").hears("dtm-topics", "uz").presses("3")
    next_one.waits_in("dtm-appeals")
    assert town.product.rows("SELECT 1 FROM call_leg WHERE call = %s", next_one.call["id"]) == []
    bobur.is_in("consulting")

    anna.page.locator('[data-part="return"]').click()
    bobur.phone_rings()
    assert bobur.sees_card(of=next_one.number) == str(next_one.call["id"])
    bobur.answers()
    for person, operator in ((caller, anna), (next_one, bobur)):
        person.hangs_up()
        person.ends_as("answered")
        operator.wraps_up("explained").ends_shift()
