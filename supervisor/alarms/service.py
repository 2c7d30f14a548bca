"""Every change to an alarm: raised, told to whoever stands on the ladder, taken, answered, passed on, closed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from acd.callbacks.tables import OwedCall
from acd.tables import WrapUp
from appeals.tables import Appeal
from calls import queries as calls
from calls.tables import CallRow
from db import Conflict
from notify import service as notify
from notify.model import ChannelKind
from staff.queries import organisation as organisation_of
from staff.tables import Person
from supervisor.alarms import queries, summary, words
from supervisor.alarms.model import AGAIN_AFTER, LONGEST_CLIMB, MARKS, Kind, State, Trouble, next_at, reached
from supervisor.alarms.tables import Alarm, AlarmDeed, AlarmRule, AlarmStep

log = structlog.get_logger()


def raise_for_results(session: Session, organisation: int, since: datetime) -> int:
    """An alarm for each result given since then that is one by the organisation's rules; how many are new."""
    kinds = queries.wanted(session, organisation)
    raised = 0
    for row, call in queries.alarming_results(session, organisation, kinds, since):
        kind = Kind(row.result) if row.result in MARKS else Kind.CALL
        raised += _raise(session, organisation, kind, _of_talk(row, call), about={"call": row.call}) is not None
    return raised


def raise_for_appeals(session: Session, organisation: int, since: datetime) -> int:
    """An alarm for each appeal registered since then that is one by the organisation's rules; how many are new."""
    kinds = queries.wanted(session, organisation) & {Kind.COMPLAINT, Kind.SUGGESTION}
    raised = 0
    for appeal in queries.alarming_appeals(session, organisation, kinds, since) if kinds else ():
        facts = _of_appeal(appeal)
        raised += _raise(session, organisation, Kind(appeal.kind), facts, about={"appeal_id": appeal.id}) is not None
    return raised


def raise_for_owed_calls(session: Session, organisation: int, since: datetime) -> int:
    """An alarm for each owed call handed to those in charge since then, and the end of those taken back; how many new.

    Nobody is called to what is owed again: operators see to it.
    """
    for alarm in queries.no_longer_escalated(session, organisation):
        _close(session, alarm, None, "withdrawn")
    raised = 0
    if Kind.OWED_CALL in queries.wanted(session, organisation):
        for owed in queries.escalated(session, organisation, since):
            facts = _of_owed_call(owed)
            raised += _raise(session, organisation, Kind.OWED_CALL, facts, about={"owed_call_id": owed.id}) is not None
    return raised


def mark(session: Session, call: UUID, kind: Kind, *, by: Person) -> int | None:
    """The operator's mark in the middle of a call; its id, None where the call has one. NotFound for a foreign call."""
    row = calls.get(session, call)
    facts = {"queue": row.queue or "", "topic": row.topic or "", "at": datetime.now(UTC).isoformat(), "talked": "0"}
    return _raise(session, by.organisation_id, kind, facts, about={"call": call}, by=by)


def settle_troubles(
    session: Session,
    organisation: int,
    troubles: Mapping[tuple[Trouble, str], Mapping[str, str]],
    *,
    not_known: frozenset[Trouble] = frozenset(),
) -> tuple[int, int]:
    """Raises what is wrong now and closes what is over; how many of each. What is not known now stays as it is."""
    told = {(alarm.trouble, alarm.place): alarm for alarm in queries.troubles(session, organisation)}
    raised = ended = 0
    for (trouble, place), facts in troubles.items():
        if (trouble, place) not in told:
            raised += raise_trouble(session, organisation, trouble, place, facts) is not None
    for key, alarm in told.items():
        if key not in troubles and key[0] not in not_known:
            _end(session, alarm)
            ended += 1
    return raised, ended


def raise_trouble(
    session: Session, organisation: int, trouble: Trouble, place: str, facts: Mapping[str, str]
) -> int | None:
    """A new alarm about it; None where there is one that is not closed, or the organisation wants none."""
    if trouble.kind not in queries.wanted(session, organisation):
        return None
    return _raise(session, organisation, trouble.kind, facts, about={"trouble": trouble.value, "place": place})


def end_trouble(session: Session, organisation: int, trouble: Trouble, place: str) -> None:
    """It is over: its alarm is closed, if there is one."""
    for alarm in queries.troubles(session, organisation):
        if (alarm.trouble, alarm.place) == (trouble, place):
            _end(session, alarm)


