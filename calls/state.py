"""The only place where a call changes: which event moves it where, and what it remembers.

States are what the caller experiences; who rings and who talks is data. The diagram in the docs is drawn from
`TRANSITIONS`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calls.events import (
    AgentAnswered,
    AgentDidNotAnswer,
    AgentJoinedTalk,
    AgentLeftTalk,
    AgentOffered,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallerRequeued,
    CallerSilent,
    CallEvent,
    CallHeld,
    CallLost,
    CallOverflowed,
    CallPlaced,
    CallRefused,
    CallResumed,
    CallTransferred,
    ConferenceBegan,
    ConferenceEnded,
    ConsultEnded,
    ConsultStarted,
    FellBack,
    FoundClosed,
    KeyPressed,
    LanguageChosen,
    MenuEntered,
    PromptHeard,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    SelfServiceUsed,
    SupervisorJoined,
    TopicChosen,
)
from calls.legs import Leg, Visit, close_offers, close_visit, leave, offer, refuse, take
from calls.model import (
    CallId,
    CallState,
    Direction,
    Fate,
    Interface,
    Language,
    LegOutcome,
    QueueName,
    Source,
    VisitOutcome,
)

NOTHING = timedelta(0)


class UnexpectedEvent(ValueError):
    """The event does not fit the state of its call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as far as its events tell."""

    id: CallId
    organisation: int
    channel: str
    source: Source
    caller: str
    dialled: str
    language: Language
    arrived_at: datetime
    trunk: str = ""
    direction: Direction = Direction.IN
    state: CallState = CallState.ARRIVED
    fate: Fate | None = None
    leaning: Fate | None = None  # its fate, should it end now without an answer
    topic: str | None = None
    menu_path: tuple[str, ...] = ()
    queue: QueueName | None = None
    agent: Interface | None = None  # who talks, or talked last
    queued_at: datetime | None = None
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    held_since: datetime | None = None
    held: timedelta = NOTHING
    waited: timedelta = NOTHING
    transfers: int = 0
    cause: int | None = None
    legs: tuple[Leg, ...] = ()
    visits: tuple[Visit, ...] = ()
    consults: tuple[ConsultStarted, ...] = ()  # under way

    @property
    def talked(self) -> timedelta:
        """Time with agents, hold included."""
        return sum((leg.talked for leg in self.legs), NOTHING)

    @property
    def talking(self) -> frozenset[Interface]:
        """The agents in conversation with the caller now."""
        return frozenset(leg.agent for leg in self.legs if leg.outcome is LegOutcome.TALKING)

    @property
    def ringing(self) -> frozenset[Interface]:
        """The agents whose phones ring for this call now."""
        return frozenset(leg.agent for leg in self.legs if leg.outcome is LegOutcome.OFFERED)

    @property
    def waiting_in(self) -> QueueName | None:
        """The queue in which the caller waits now."""
        waits = bool(self.visits) and self.visits[-1].outcome is VisitOutcome.WAITING
        return self.visits[-1].queue if waits else None


_OPEN = (CallState.ARRIVED, CallState.IN_MENU, CallState.QUEUED, CallState.TALKING)
_IN_MENU = (
    MenuEntered,
    LanguageChosen,
    KeyPressed,
    CallerSilent,
    TopicChosen,
    FoundClosed,
    SelfServiceUsed,
    FellBack,
)
_ANYWHERE = (
    PromptHeard,
    CallbackAsked,
    CallOverflowed,
    RecordingStarted,
    RecordingPaused,
    RecordingResumed,
    ConsultEnded,
    CallTransferred,
    SupervisorJoined,
    AgentOffered,
    ConferenceBegan,
    ConferenceEnded,
    AgentDidNotAnswer,
)

TRANSITIONS: dict[tuple[CallState, type[CallEvent]], CallState] = {
    **{(state, CallRefused): state for state in (CallState.ARRIVED, CallState.IN_MENU, CallState.QUEUED)},
    **{(state, event): CallState.IN_MENU for state in (CallState.ARRIVED, CallState.IN_MENU) for event in _IN_MENU},
    **{(state, event): state for state in _OPEN for event in _ANYWHERE},
    # A key or a notice while waiting does not end the wait; a menu after the talk is a menu.
    **{(CallState.QUEUED, event): CallState.QUEUED for event in _IN_MENU},
    **{(CallState.TALKING, event): CallState.IN_MENU for event in _IN_MENU},
    **{(state, CallerJoinedQueue): CallState.QUEUED for state in _OPEN},
    **{(state, CallerRequeued): CallState.QUEUED for state in (CallState.QUEUED, CallState.TALKING)},
    (CallState.QUEUED, CallerLeftQueue): CallState.IN_MENU,
    (CallState.QUEUED, CallerAbandoned): CallState.QUEUED,
    (CallState.QUEUED, AgentAnswered): CallState.TALKING,
    **{(state, AgentJoinedTalk): CallState.TALKING for state in _OPEN},
    (CallState.TALKING, AgentLeftTalk): CallState.TALKING,
    (CallState.TALKING, CallHeld): CallState.TALKING,
    (CallState.TALKING, CallResumed): CallState.TALKING,
    (CallState.TALKING, ConsultStarted): CallState.TALKING,
    **{(state, CallEnded): CallState.ENDED for state in _OPEN},
    **{(state, CallLost): CallState.ENDED for state in _OPEN},
}

_LEANING: dict[type[CallEvent], Fate] = {
    CallRefused: Fate.REFUSED,
    FoundClosed: Fate.OUT_OF_HOURS,
    CallbackAsked: Fate.CALLBACK_ASKED,
}

_LEFT_TALK = {
    "caller": LegOutcome.ENDED_BY_CALLER,
    "agent": LegOutcome.ENDED_BY_AGENT,
    "transfer": LegOutcome.TRANSFERRED,
    "lost": LegOutcome.LOST,
}


def begin(event: CallArrived) -> Call:
    """The call that this event is the first of."""
    call = Call(
        id=event.call,
        organisation=event.organisation,
        channel=event.channel,
        source=event.source,
        caller=event.caller,
        dialled=event.dialled,
        language=event.language,
        arrived_at=event.at,
        trunk=event.trunk.rpartition(":")[0] or event.trunk,
    )
    if isinstance(event, CallPlaced):
        leg = Leg(agent=event.agent, queue=None, offered_at=event.at, outcome=LegOutcome.DIALLING)
        return replace(call, direction=Direction.OUT, agent=event.agent, legs=(leg,))
    return call


def evolve(call: Call, event: CallEvent) -> Call:
    """The call as it is after the event. UnexpectedEvent if it cannot happen to it now."""
    state = TRANSITIONS.get((call.state, type(event)))
    if state is None:
        raise UnexpectedEvent(f"{type(event).__name__} while {call.state}")
    try:
        if state is CallState.ENDED:
            return _end(call, event)
        return _remember(replace(call, state=state) if state is not call.state else call, event)
    except LookupError as error:
        raise UnexpectedEvent(f"{type(event).__name__}: {error.args[0]}") from None


def _remember(call: Call, event: CallEvent) -> Call:
    match event:
        case CallRefused() | FoundClosed() | CallbackAsked():
            return replace(call, leaning=_LEANING[type(event)])
        case CallOverflowed(deed="announcement"):
            return replace(call, leaning=Fate.REFUSED)
        case SelfServiceUsed(settled=settled):
            return replace(call, leaning=Fate.SELF_SERVICE) if settled else call
        case LanguageChosen(language=language):
            return replace(call, language=language)
        case KeyPressed(menu=menu, key=key, accepted=True):
            return replace(call, menu_path=(*call.menu_path, f"{menu}:{key}"))
        case TopicChosen(topic=topic):
            return replace(call, topic=topic)
        case CallTransferred():
            return replace(call, transfers=call.transfers + 1)
        case CallerJoinedQueue() | CallerLeftQueue() | CallerAbandoned():
            return _wait(call, event)
        case AgentOffered() | AgentDidNotAnswer() | AgentAnswered():
            return _ring(call, event)
        case AgentJoinedTalk() | AgentLeftTalk() | CallHeld() | CallResumed():
            return _talk(call, event)
        case ConsultStarted():
            return replace(call, consults=(*call.consults, event))
        case ConsultEnded(agent=agent, to=to):
            return replace(call, consults=tuple(it for it in call.consults if (it.agent, it.to) != (agent, to)))
    return call


def _wait(call: Call, event: CallerJoinedQueue | CallerLeftQueue | CallerAbandoned) -> Call:
    match event:
        case CallerJoinedQueue(queue=queue, at=at):
            if call.waiting_in is not None:
                raise LookupError(f"already waits in {call.waiting_in}")
            return replace(
                call,
                queue=queue,
                leaning=None,
                queued_at=call.queued_at or at,
                visits=(*call.visits, Visit(queue=queue, joined_at=at)),
            )
        case CallerLeftQueue(at=at):
            return _stop_waiting(call, at, VisitOutcome.FLOWED_OUT)
        case CallerAbandoned(at=at):
            return _stop_waiting(call, at, VisitOutcome.ABANDONED)


def _stop_waiting(call: Call, at: datetime, outcome: VisitOutcome, agent: Interface | None = None) -> Call:
    visits = close_visit(call.visits, at, outcome, agent)
    waited = call.waited + (at - call.visits[-1].joined_at)
    left = LegOutcome.TAKEN_BY_ANOTHER if agent else LegOutcome.CALLER_LEFT
    return replace(call, visits=visits, waited=waited, legs=close_offers(call.legs, at, left))


def _ring(call: Call, event: AgentOffered | AgentDidNotAnswer | AgentAnswered) -> Call:
    match event:
        case AgentOffered(agent=agent, queue=queue, at=at):
            legs = offer(call.legs, agent, queue or None, at)
            return replace(call, legs=legs, offered_at=call.offered_at or at)
        case AgentDidNotAnswer(agent=agent, at=at):
            return replace(call, legs=refuse(call.legs, agent, at))
        case AgentAnswered(agent=agent, queue=queue, at=at):
            call = replace(call, legs=take(call.legs, agent, queue, at), agent=agent)
            call = _stop_waiting(call, at, VisitOutcome.ANSWERED, agent)
            return replace(call, answered_at=call.answered_at or at, offered_at=call.offered_at or at)


def _talk(call: Call, event: AgentJoinedTalk | AgentLeftTalk | CallHeld | CallResumed) -> Call:
    match event:
        case AgentJoinedTalk(agent=agent, at=at):
            return replace(call, legs=take(call.legs, agent, None, at), agent=agent, answered_at=call.answered_at or at)
        case AgentLeftTalk(agent=agent, at=at, talked=talked, ended_by=ended_by):
            return _resume(replace(call, legs=leave(call.legs, agent, at, talked, _LEFT_TALK[ended_by])), at)
        case CallHeld(at=at):
            return replace(call, held_since=call.held_since or at)
        case CallResumed(at=at):
            return _resume(call, at)


def _resume(call: Call, at: datetime) -> Call:
    if call.held_since is None:
        return call
    return replace(call, held=call.held + (at - call.held_since), held_since=None)


def _end(call: Call, event: CallEvent) -> Call:
    at = event.at
    lost = isinstance(event, CallLost)
    call = replace(call, legs=close_offers(call.legs, at, LegOutcome.LOST if lost else LegOutcome.CALLER_LEFT))
    if call.waiting_in is not None:
        call = _stop_waiting(call, at, VisitOutcome.LOST if lost else VisitOutcome.ABANDONED)
    for agent in call.talking:
        talked = at - next(leg.answered_at or at for leg in reversed(call.legs) if leg.agent == agent)
        outcome = LegOutcome.LOST if lost else LegOutcome.ENDED_BY_CALLER
        call = replace(call, legs=leave(call.legs, agent, at, talked, outcome))
    return replace(
        _resume(call, at),
        state=CallState.ENDED,
        consults=(),
        fate=Fate.LOST if lost else _fate(call),
        ended_at=at,
        cause=event.cause if isinstance(event, CallEnded) else None,
    )


def _fate(call: Call) -> Fate:
    """Who was answered was answered, whatever came after; who waited in a queue did not leave in the menu."""
    if call.answered_at is not None:
        return Fate.ANSWERED
    if call.direction is Direction.OUT:
        return Fate.NOT_REACHED
    if call.leaning is not None:
        return call.leaning
    return Fate.ABANDONED_IN_QUEUE if call.visits else Fate.ABANDONED_IN_MENU
