"""Every change to rules, holds and acts. Deleting itself is in `carrying_out`."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calls.tables import CallRow
from db import Conflict
from recordings.keeping import queries
from recordings.keeping.model import OPEN, ActState, Outcome, due_on, order, rule_for
from recordings.keeping.tables import DeletionAct, DeletionItem, KeepingPolicy, LegalHold, RetentionRule
from recordings.ledger import queries as ledger_queries
from recordings.ledger import service as ledger
from recordings.ledger.model import EntryKind
from staff.audit import audit, changes
from staff.tables import Organisation, Person

MOST_LISTED = 10_000  # recordings on one act


class BeginsThen(Conflict):
    """Another rule for the same recordings begins that day."""


class SamePerson(Conflict):
    """Who approved an act, or asked that one person be enough, cannot be the second person."""


class NothingToDelete(Conflict):
    """Nothing of the call is stored, or all of it is on the list of another act."""


def set_rule(
    session: Session, *, topic: str, fate: str, keeps: timedelta, basis: str, valid_from: date, by: Person
) -> RetentionRule:
    """From that day on such recordings are kept so long; the rule before it ends the day before. BeginsThen."""
    valid_until = None
    for other in queries.alike(session, by.organisation_id, topic, fate):
        if other.valid_from == valid_from:
            raise BeginsThen(f"rule {other.id}")
        if other.valid_from > valid_from:
            valid_until = other.valid_from - timedelta(days=1)
            break
        if other.valid_until is None or other.valid_until >= valid_from:
            other.valid_until = valid_from - timedelta(days=1)
    rule = RetentionRule(
        organisation_id=by.organisation_id,
        topic=topic,
        fate=fate,
        keeps=keeps,
        basis=basis,
        valid_from=valid_from,
        valid_until=valid_until,
        made_by=by.id,
    )
    session.add(rule)
    session.flush()
    audit(session, by, "retention_rule.made", f"retention_rule:{rule.id}", **_told(rule))
    return rule


def end_rule(session: Session, rule: RetentionRule, *, today: date, by: Person) -> None:
    """Today is the rule's last day; one that has not begun never was: the one before it goes on. Conflict if over."""
    if rule.valid_until is not None and rule.valid_until < today:
        raise Conflict(f"rule {rule.id} has ended")
    if rule.valid_from > today:
        audit(session, by, "retention_rule.withdrawn", f"retention_rule:{rule.id}", **_told(rule))
        before = queries.ended_before(session, rule)
        if before is not None:
            before.valid_until = rule.valid_until
        session.execute(delete(RetentionRule).where(RetentionRule.id == rule.id))
    else:
        audit(session, by, "retention_rule.ended", f"retention_rule:{rule.id}")
        rule.valid_until = today


def _told(rule: RetentionRule) -> dict[str, str]:
    """The rule as the audit says it: one that is withdrawn stands nowhere else."""
    return {
        "topic": rule.topic,
        "fate": rule.fate,
        "days": str(rule.keeps.days),
        "from": rule.valid_from.isoformat(),
        "basis": rule.basis,
    }


def set_policy(session: Session, *, two_persons: bool, by: Person) -> bool:
    """Whether a second person confirms each act; whether it is so now. SamePerson.

    From two persons to one it takes two persons: the first one's wish is noted, another one confirms it.
    """
    row = insert(KeepingPolicy).values(organisation_id=by.organisation_id)
    session.execute(row.on_conflict_do_nothing(index_elements=["organisation_id"]))
    policy = queries.policy(session, by.organisation_id, locked=True)
    assert policy is not None
    lowers = policy.two_persons and not two_persons
    if lowers and policy.lowering_asked_by == by.id:
        raise SamePerson("the policy of acts")
    if lowers and policy.lowering_asked_by is None:
        policy.lowering_asked_by = by.id
        audit(session, by, "keeping.lowering_asked", "keeping_policy")
    else:
        told = changes(two_persons=(policy.two_persons, two_persons))
        policy.two_persons, policy.lowering_asked_by = two_persons, None
        if told:
            audit(session, by, "keeping.policy", "keeping_policy", **told)
    return policy.two_persons


def place_hold(
    session: Session, call: CallRow, *, whole_number: bool, why: str, until: date | None, by: Person
) -> LegalHold:
    """The call's recordings, or all of its caller's, may not be deleted. Conflict for the number of who withheld it."""
    if whole_number and not call.caller:
        raise Conflict("the caller withheld the number")
    hold = LegalHold(
        organisation_id=by.organisation_id,
        call=None if whole_number else call.id,
        caller=call.caller if whole_number else None,
        why=why,
        until=until,
        placed_by=by.id,
    )
    queries.wait_for_deletions(session, hold)
    session.add(hold)
    session.flush()
    audit(session, by, "legal_hold.placed", f"legal_hold:{hold.id}", why=why)
    told = {"hold": str(hold.id), "person": str(by.id), "of": "number" if whole_number else "call"}
    told |= {"until": until.isoformat()} if until is not None else {}
    ledger.enter(session, by.organisation_id, EntryKind.HELD, details=told, call=hold.call)
    return hold