def climb(session: Session, alarm_id: int, site: str, *, at: datetime | None = None) -> int:
    """Tells whoever stands on the rungs that were reached, unless another does so; how many messages that is."""
    at = at or datetime.now(UTC)
    alarm = queries.still_due(session, alarm_id, at)
    if alarm is None:
        return 0
    ladder = queries.steps(session, alarm.organisation_id)
    rungs = queries.rungs(ladder, alarm.kind)
    since = None if alarm.told_at is None else alarm.told_at - alarm.raised_at
    by_id = {step.id: step for step in ladder}
    told = reached(rungs, since=since, until=at - alarm.raised_at)
    if told:
        _tell(session, alarm, [(by_id[rung.id], times) for rung, times in told], site)
    alarm.told_at, alarm.due_at = at, next_at(rungs, alarm.raised_at, at)
    return len(told)


def put_off(session: Session, alarm_id: int, why: str, *, at: datetime | None = None) -> None:
    """Nobody could be told of it: it is tried again in a while, as long as a ladder is climbed at all."""
    at = at or datetime.now(UTC)
    alarm = queries.still_due(session, alarm_id, at)
    if alarm is None:
        return
    alarm.due_at = at + AGAIN_AFTER if at - alarm.raised_at < LONGEST_CLIMB else None
    before = queries.last_deed(session, alarm_id)
    if before is None or (before.deed, before.text) != ("not_told", why):
        _note(session, alarm, None, "not_told", why)


def take(session: Session, alarm_id: int, *, by: Person) -> Alarm:
    """The person sees to it; the ladder ends here. Taken by them already, it stays so. Conflict, NotFound."""
    alarm = queries.get(session, alarm_id, lock=True)
    if alarm.state == State.TAKEN and alarm.taken_by == by.id:
        return alarm
    if alarm.state != State.OPEN:
        raise Conflict(f"the alarm is {alarm.state}")
    alarm.state, alarm.taken_by, alarm.taken_at, alarm.due_at = State.TAKEN, by.id, datetime.now(UTC), None
    _note(session, alarm, by, "taken")
    return alarm


def answer(session: Session, alarm_id: int, text: str, *, by: Person) -> Alarm:
    """What was done about it. Conflict for one that nobody has taken, or that is closed."""
    alarm = _taken(session, alarm_id)
    alarm.answer = text
    _note(session, alarm, by, "answered", text)
    return alarm


def pass_on(session: Session, alarm_id: int, to: Person, *, by: Person) -> Alarm:
    """Somebody else sees to it. Conflict as above, or when they have it already."""
    alarm = _taken(session, alarm_id)
    if alarm.taken_by == to.id:
        raise Conflict("they have it already")
    alarm.taken_by, alarm.taken_at = to.id, datetime.now(UTC)
    _note(session, alarm, by, "passed_on", to.name)
    return alarm


def close(session: Session, alarm_id: int, *, by: Person) -> Alarm:
    """It is seen to. Conflict for one that nobody has taken, or that is closed already."""
    alarm = _taken(session, alarm_id)
    _close(session, alarm, by, "closed")
    return alarm


def want(session: Session, organisation: int, kinds: frozenset[Kind]) -> None:
    """From now on alarms of these kinds are raised, and of no other."""
    for kind in Kind:
        session.execute(
            insert(AlarmRule)
            .values(organisation_id=organisation, kind=kind, wanted=kind in kinds)
            .on_conflict_do_update(index_elements=["organisation_id", "kind"], set_={"wanted": kind in kinds})
        )


def add_step(session: Session, step: AlarmStep) -> None:
    """One step more; alarms nobody has taken climb it as well, where they have not reached it yet."""
    session.add(step)
    session.flush()
    _look_again(session, step.organisation_id)


def remove_step(session: Session, step_id: int) -> None:
    """One step less. NotFound."""
    step = queries.step(session, step_id)
    session.execute(delete(AlarmStep).where(AlarmStep.id == step.id))
    _look_again(session, step.organisation_id)


def _look_again(session: Session, organisation: int) -> None:
    """The next rung of open alarms is another now: they are looked at once."""
    mine = (Alarm.organisation_id == organisation, Alarm.state == State.OPEN, Alarm.told_at.is_not(None))
    session.execute(update(Alarm).where(*mine).values(due_at=func.now()))


