"""Each talk gets its result: the call that has just ended first, then older ones, before the agent is ready again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from acd import queries as acd
from acd import states
from acd.model import Deed, Result
from calls.model import QueueName
from db import transaction
from tests.acd.conftest import SEAT
from tests.acd.desks import SCRIPT, SignedIn, call_of, comes_ready, talks, wrap_up
from tests.centre import Centre


def leaves_unfinished(centre: Centre, who: str) -> UUID:
    """A talk yesterday whose result was never given; the call is over."""
    call = call_of(centre, "+380671234567", minutes=1500)
    row = wrap_up(centre.people[who], call, Result.EXPLAINED)
    row.result = row.finished_at = None
    row.started_at = row.due_at = datetime.now(UTC) - timedelta(days=1)
    with transaction(centre.organisations["khm"].id) as session:
        session.add(row)
    return call


def test_an_old_wrap_up_names_its_call_and_what_waits_for_it(queues: Centre, client: SignedIn):
    old = leaves_unfinished(queues, "olena")
    olena = client("olena")
    state = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]["call"], state["wrap_up"]["old"]) == ("paused", str(old), True)
    for told in (state["wrap_up"]["about"], state["wrap_up"]["ready_waits"]):
        assert "+380\u00a067\u00a0123\u00a04567" in told, "which call it was"
    assert "тому" in state["wrap_up"]["about"], "how long ago"
    assert olena.post("/desk/ready", headers=SCRIPT).status_code == 409
    assert olena.post(f"/desk/wrap-up/{old}", data={"note": "…"}, headers=SCRIPT).status_code == 422, "Z-21: no result"
    state = olena.post(f"/desk/wrap-up/{old}", data={"result": "settled"}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]) == ("paused", None), "a pause lasts until Ready"
    assert state["reason_text"], "and says why it is one"
    assert olena.post("/desk/ready", headers=SCRIPT).json()["state"] == "ready"


def test_the_call_that_has_just_ended_is_finished_before_older_ones(queues: Centre, client: SignedIn):
    old = leaves_unfinished(queues, "olena")
    olena = client("olena")
    olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    with transaction(queues.organisations["khm"].id) as session:
        shift = acd.open_shift(session, queues.people["olena"].id)
        assert shift is not None
        call = call_of(queues, "+380670000001")
        period = states.move(
            session, shift, Deed.ANSWERED, datetime.now(UTC), call=call, queue=QueueName("khm-general")
        )
        states.leave_talk(session, shift, period, datetime.now(UTC))
    due = olena.get("/desk/state").json()["wrap_up"]
    assert (due["call"], due["old"], due["others"], due["ready_waits"]) == (str(call), False, 1, None)
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "settled"}, headers=SCRIPT).json()
    assert (state["wrap_up"]["call"], state["wrap_up"]["others"]) == (str(old), 0)


def test_a_pause_asked_for_is_taken_back_in_the_wrap_up(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    _leaves(queues, "olena")
    assert olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT).json()["pause_after"] == "Обід"
    taken_back = olena.post("/desk/ready", headers=SCRIPT)
    assert taken_back.status_code == 200
    assert (taken_back.json()["state"], taken_back.json()["pause_after"]) == ("wrap_up", None)
    assert olena.post("/desk/ready", headers=SCRIPT).status_code == 409, "the result is still due"
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "settled"}, headers=SCRIPT).json()
    assert state["state"] == "ready"


def test_a_caller_who_comes_back_to_the_same_agent_is_another_talk_with_a_result_of_its_own(
    queues: Centre, client: SignedIn
) -> None:
    """Handed to a colleague, lost there, back in the queue, and answered by the one who had finished with them."""
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    _leaves(queues, "olena")
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "passed_on"}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]) == ("ready", None)
    with transaction(queues.organisations["khm"].id) as session:
        shift = acd.open_shift(session, queues.people["olena"].id)
        assert shift is not None
        states.move(session, shift, Deed.ANSWERED, datetime.now(UTC), call=call, queue=QueueName("khm-general"))
    _leaves(queues, "olena")
    state = olena.get("/desk/state").json()
    assert (state["state"], state["wrap_up"]["call"], state["wrap_up"]["old"]) == ("wrap_up", str(call), False)
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "settled"}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]) == ("ready", None)
    with transaction(queues.organisations["khm"].id) as session:
        assert [row.result for row, _ in acd.finished_wrap_ups(session, call)] == ["passed_on", "settled"]


def _leaves(queues: Centre, login: str) -> None:
    with transaction(queues.organisations["khm"].id) as session:
        shift = acd.open_shift(session, queues.people[login].id)
        period = acd.current_state(session, queues.people[login].id)
        assert shift is not None
        assert period is not None
        states.leave_talk(session, shift, period, datetime.now(UTC))
