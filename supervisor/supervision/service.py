"""Every change of supervision: leave given and ended, phones lent, messages, pauses and sign-outs of others."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

import acd.service
from acd.news import tell_desk
from calls import queries as calls
from db import Conflict, NotFound, notify
from db.notices import ASTERISK_CONFIG, COMMANDS, FIGURES
from staff import queries as people
from staff.audit import audit, changes
from staff.tables import Person
from supervisor.supervision import queries
from supervisor.supervision.model import BESIDE, Cause, Mode, Outcome, Purpose
from supervisor.supervision.tables import Supervision, SupervisionRules, SupervisorMessage, SupervisorPhone

LENT_FOR = timedelta(minutes=3)  # the page renews it every minute


def _now() -> datetime:
    return datetime.now(UTC)


class HasACaller(Conflict):
    """The supervisor still talks with a caller they took over, who would be hung up."""


def lend_phone(session: Session, person: Person) -> SupervisorPhone:
    """A phone for the supervisor's page, with a new secret: an older page's phone ends. HasACaller while one has."""
    if _has_a_caller(session, queries.open_of(session, person.id)):
        raise HasACaller("a caller was taken over at another page")
    phone = queries.phone_of(session, person.id)
    if phone is None:
        phone = SupervisorPhone(organisation_id=person.organisation_id, person_id=person.id)
        session.add(phone)
    phone.secret, phone.lent_until = secrets.token_urlsafe(24), _now() + LENT_FOR
    session.flush()
    notify(session, ASTERISK_CONFIG, f"supervisor{person.id}")
    return phone


def renew_phone(session: Session, person: Person) -> bool:
    """The page is still there; False when its phone has been taken back."""
    phone = queries.phone_of(session, person.id)
    if phone is None or phone.lent_until < _now():
        return False
    phone.lent_until = _now() + LENT_FOR
    return True


def take_phone_back(session: Session, person: Person) -> None:
    """The page is gone, or its owner may no longer listen: the phone rings no more, an open supervision ends."""
    if going_on := queries.open_of(session, person.id):
        _break_off(session, going_on)
    if phone := queries.phone_of(session, person.id):
        phone.lent_until = _now()
        notify(session, ASTERISK_CONFIG, f"supervisor{person.id}")


def begin(session: Session, agent: Person, mode: Mode, purpose: Purpose, note: str, *, by: Person) -> Supervision:
    """Leave to take part in the agent's present talk, until the organisation's limit. Conflict without a talk.

    The supervisor's last one ends: nobody is in two talks. HasACaller where that was the end of a citizen's call.
    """
    before = queries.open_of(session, by.id)
    if _has_a_caller(session, before):
        raise HasACaller("a caller was taken over")
    talk = queries.talk_of(session, agent.id)
    phone = queries.phone_of(session, by.id)
    if talk is None or talk.call is None or agent.id == by.id:
        raise Conflict("no talk to take part in")
    if phone is None or phone.lent_until < _now():
        raise Conflict("the supervisor's phone is off")
    if before is not None:
        _break_off(session, before)
        session.flush()  # one open row for each supervisor: there is a unique index
    rules = queries.rules(session, by.organisation_id)
    row = Supervision(
        organisation_id=by.organisation_id,
        person_id=by.id,
        agent_id=agent.id,
        call=talk.call,
        mode=mode,
        purpose=purpose,
        note=note.strip(),
        shown=rules.shown,
        until=_now() + rules.limit,
        wished=True,
    )
    session.add(row)
    session.flush()
    _written_down(session, row, f"supervision.{mode.value}", by=by)
    notify(session, COMMANDS, f"supervision:{row.id}")
    return row


def _has_a_caller(session: Session, row: Supervision | None) -> bool:
    """Whether a caller was taken over in it, and is on the line as far as is known."""
    if row is None or row.mode != Mode.TAKE_OVER or row.wished:
        return False
    call = calls.find(session, row.call)
    return call is None or call.ended_at is None


def change_mode(session: Session, row: Supervision, mode: Mode, *, by: Person) -> None:
    """Listen, whisper, barge: another way in the same talk. Conflict once it is over. NotFound for another's."""
    if row.person_id != by.id:
        raise NotFound(f"supervision {row.id}")
    if row.ended_at is not None or row.started_at is None or mode not in BESIDE or row.mode == Mode.TAKE_OVER:
        raise Conflict("it is over, or has not begun")
    if row.mode == mode:
        return
    row.mode, row.wished = mode, True
    _written_down(session, row, f"supervision.{mode.value}", by=by)
    notify(session, COMMANDS, f"supervision:{row.id}")


