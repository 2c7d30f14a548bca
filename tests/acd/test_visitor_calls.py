"""What a browser's page is told of its call: only of its own, in its language, and what is true at the time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from acd import visitor_calls, visitors
from acd.model import AgentStateName
from acd.queues.model import ENOUGH
from acd.tables import AgentState, Queue, QueueMember, Shift, VisitorPhone
from calls import events
from calls.model import CallId, Interface, Language, QueueName, Source
from db import EVERY_ORGANISATION, transaction
from recordings import jobs
from run.settings import Settings
from tests.centre import Centre
from tests.journal import arrived
from tests.pages.a_call import happen
from web import languages

QUEUE = QueueName("khm-water")
AGENT = Interface("PJSIP/agent1")
NOTHING = timedelta(0)


class Caller:
    """Somebody in a browser, and what the exchange tells of their call."""

    def __init__(self, centre: Centre, lease: visitors.Lease) -> None:
        self.organisation, self.lease, self.call = centre.organisations["khm"].id, lease, CallId(uuid4())
        self.known: UUID | None = None

    def happens(self, kind: type[events.CallEvent], **values: Any) -> dict[str, Any]:
        """The event, and where the page says that the call stands after it."""
        happen(self.organisation, [kind(call=self.call, at=datetime.now(UTC), **values)])
        return self.told()

    def arrives(self) -> dict[str, Any]:
        """The call reaches the exchange."""
        return self.happens(
            events.CallArrived,
            organisation=self.organisation,
            caller="",
            dialled="1580",
            language=Language.UKRAINIAN,
            source=Source.BROWSER,
            endpoint=self.lease.phone,
        )

    def told(self) -> dict[str, Any]:
        """What the page is told now."""
        with languages.speaking_to(languages.Audience("en")):
            found = visitor_calls.of_page(self.lease.token, self.known)
        assert found is not None
        self.known = UUID(found["id"])
        assert self.known == self.call, "somebody else's call"
        return found


@pytest.fixture
def callers(centre: Centre, settings: Settings, tmp_path: Path) -> Sequence[Caller]:
    """Two citizens with a lent phone each."""
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path)
    with transaction(EVERY_ORGANISATION) as session:
        visitors.make_phones(session)
        session.flush()
        session.execute(update(VisitorPhone).values(usable_from=datetime.now(UTC) - timedelta(minutes=1)))
        leases = [visitors.lend(session, f"10.0.0.{number}") for number in (1, 2)]
    return [Caller(centre, lease) for lease in leases if lease]


def test_from_the_menu_to_the_end(callers: Sequence[Caller]):
    caller = callers[0]
    assert caller.arrives()["stage"] == "menu"
    assert "choice of topic" in caller.happens(events.MenuEntered, menu="topics")["words"]
    caller.happens(events.KeyPressed, menu="language", key="1", accepted=True)
    assert caller.happens(events.KeyPressed, menu="topics", key="3", accepted=True)["detail"] == "Keys pressed: 1 → 3"
    waiting = caller.happens(events.CallerJoinedQueue, queue=QUEUE, position=1)
    assert (waiting["stage"], waiting["detail"]) == ("waiting", "You are number 1 in the queue")
    assert "rings" in caller.happens(events.AgentOffered, agent=AGENT, queue=QUEUE)["words"]
    answered = {"agent": AGENT, "queue": QUEUE, "waited": NOTHING, "rang": NOTHING}
    assert caller.happens(events.AgentAnswered, **answered)["stage"] == "talking"
    assert caller.happens(events.CallHeld, agent=AGENT)["stage"] == "hold"
    assert caller.happens(events.CallResumed, agent=AGENT)["stage"] == "talking"
    lost = caller.happens(events.AgentLeftTalk, agent=AGENT, talked=NOTHING, ended_by="lost")
    assert lost["stage"] == "parted", "nobody speaks with them now"
    caller.happens(events.CallerRequeued, queue=QUEUE)
    back = caller.happens(events.CallerJoinedQueue, queue=QUEUE, position=1)
    assert back["stage"] == "waiting"
    assert back["words"] == "The operator's line was lost. You are in the queue again."
    assert back["detail"] == "You are number 1 in the queue"
    assert "rings" in caller.happens(events.AgentOffered, agent=AGENT, queue=QUEUE)["words"]
    again = caller.happens(events.AgentAnswered, **answered)
    assert (again["stage"], again["words"]) == ("talking", "An operator is speaking with you")
    caller.happens(events.AgentLeftTalk, agent=AGENT, talked=NOTHING, ended_by="agent")
    ended = caller.happens(events.CallEnded, cause=16, by_caller=False)
    assert (ended["stage"], ended["words"]) == ("ended", "The operator ended the call. Thank you.")


def test_the_place_in_the_queue_is_counted_anew_as_others_leave(callers: Sequence[Caller]):
    first, second = callers
    for caller in callers:
        caller.arrives()
        caller.happens(events.CallerJoinedQueue, queue=QUEUE, position=1)
    assert second.told()["detail"] == "You are number 2 in the queue"
    first.happens(events.CallerAbandoned, queue=QUEUE, waited=NOTHING)
    first.happens(events.CallEnded, cause=16, by_caller=True)
    assert second.told()["detail"] == "You are number 1 in the queue"
    assert first.told()["words"] == "You ended the call before an operator answered."


def test_who_lost_the_operator_is_told_the_wait_like_everybody_in_the_queue(callers: Sequence[Caller], centre: Centre):
    returned, new = callers
    everybody_is_busy(centre)
    for _ in range(ENOUGH):
        waited_and_was_answered(centre)
    for caller in callers:
        caller.arrives()
        caller.happens(events.CallerJoinedQueue, queue=QUEUE, position=1)
    returned.happens(events.AgentAnswered, agent=AGENT, queue=QUEUE, waited=NOTHING, rang=NOTHING)
    returned.happens(events.AgentLeftTalk, agent=AGENT, talked=NOTHING, ended_by="lost")
    returned.happens(events.CallerRequeued, queue=QUEUE)
    returned.happens(events.CallerJoinedQueue, queue=QUEUE, position=1)
    wait = "At present people wait 0 to 2 min here"  # one of them, who has just been answered, did not wait at all
    assert returned.told()["detail"] == f"You are number 1 in the queue. {wait}"
    assert new.told()["detail"] == f"You are number 2 in the queue. {wait}"
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Queue).values(says_wait=False))
    assert new.told()["detail"] == "You are number 2 in the queue"


def everybody_is_busy(centre: Centre) -> None:
    """The queue has a member, who is on a shift and rings."""
    olena = centre.people["olena"]
    of = {"organisation_id": olena.organisation_id}
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(code="water", asterisk_name=QUEUE, name={"en": "Water"}, **of)
        session.add(queue)
        session.flush()
        session.add(QueueMember(queue_id=queue.id, person_id=olena.id, **of))
        session.add(Shift(person_id=olena.id, phone_secret="-", seat="seat", **of))
        ringing = {"state": AgentStateName.RINGING, "call": uuid4(), "since": datetime.now(UTC)}
        session.add(AgentState(person_id=olena.id, **ringing, **of))


def waited_and_was_answered(centre: Centre) -> None:
    """Somebody's call of just now, answered after two minutes."""
    organisation, call, end = centre.organisations["khm"].id, CallId(uuid4()), datetime.now(UTC)
    talked, waited = timedelta(minutes=1), timedelta(minutes=2)
    came = end - talked - waited
    told: list[events.Event] = [
        arrived(organisation, call, came),
        events.CallerJoinedQueue(call=call, at=came, queue=QUEUE, position=1),
        events.AgentAnswered(call=call, at=end - talked, agent=AGENT, queue=QUEUE, waited=waited, rang=NOTHING),
        events.AgentLeftTalk(call=call, at=end, agent=AGENT, talked=talked, ended_by="caller"),
        events.CallEnded(call=call, at=end, cause=16, by_caller=True),
    ]
    happen(organisation, told)