def release_hold(session: Session, hold: LegalHold, *, why: str, by: Person) -> None:
    """The hold no longer counts. Conflict for one released before."""
    if hold.released_at is not None:
        raise Conflict(f"hold {hold.id} is released")
    hold.released_at, hold.released_by, hold.release_why = datetime.now(UTC), by.id, why
    audit(session, by, "legal_hold.released", f"legal_hold:{hold.id}", why=why)
    told = {"hold": str(hold.id), "person": str(by.id)}
    ledger.enter(session, by.organisation_id, EntryKind.RELEASED, details=told, call=hold.call)


def propose(session: Session, organisation: Organisation) -> int:
    """Drafts an act of everything that is due by the rules; how much it lists. Nothing while one waits already."""
    ledger_queries.wait_for_turn(session, organisation.id)
    if queries.has_open_proposal(session, organisation.id):
        return 0
    zone = organisation.zone
    today = datetime.now(zone).date()
    ordered = order(queries.rules_of(session, organisation.id), today)
    found = queries.due(session, organisation.id, ordered, today=today, zone=zone, at_most=MOST_LISTED)
    if not found:
        return 0
    act = _drafted(session, organisation.id)
    for each in found:
        rule = rule_for(ordered, topic=each.topic, fate=each.fate, on=today)
        assert rule is not None
        assert each.ended_at is not None
        due = due_on(each.ended_at.astimezone(zone).date(), rule)
        _list(session, act, each.recording, rule_id=rule.id, due=due)
    return len(found)


def draft(session: Session, call: UUID, *, reason: str, by: Person) -> DeletionAct:
    """An act drafted by hand, for a call's recordings whose time is not over. NothingToDelete."""
    ledger_queries.wait_for_turn(session, by.organisation_id)
    recordings = queries.stored_of(session, call)
    if not recordings:
        raise NothingToDelete
    act = _drafted(session, by.organisation_id, reason=reason, by=by)
    for recording in recordings:
        _list(session, act, recording.id)
    audit(session, by, "deletion_act.drafted", f"deletion_act:{act.id}", number=str(act.number), reason=reason)
    return act


def _drafted(session: Session, organisation: int, *, reason: str = "", by: Person | None = None) -> DeletionAct:
    number = queries.last_number(session, organisation) + 1
    drafted_by = None if by is None else by.id
    act = DeletionAct(organisation_id=organisation, number=number, reason=reason, drafted_by=drafted_by)
    session.add(act)
    session.flush()
    session.refresh(act)
    return act


def _list(
    session: Session, act: DeletionAct, recording: int, *, rule_id: int | None = None, due: date | None = None
) -> None:
    session.add(
        DeletionItem(
            organisation_id=act.organisation_id,
            act_id=act.id,
            recording_id=recording,
            rule_id=rule_id,
            due_on=due,
        )
    )


def approve(session: Session, act: DeletionAct, *, by: Person) -> None:
    """Somebody answers for the act; where the organisation wants two, another person as well. SamePerson; Conflict."""
    now = datetime.now(UTC)
    match act.state:
        case ActState.DRAFT:
            act.approved_by, act.approved_at = by.id, now
            second = queries.two_persons(session, act.organisation_id)
            act.state = ActState.AWAITS_SECOND if second else ActState.APPROVED
        case ActState.AWAITS_SECOND if act.approved_by == by.id:
            raise SamePerson(f"act {act.id}")
        case ActState.AWAITS_SECOND:
            act.confirmed_by, act.confirmed_at, act.state = by.id, now, ActState.APPROVED
        case _:
            raise Conflict(f"act {act.id} is {act.state}")
    audit(session, by, "deletion_act.approved", f"deletion_act:{act.id}", number=str(act.number))


def withdraw(session: Session, act: DeletionAct, *, why: str, by: Person) -> None:
    """Nothing on the act's list is deleted. Conflict once it is approved."""
    if act.state not in OPEN:
        raise Conflict(f"act {act.id} is {act.state}")
    now = datetime.now(UTC)
    act.state, act.withdrawn_by, act.withdrawn_at, act.withdrawn_why = ActState.WITHDRAWN, by.id, now, why
    session.execute(
        update(DeletionItem).where(DeletionItem.act_id == act.id).values(outcome=Outcome.WITHDRAWN, settled_at=now)
    )
    audit(session, by, "deletion_act.withdrawn", f"deletion_act:{act.id}", number=str(act.number), why=why)