def started(session: Session, row: Supervision, mode: Mode, at: datetime) -> None:
    """Asterisk has done it: from now on it is so. Where something else was asked for meanwhile, it is asked for again.

    Asterisk loses a redirect that meets a channel still on its way to the place of the last one.
    """
    row.started_at = row.started_at or at
    if mode != row.mode:
        row.wished = True
        notify(session, COMMANDS, f"supervision:{row.id}")
    _told(session, row, mode=mode)


def end(session: Session, row: Supervision, outcome: Outcome, at: datetime) -> None:
    """It is over, for whatever reason. A second end changes nothing."""
    if row.ended_at is not None:
        return
    row.ended_at, row.outcome, row.wished = at, outcome, False
    length = round((at - row.started_at).total_seconds()) if row.started_at else 0
    by = people.get(session, row.person_id)
    _written_down(session, row, "supervision.ended", by=by, outcome=outcome.value, seconds=str(max(0, length)))
    _told(session, row, mode=Mode(row.mode))


def _break_off(session: Session, row: Supervision) -> None:
    """It is over because we say so: the listener takes the phone out of the talk, whatever its page does."""
    end(session, row, Outcome.OVER, _now())
    row.wished = True
    notify(session, COMMANDS, f"supervision:{row.id}")


def end_overdue(session: Session, row: Supervision, at: datetime) -> None:
    """One whose end was never told: the phone did not answer, or the listener was away."""
    end(session, row, Outcome.OVER if row.started_at else Outcome.NOT_ANSWERED, at)


def _written_down(session: Session, row: Supervision, deed: str, *, by: Person, **details: str) -> None:
    said = {"call": str(row.call), "purpose": row.purpose, "until": row.until.isoformat(timespec="seconds"), **details}
    audit(session, by, deed, f"person:{row.agent_id}", **said, **({"note": row.note} if row.note else {}))


def _told(session: Session, row: Supervision, *, mode: Mode) -> None:
    """The supervisor's page, the agent's desk where the organisation says so, and the boards."""
    on = row.ended_at is None
    tell_desk(session, row.person_id, "supervision", id=row.id, mode=mode.value, started=on, outcome=row.outcome)
    if row.shown:
        tell_desk(session, row.agent_id, "supervised")
    notify(session, FIGURES, str(row.organisation_id))


def send_message(
    session: Session, agent: Person, text: str, *, cause: Cause, note: str, by: Person
) -> SupervisorMessage:
    """Tells the agent's desk; it stays there until it is read."""
    message = SupervisorMessage(
        organisation_id=by.organisation_id, person_id=by.id, agent_id=agent.id, text=text.strip()
    )
    session.add(message)
    session.flush()
    _directed(session, agent, "agent.messaged", cause, note, by=by, message=str(message.id))
    tell_desk(session, agent.id, "message", id=message.id)
    return message


def read_message(session: Session, message: SupervisorMessage) -> None:
    """The agent has read it; whoever wrote it sees so."""
    if message.read_at is None:
        message.read_at = _now()
        tell_desk(session, message.person_id, "message-read", id=message.id, at=message.read_at.isoformat())


def pause_agent(session: Session, agent: Person, *, cause: Cause, note: str, by: Person) -> None:
    """Pauses at once, or after the running call and its wrap-up. Conflict off shift."""
    acd.service.pause_by_supervisor(session, agent)
    _directed(session, agent, "agent.paused", cause, note, by=by)


def sign_out_agent(session: Session, agent: Person, *, cause: Cause, note: str, by: Person) -> None:
    """Ends the shift at once, or after the running call and its wrap-up. Conflict off shift."""
    acd.service.sign_out_by_supervisor(session, agent)
    _directed(session, agent, "agent.signed_out", cause, note, by=by)


def _directed(
    session: Session, agent: Person, deed: str, cause: Cause, note: str, *, by: Person, **details: str
) -> None:
    """Written down with what it was for."""
    own_words = {"note": note.strip()} if note.strip() else {}
    audit(session, by, deed, f"person:{agent.id}", purpose=cause.value, **own_words, **details)


def change_rules(session: Session, *, shown: bool, limit: timedelta, by: Person) -> None:
    """Whether agents are shown that somebody listens, and for how long anybody may."""
    before = queries.rules(session, by.organisation_id)
    told = changes(shown=(before.shown, shown), minutes=(_minutes(before.limit), _minutes(limit)))
    session.merge(SupervisionRules(organisation_id=by.organisation_id, shown=shown, limit=limit))
    if told:
        audit(session, by, "supervision.rules", "supervision:rules", **told)


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
