"""What is on the desk: the agent's state, the queues at a glance, the day so far, and the words for them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from acd import queries
from acd.model import IN_TALK, AgentStateName, OwnPause, Result
from acd.tables import AgentState, Shift, WrapUp
from calls import queries as calls
from calls.model import Source, endpoint_of, interface_of
from staff.tables import Person
from web.formats import age, moment, phone
from web.languages import audience, later
from web.languages import gettext as _
from web.periods import midnight

STATE_WORDS = {
    AgentStateName.OFFLINE: later("Off shift"),
    AgentStateName.READY: later("Ready"),
    AgentStateName.RINGING: later("Ringing"),
    AgentStateName.DIALLING: later("Calling"),
    AgentStateName.TALKING: later("In a call"),
    AgentStateName.HOLD: later("Caller on hold"),
    AgentStateName.CONSULTING: later("In a consult"),
    AgentStateName.WRAP_UP: later("Wrap-up"),
    AgentStateName.PAUSED: later("Paused"),
}

OWN_PAUSE_WORDS = {
    OwnPause.SHIFT_BEGINS: later("before the first call"),
    OwnPause.DID_NOT_ANSWER: later("a call was not answered"),
    OwnPause.DECLINED: later("a call was declined"),
    OwnPause.PHONE_LOST: later("the phone was lost during a call"),
    OwnPause.NOT_SEEN: later("the desk was not reachable"),
    OwnPause.CALLBACK: later("to call back"),
    OwnPause.CALLBACK_MISSED: later("a callback was not taken"),
    OwnPause.BY_SUPERVISOR: later("a supervisor asked for it"),
}

RESULT_WORDS = {
    Result.SETTLED: later("Settled"),
    Result.EXPLAINED: later("Explained"),
    Result.ADVISED: later("Advised"),
    Result.APPEAL_REGISTERED: later("Appeal registered"),
    Result.PASSED_ON: later("Passed on"),
    Result.UNRESOLVED: later("Unresolved"),
    Result.DISPUTED: later("Disputed"),
    Result.WRONG_NUMBER: later("Wrong number"),
    Result.SILENT: later("Silent"),
}

RESULTS = list(RESULT_WORDS.items())  # in the order of the keys 1 to 9


def named(names: dict[str, str]) -> str:
    """A directory's name in the reader's language, or in whatever language it has."""
    return names.get(audience().language) or next(iter(names.values()), "")


def state_of(session: Session, person: Person) -> dict[str, Any]:
    """The whole of the desk that changes, for its script. Times are ISO 8601, durations seconds."""
    shift, period, wrap_up, open_wrap_ups = queries.at_desk(session, person.id)
    if shift is None:
        period = None  # what was before the shift is not on the desk
    state = period.name if period else AgentStateName.OFFLINE
    day = queries.day_of(session, person.id, midnight())
    waits = (period and period.reason) or (shift and shift.pause_after)
    reasons = _reasons(session) if waits else {}
    return {
        "now": datetime.now(UTC).isoformat(),
        "shift": _shift(shift) if shift else None,
        "state": state,
        "state_text": _(STATE_WORDS[state]),
        "reason": period.reason if period else None,
        "reason_text": reasons.get(period.reason or "", "") if period else "",
        "since": period.since.isoformat() if period else None,
        "due_at": period.due_at.isoformat() if period and period.due_at else None,
        "call": str(period.call) if period and period.call else None,
        "caller_hears": _caller_hears(session, period) if period else None,
        "recording_paused_since": _unrecorded_since(session, period) if period else None,
        "pause_after": reasons.get(shift.pause_after, shift.pause_after) if shift and shift.pause_after else None,
        "wrap_up": _wrap_up(session, wrap_up, period, others=open_wrap_ups - 1) if wrap_up else None,
        "queues": _queues(session, person.id),
        "today": {
            "calls": day.calls,
            "talk": day.talked.total_seconds(),
            "wrap_up": day.wrap_up.total_seconds(),
        },
    }


def targets(session: Session, person: Person) -> dict[str, Any]:
    """To whom a call can be handed. `dial` is what the phone dials."""
    return {
        "people": [
            {
                "dial": endpoint_of(interface_of(each.person.id)),
                "name": each.person.name,
                "state": each.state,
                "state_text": _(STATE_WORDS[each.state]),
                "since": each.since.isoformat(),
            }
            for each in queries.colleagues(session, but=person.id)
        ],
        "queues": [
            {"dial": row.queue.asterisk_name, "name": named(row.queue.name), "waiting": row.callers}
            for row in queries.waiting(session)
        ],
    }


def _wrap_up(session: Session, wrap_up: WrapUp, period: AgentState | None, *, others: int) -> dict[str, Any]:
    """The wrap-up that is due. It is `old` once the agent's state is about something else than its call."""
    old = period is None or period.name is not AgentStateName.WRAP_UP or period.call != wrap_up.call
    row = calls.find(session, wrap_up.call)
    if row is None or row.caller:
        caller = phone(row.caller if row else "")
    else:
        caller = _("a caller in the browser") if row.source == Source.BROWSER else _("a withheld number")
    values = {"caller": caller, "moment": moment(wrap_up.started_at), "age": age(wrap_up.started_at)}
    return {
        "call": str(wrap_up.call),
        "since": wrap_up.started_at.isoformat(),
        "due_at": wrap_up.due_at.isoformat(),
        "old": old,
        "about": _("Call of %(moment)s from %(caller)s, ended %(age)s") % values if old else caller,
        "ready_waits": _("First say how the call of %(moment)s from %(caller)s ended") % values if old else None,
        "others": others,
    }


def _caller_hears(session: Session, period: AgentState) -> bool | None:
    """Whether the caller hears whoever is asked about them; None for an agent whom nobody asks."""
    return queries.caller_hears(session, period) if period.name is AgentStateName.CONSULTING else None


def _unrecorded_since(session: Session, period: AgentState) -> str | None:
    if period.call is None or period.name not in IN_TALK:
        return None
    since = queries.recording_paused_since(session, period.call)
    return since.isoformat() if since else None


def _shift(shift: Shift) -> dict[str, Any]:
    """Where the shift is, and its three signs of life: the page, the phone, the queues."""
    return {
        "seat": shift.seat,
        "phone_reachable": shift.phone_reachable,
        "queues_joined": shift.queues_joined,
        "seen_at": shift.seen_at.isoformat(),
    }


def _queues(session: Session, person_id: int) -> list[dict[str, Any]]:
    return [
        {
            "queue": row.queue.asterisk_name,
            "name": named(row.queue.name),
            "mine": row.mine,
            "waiting": row.callers,
            "longest_since": row.longest_since.isoformat() if row.longest_since else None,
        }
        for row in queries.waiting(session, person_id)
    ]


def _reasons(session: Session) -> dict[str, str]:
    known = {reason.code: named(reason.name) for reason in queries.pause_reasons(session)}
    return {**known, **{code.value: _(words) for code, words in OWN_PAUSE_WORDS.items()}}