def _taken(session: Session, alarm_id: int) -> Alarm:
    alarm = queries.get(session, alarm_id, lock=True)
    if alarm.state != State.TAKEN:
        raise Conflict(f"the alarm is {alarm.state}")
    return alarm


def _raise(
    session: Session,
    organisation: int,
    kind: Kind,
    facts: Mapping[str, str],
    *,
    about: Mapping[str, object],
    by: Person | None = None,
) -> int | None:
    """A new alarm; None where the same matter has one of this kind."""
    now = datetime.now(UTC)
    values = {"organisation_id": organisation, "kind": kind, "facts": dict(facts), "raised_at": now, "due_at": now}
    new = insert(Alarm).values(**values, **about, raised_by=by.id if by else None)
    alarm_id = session.scalar(new.on_conflict_do_nothing().returning(Alarm.id))
    if alarm_id is not None:
        _note(session, queries.get(session, alarm_id), by, "marked" if by else "raised")
        log.info("alarm_raised", alarm=alarm_id, kind=kind)
    return alarm_id


def _tell(session: Session, alarm: Alarm, whom: Sequence[tuple[AlarmStep, int]], site: str) -> None:
    """Puts it into the outbox for each step, which was told so often before."""
    channels = queries.channels(session, alarm.organisation_id)
    names = queries.names(session, alarm.organisation_id)
    zone = organisation_of(session, alarm.organisation_id).zone
    for step, times in whom:
        channel = channels[step.channel_id]
        template, parameters = summary.of(alarm, names, step.language, zone)
        notify.put(
            session,
            channel,
            step.recipient,
            template,
            language=step.language,
            key=f"alarm:{alarm.id}:{step.id}:{times}",
            parameters=parameters | {"link": f"{site}/alarms/{alarm.id}"},
            buttons=summary.buttons(alarm, step.language) if channel.kind == ChannelKind.TELEGRAM else None,
        )
        _note(session, alarm, None, "told", f"{channel.name} → {step.recipient}")


def _end(session: Session, alarm: Alarm) -> None:
    """The trouble is over. Whoever was told of a surge of calls is told of its end as well."""
    age = alarm.told_at - alarm.raised_at if alarm.told_at is not None else None
    _close(session, alarm, None, "ended")
    if alarm.kind != Kind.SURGE or age is None:
        return
    known, names = queries.channels(session, alarm.organisation_id), queries.names(session, alarm.organisation_id)
    zone = organisation_of(session, alarm.organisation_id).zone
    for step in queries.steps(session, alarm.organisation_id):
        if alarm.kind in step.kinds and step.after <= age:
            _, parameters = summary.of(alarm, names, step.language, zone)
            notify.put(
                session,
                known[step.channel_id],
                step.recipient,
                words.OVER,
                language=step.language,
                key=f"alarm:{alarm.id}:{step.id}:over",
                parameters=parameters,
            )


def _close(session: Session, alarm: Alarm, by: Person | None, deed: str) -> None:
    alarm.state, alarm.closed_at, alarm.due_at = State.CLOSED, datetime.now(UTC), None
    alarm.closed_by = by.id if by else None
    _note(session, alarm, by, deed)


def _note(session: Session, alarm: Alarm, by: Person | None, deed: str, text: str = "") -> None:
    assert deed in words.DEEDS
    person = by.id if by else None
    session.add(
        AlarmDeed(organisation_id=alarm.organisation_id, alarm_id=alarm.id, person_id=person, deed=deed, text=text)
    )


def _of_talk(row: WrapUp, call: CallRow | None) -> dict[str, str]:
    """What a summary may say of a talk: nothing of who called, and nothing anybody wrote."""
    assert row.finished_at is not None
    talked = call.talked if call is not None else timedelta(0)
    return {
        "queue": (call.queue if call is not None else None) or "",
        "topic": row.topic or (call.topic if call is not None else None) or "",
        "at": row.finished_at.isoformat(),
        "talked": str(round(talked.total_seconds())),
    }


def _of_appeal(appeal: Appeal) -> dict[str, str]:
    return {"appeal": appeal.number, "topic": appeal.topic, "at": appeal.registered_at.isoformat()}


def _of_owed_call(owed: OwedCall) -> dict[str, str]:
    assert owed.closed_at is not None
    counted = {"attempts": str(owed.attempts), "missed": str(owed.missed)}
    about = {"queue": owed.queue, "topic": owed.topic or "", "reason": owed.reason}
    return about | counted | {"at": owed.closed_at.isoformat()}