def test_a_page_is_told_of_no_other_call(callers: Sequence[Caller]):
    mine, other = callers
    mine.arrives()
    assert visitor_calls.of_page(other.lease.token, None) is None
    assert visitor_calls.of_page(other.lease.token, mine.call) is None, "knowing its number does not help"
    assert visitor_calls.of_page("nobody-was-given-this-token", mine.call) is None
    with transaction(EVERY_ORGANISATION) as session:
        visitors.give_back(session, mine.lease.token)
    assert visitor_calls.of_page(mine.lease.token, mine.call) is None, "the phone was given back"


def test_a_page_that_could_not_be_heard_for_longer_than_its_lease_is_told_of_its_call(callers: Sequence[Caller]):
    """The web process was away: the page neither asked nor renewed, and the call went on."""
    caller = callers[0]
    caller.arrives()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(VisitorPhone).values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert caller.happens(events.MenuEntered, menu="topics")["stage"] == "menu"
    with transaction(EVERY_ORGANISATION) as session:
        assert visitors.prolong(session, caller.lease.token)
        visitors.lend(session, "10.0.0.3")
    assert caller.told()["stage"] == "menu", "the phone was taken away from a page that is there"


def test_the_call_that_the_phone_made_for_somebody_before_is_not_told(callers: Sequence[Caller]):
    caller = callers[0]
    caller.arrives()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(VisitorPhone).values(usable_from=datetime.now(UTC)))
    assert visitor_calls.of_page(caller.lease.token, caller.call) is None


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (events.CallRefused, {"capacity": 1}, "All lines are busy. Try again in a few minutes."),
        (events.FoundClosed, {"reason": "night"}, "Nobody answers at this hour."),
        (events.CallbackAsked, {"number": "+380671234567"}, "We will call you back: +380\u00a067\u00a0123\u00a04567"),
        (events.MenuEntered, {"menu": "topics"}, "The call is over. Thank you."),
    ],
)
def test_an_end_without_an_answer_says_why(
    callers: Sequence[Caller], kind: type[events.CallEvent], values: dict[str, Any], words: str
):
    caller = callers[0]
    caller.arrives()
    caller.happens(kind, **values)
    assert caller.happens(events.CallEnded, cause=16, by_caller=False)["words"] == words
