"""A colleague who is asked about a caller is busy for everybody else."""

from tests.town.town import Town


def test_whoever_is_asked_is_offered_no_call(town: Town) -> None:
    """Bobur waits for calls, is asked by Anna, and the next caller waits until the two have parted."""
    anna, caller = town.talk("anna", "dtm-certificates")
    bobur = town.agent("bobur").signs_in().goes_ready()

    anna.consults("Bobur")
    anna.is_in("hold")
    bobur.phone_rings().is_in("consulting")
    bobur.answers()
    next_one = town.caller("uz").asks_for("dtm-appeals").waits_in("dtm-appeals")
    assert town.product.rows("SELECT 1 FROM call_leg WHERE call = %s", next_one.call["id"]) == []
    bobur.is_in("consulting")

    anna.returns_to_the_caller()
    bobur.phone_rings()
    assert bobur.sees_card(of=next_one.number) == str(next_one.call["id"])
    bobur.answers()
    for person, operator in ((caller, anna), (next_one, bobur)):
        person.hangs_up()
        person.ends_as("answered")
        operator.wraps_up("explained").ends_shift()
