"""What supervisors have leave for, carried out over AMI: their phone is called, led beside a talk, or given its caller.

Each is marked before Asterisk is asked, like a desk's wish: what was asked for is not asked for twice.
"""

from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session

from ami import ActionFailed, LinkBroken, NoAnswer
from calls import queries as calls
from calls.actions import Actions, NotAsked
from calls.model import interface_of
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from supervisor.supervision import queries, service
from supervisor.supervision.model import ANSWERED_WITHIN, Mode, Outcome, channel_of, endpoint_of
from supervisor.supervision.tables import Supervision

log = structlog.get_logger()


def carry_out(actions: Actions) -> None:
    """Everything that is wished. NotAsked when there is no connection: then it is wished again."""
    with transaction(EVERY_ORGANISATION) as session:
        due = [(row, call) for row in queries.wished(session) if (call := _call_of(session, row)) is not None]
        for row, _ in due:
            row.wished = False
    for number, (row, call) in enumerate(due):
        try:
            outcome = _ask(actions, row, call)
        except NotAsked:
            _wish_again([row.id for row, _ in due[number:]])
            raise
        if outcome is not None:
            with transaction(EVERY_ORGANISATION) as session:
                service.end(session, queries.get(session, row.id), outcome, datetime.now(UTC))


def _call_of(session: Session, row: Supervision) -> CallRow | None:
    """Whose talk it is about; one that is over, or whose time has passed, ends here."""
    now = datetime.now(UTC)
    call = calls.find(session, row.call)
    if row.ended_at is not None:
        row.wished = False  # where the call is over, there is nothing left to be taken out of
        return call if call is not None and call.ended_at is None else None
    if row.until < now:
        service.end_overdue(session, row, now)
        return None
    if call is None or call.ended_at is not None:
        service.end(session, row, Outcome.TALK_GONE, now)
        return None
    return call


def _ask(actions: Actions, row: Supervision, call: CallRow) -> Outcome | None:
    """None when Asterisk has taken it on; its events tell the rest."""
    phone = endpoint_of(row.person_id)
    try:
        if row.ended_at is not None:
            _take_out(actions, row, call)
        elif row.mode == Mode.TAKE_OVER:
            actions.redirect(call.channel, "taken-over", phone)
        elif row.started_at is not None:
            actions.redirect(channel_of(row.id), "supervision", row.mode)
        else:
            return _call_the_supervisor(actions, row, call, phone)
    except NotAsked:
        raise
    except (ActionFailed, NoAnswer, LinkBroken) as error:
        if row.ended_at is not None:  # the phone has hung up by itself
            return None
        log.warning("supervision_refused", supervision=row.id, mode=row.mode, reason=f"{type(error).__name__}: {error}")
        return Outcome.REFUSED
    return None


def _take_out(actions: Actions, row: Supervision, call: CallRow) -> None:
    """The phone of who takes part no longer is hung up; a caller whom they still have goes to the queue's head."""
    if row.mode != Mode.TAKE_OVER:
        actions.hang_up(channel_of(row.id))
    elif actions.channel_in_talk(call.channel, interface_of(row.person_id)) is not None:
        actions.redirect(call.channel, "requeue")


def _call_the_supervisor(actions: Actions, row: Supervision, call: CallRow, phone: str) -> Outcome | None:
    agent = interface_of(row.agent_id)
    heard = actions.channel_in_talk(call.channel, agent)
    if heard is None:
        return Outcome.TALK_GONE
    left = (row.until - datetime.now(UTC)).total_seconds()
    actions.originate(
        f"PJSIP/{phone}",
        "supervision",
        "begin",
        channel_id=channel_of(row.id),
        caller=str(row.id),
        within=ANSWERED_WITHIN,
        variables={
            "SUPERVISION": str(row.id),
            "SUPERVISION_MODE": row.mode,
            "SUPERVISION_LIMIT": str(max(1, round(left))),
            "SUPERVISED_CALL": str(row.call),
            "SUPERVISED_AGENT": agent,
            "SUPERVISED_CHANNEL": heard,
        },
    )
    return None


def _wish_again(ids: list[int]) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        for number in ids:
            queries.get(session, number).wished = True
