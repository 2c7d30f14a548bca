"""Every change to the term of an appeal, each with its reason in the appeal's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from appeals import telling
from appeals.model import OPEN
from appeals.tables import Appeal
from appeals.terms import model, queries
from appeals.terms.calendar import Calendar
from appeals.terms.model import Change, Matter, Refusal
from appeals.terms.tables import ExtensionRequest, TermChange, TermRule
from appeals.terms.words import EXTENDED
from db import Conflict
from staff import queries as staff
from staff.audit import audit
from staff.tables import Person
from web.formats import moment
from web.languages import speaking_to


class NotMoved(Conflict):
    """A term that is not moved; `why` says the reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def proposed(
    session: Session, organisation: int, matter: Matter, received_at: datetime
) -> tuple[TermRule, datetime] | None:
    """The rule for such a matter and by when it would be due; None where no rule gives a term."""
    known = ground(session, organisation)
    rule = model.rule_for(known.rules, matter, known.calendar.local(received_at).date())
    return None if rule is None else (rule, model.due(rule, received_at, known.calendar))


@dataclass(frozen=True, slots=True)
class Ground:
    """What terms are reckoned by; read before a number is taken, for others wait for theirs meanwhile."""

    calendar: Calendar
    rules: Sequence[TermRule]


def ground(session: Session, organisation: int) -> Ground:
    """The organisation's calendar and rules."""
    calendar = queries.calendar(session, staff.organisation(session, organisation))
    return Ground(calendar, queries.rules(session, organisation))


def begin(session: Session, appeal: Appeal, known: Ground, *, by: Person | None, reason: str = "") -> None:
    """The term of an appeal that is being registered, or whose matter has changed; nothing where no rule gives one."""
    calendar, rules = known.calendar, known.rules
    day = calendar.local(appeal.received_at).date()
    rule = model.rule_for(rules, matter_of(appeal), day)
    if rule is None:
        return
    change = Change.SET if appeal.due_at is None else Change.RECOMPUTED
    appeal.term_rule_id = rule.id
    _move(appeal, model.due(rule, appeal.received_at, calendar), calendar, rule)
    _note(session, appeal, change, by=by, reason=reason)


def matter_of(appeal: Appeal) -> Matter:
    """What a rule is chosen by."""
    return Matter(kind=appeal.kind, topic=appeal.topic, problem=appeal.problem, variant=appeal.term_variant)


def choose_variant(session: Session, number: str, variant: model.Variant, reason: str, *, by: Person) -> Appeal:
    """Which of the terms that the law gives is this appeal's. NotMoved without a reason, for a closed one, by hand."""
    appeal = queries.appeal_locked(session, number)
    _refuse_closed(appeal)
    if not reason.strip():
        raise NotMoved(Refusal.NO_REASON)
    appeal.term_variant, appeal.due_by_hand = variant, False
    begin(session, appeal, ground(session, appeal.organisation_id), by=by, reason=reason)
    audit(session, by, "term.variant_chosen", f"appeal:{number}", variant=variant)
    return appeal


def limit(session: Session, appeal: Appeal) -> datetime | None:
    """The end of the longest term the law allows; None where nothing may be extended."""
    if appeal.term_rule_id is None:
        return None
    calendar = queries.calendar(session, staff.organisation(session, appeal.organisation_id))
    return model.latest(queries.rule(session, appeal.term_rule_id), appeal.received_at, calendar)


def ask_extension(session: Session, number: str, until: datetime, reason: str, *, by: Person) -> ExtensionRequest:
    """A request for a later term, for whoever may decide. NotMoved; Conflict while another waits."""
    appeal = queries.appeal_locked(session, number)
    _refuse_closed(appeal)
    _refuse(model.fault_of_extension(until, appeal.due_at, limit(session, appeal), reason))
    if queries.open_request(session, appeal.id) is not None:
        raise Conflict(f"an extension of {number} is asked for already")
    request = ExtensionRequest(
        organisation_id=appeal.organisation_id,
        appeal_id=appeal.id,
        until_at=until,
        reason=reason.strip(),
        asked_by=by.id,
    )
    session.add(request)
    session.flush()
    _note(session, appeal, Change.ASKED, by=by, due_at=until, reason=reason)
    audit(session, by, "term.extension_asked", f"appeal:{number}", until=until.isoformat())
    return request


def decide_extension(session: Session, request_id: int, *, granted: bool, decision: str, by: Person) -> Appeal:
    """Yes moves the term and tells the author; no leaves it, with a reason. NotMoved, Conflict for one decided."""
    request = queries.request_locked(session, request_id)
    if request.decided_at is not None:
        raise Conflict(f"extension request {request_id} is decided")
    appeal = queries.appeal_locked(session, queries.number_of(session, request.appeal_id))
    if granted:
        _refuse_closed(appeal)
        _refuse(model.fault_of_extension(request.until_at, appeal.due_at, limit(session, appeal), request.reason))
    elif not decision.strip():
        raise NotMoved(Refusal.NO_REASON)
    request.granted, request.decision = granted, decision.strip()
    request.decided_by, request.decided_at = by.id, datetime.now(UTC)
    if granted:
        _by_hand(session, appeal, request.until_at)
        _tell(session, appeal, request)
    _note(
        session, appeal, Change.EXTENDED if granted else Change.NOT_EXTENDED, by=by, reason=decision or request.reason
    )
    audit(session, by, "term.extension_decided", f"appeal:{appeal.number}", granted=str(granted))
    return appeal


def shorten(session: Session, number: str, until: datetime, reason: str, *, by: Person) -> Appeal:
    """An earlier term, on the author's reasoned demand. NotMoved."""
    appeal = queries.appeal_locked(session, number)
    _refuse_closed(appeal)
    _refuse(model.fault_of_shortening(until, appeal.due_at, datetime.now(UTC), reason))
    _by_hand(session, appeal, until)
    _note(session, appeal, Change.SHORTENED, by=by, reason=reason)
    audit(session, by, "term.shortened", f"appeal:{number}", until=until.isoformat())
    return appeal


def set_long_control(session: Session, number: str, *, on: bool, reason: str, by: Person) -> Appeal:
    """Puts an appeal under long control, or takes it out of it. NotMoved without a reason."""
    appeal = queries.appeal_locked(session, number)
    if not reason.strip():
        raise NotMoved(Refusal.NO_REASON)
    if appeal.long_control != on:
        appeal.long_control = on
        _note(session, appeal, Change.LONG_CONTROL if on else Change.NO_LONG_CONTROL, by=by, reason=reason)
        audit(session, by, "term.long_control", f"appeal:{number}", on=str(on))
    return appeal


def _by_hand(session: Session, appeal: Appeal, until: datetime) -> None:
    calendar = queries.calendar(session, staff.organisation(session, appeal.organisation_id))
    rule = queries.rule(session, appeal.term_rule_id) if appeal.term_rule_id is not None else None
    appeal.due_by_hand = True
    _move(appeal, until, calendar, rule)


def _move(appeal: Appeal, due_at: datetime, calendar: Calendar, rule: TermRule | None) -> None:
    appeal.due_at = due_at
    appeal.attention_at = model.attention(appeal.received_at, due_at)
    appeal.long_control = appeal.long_control or model.is_long(rule, appeal.received_at, due_at, calendar)


def _note(
    session: Session,
    appeal: Appeal,
    change: Change,
    *,
    by: Person | None,
    due_at: datetime | None = None,
    reason: str = "",
) -> None:
    session.add(
        TermChange(
            organisation_id=appeal.organisation_id,
            appeal_id=appeal.id,
            person_id=by.id if by else None,
            change=change,
            due_at=due_at or appeal.due_at,
            rule_id=appeal.term_rule_id,
            reason=reason.strip(),
        )
    )
    session.flush()


def _refuse(why: Refusal | None) -> None:
    if why is not None:
        raise NotMoved(why)


def _refuse_closed(appeal: Appeal) -> None:
    if appeal.state not in OPEN:
        raise NotMoved(Refusal.CLOSED)


def _tell(session: Session, appeal: Appeal, request: ExtensionRequest) -> None:
    with speaking_to(staff.organisation(session, appeal.organisation_id).audience()):
        told = {"until": moment(request.until_at), "reason": request.reason}
    telling.tell_author(session, appeal, EXTENDED, key=f"term:extended:{request.id}", told=told)
