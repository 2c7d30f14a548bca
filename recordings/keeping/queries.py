"""Rules, holds, acts and their lists; which recordings are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session

from calls.tables import CallRow
from db import NotFound
from recordings.keeping.model import ANY, OPEN, ActState, Outcome, Rule
from recordings.keeping.tables import DeletionAct, DeletionItem, KeepingPolicy, LegalHold, RetentionRule
from recordings.model import RecordingState
from recordings.tables import Recording

_CALLS = 0x4B43  # advisory locks of holds and deletions; the second key is of the call,
_NUMBERS = 0x4B4E  # or of the caller's number
_WITHDRAWN_FOR = timedelta(days=30)  # so long nobody proposes again what somebody refused


@dataclass(frozen=True, slots=True)
class Due:
    """A recording whose time is over, and what its rule is chosen by."""

    recording: int
    ended_at: datetime | None
    topic: str | None
    fate: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an act is."""

    listed: int
    settled: int
    deleted: int
    held: int
    size: int  # bytes of all that is listed
    error: str | None  # what the store said last of one that it did not delete


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of an act's list."""

    item: DeletionItem
    recording: Recording
    rule: RetentionRule | None
    called_at: datetime | None


def rules(session: Session) -> Sequence[RetentionRule]:
    """All of the organisation's, those of today and of other times."""
    return session.scalars(
        select(RetentionRule).order_by(RetentionRule.topic, RetentionRule.fate, RetentionRule.valid_from.desc())
    ).all()


def rules_of(session: Session, organisation: int) -> Sequence[RetentionRule]:
    """The same, in a transaction that works for every organisation."""
    return session.scalars(select(RetentionRule).where(RetentionRule.organisation_id == organisation)).all()


def rule(session: Session, rule_id: int) -> RetentionRule:
    """One rule. NotFound."""
    found = session.get(RetentionRule, rule_id)
    if found is None:
        raise NotFound(f"rule {rule_id}")
    return found


def alike(session: Session, organisation: int, topic: str, fate: str) -> Sequence[RetentionRule]:
    """Rules for the same recordings, by their beginning."""
    return session.scalars(
        select(RetentionRule)
        .where(RetentionRule.organisation_id == organisation, RetentionRule.topic == topic, RetentionRule.fate == fate)
        .order_by(RetentionRule.valid_from)
    ).all()


def ended_before(session: Session, rule: RetentionRule) -> RetentionRule | None:
    """The rule for the same recordings whose last day is the day before this one begins, or None."""
    same = alike(session, rule.organisation_id, rule.topic, rule.fate)
    return next((each for each in same if each.valid_until == rule.valid_from - timedelta(days=1)), None)


def policy(session: Session, organisation: int, *, locked: bool = False) -> KeepingPolicy | None:
    """What the organisation says of its acts, or None; `locked` until the end of the transaction."""
    found = select(KeepingPolicy).where(KeepingPolicy.organisation_id == organisation)
    return session.scalars(found.with_for_update() if locked else found).first()


def two_persons(session: Session, organisation: int) -> bool:
    """Whether a second person must confirm an act."""
    found = policy(session, organisation)
    return found is not None and found.two_persons


def holds(session: Session, *, at_most: int = 500) -> Sequence[LegalHold]:
    """Those in force first, the newest first."""
    return session.scalars(
        select(LegalHold).order_by(LegalHold.released_at.is_not(None), LegalHold.id.desc()).limit(at_most)
    ).all()


def hold(session: Session, hold_id: int) -> LegalHold:
    """One hold. NotFound."""
    found = session.get(LegalHold, hold_id)
    if found is None:
        raise NotFound(f"hold {hold_id}")
    return found


def holds_of(session: Session, organisation: int, call: UUID, *, today: date) -> Sequence[LegalHold]:
    """The holds that protect this call's recordings today."""
    caller = select(CallRow.caller).where(CallRow.id == call).scalar_subquery()
    return session.scalars(
        select(LegalHold).where(
            LegalHold.organisation_id == organisation,
            _in_force(today),
            or_(LegalHold.call == call, and_(LegalHold.caller == caller, caller != "")),
        )
    ).all()


def due(
    session: Session, organisation: int, ordered: Sequence[Rule], *, today: date, zone: ZoneInfo, at_most: int
) -> list[Due]:
    """Stored recordings whose time is over by the rules in force, `ordered` by `model.order`; the oldest first.

    None under a hold, none on the list of an open act, none that was on one withdrawn lately.
    """
    over = or_(false(), *_over(ordered, today, zone))
    held = exists().where(
        LegalHold.organisation_id == organisation,
        _in_force(today),
        or_(LegalHold.call == Recording.call, and_(LegalHold.caller == CallRow.caller, CallRow.caller != "")),
    )
    listed = exists().where(
        DeletionItem.recording_id == Recording.id,
        or_(
            DeletionItem.outcome.is_(None),
            and_(
                DeletionItem.outcome == Outcome.WITHDRAWN,
                DeletionItem.settled_at > datetime.combine(today, time(), zone) - _WITHDRAWN_FOR,
            ),
        ),
    )
    rows = session.execute(
        select(Recording.id, Recording.ended_at, CallRow.topic, CallRow.fate)
        .outerjoin(CallRow, CallRow.id == Recording.call)
        .where(
            Recording.organisation_id == organisation,
            Recording.state == RecordingState.STORED,
            over,
            ~held,
            ~listed,
        )
        .order_by(Recording.ended_at)
        .limit(at_most)
    )
    return [Due(*row) for row in rows]


def _over(ordered: Sequence[Rule], today: date, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """For each rule: what it is the first to cover, and what of that ended before its term."""
    over: list[ColumnElement[bool]] = []
    covered: list[ColumnElement[bool]] = []
    for each in ordered:
        covers = and_(
            Recording.ended_at.is_not(None),
            *([func.coalesce(CallRow.topic, "") == each.topic] if each.topic != ANY else []),
            *([func.coalesce(CallRow.fate, "") == each.fate] if each.fate != ANY else []),
        )
        before = datetime.combine(today - each.keeps, time(), zone)
        over.append(and_(covers, not_(or_(false(), *covered)), Recording.ended_at < before))
        covered.append(covers)
    return over


def _in_force(today: date) -> ColumnElement[bool]:
    return and_(LegalHold.released_at.is_(None), or_(LegalHold.until.is_(None), LegalHold.until >= today))


def has_open_proposal(session: Session, organisation: int) -> bool:
    """Whether an act drafted by the rules waits for somebody."""
    waits = exists().where(
        DeletionAct.organisation_id == organisation, DeletionAct.drafted_by.is_(None), DeletionAct.state.in_(OPEN)
    )
    return bool(session.scalar(select(waits)))


def last_number(session: Session, organisation: int) -> int:
    """Of the organisation's acts; 0 before the first."""
    numbers = select(func.max(DeletionAct.number)).where(DeletionAct.organisation_id == organisation)
    return session.scalar(numbers) or 0


def acts(session: Session, *, at_most: int = 200) -> Sequence[DeletionAct]:
    """The newest first."""
    return session.scalars(select(DeletionAct).order_by(DeletionAct.number.desc()).limit(at_most)).all()


def act(session: Session, act_id: int, *, locked: bool = False) -> DeletionAct:
    """One act; `locked` until the end of the transaction. NotFound."""
    found = session.get(DeletionAct, act_id, with_for_update=locked, populate_existing=locked)
    if found is None:
        raise NotFound(f"act {act_id}")
    return found


def find_act(session: Session, act_id: int | None) -> DeletionAct | None:
    """The act that deleted a recording, or None."""
    return None if act_id is None else session.get(DeletionAct, act_id)


def progress(session: Session, ids: Sequence[int]) -> dict[int, Progress]:
    """How far these acts are."""
    rows = session.execute(
        select(
            DeletionItem.act_id,
            func.count(),
            func.count(DeletionItem.outcome),
            func.count().filter(DeletionItem.outcome == Outcome.DELETED),
            func.count().filter(DeletionItem.outcome == Outcome.HELD),
            func.coalesce(func.sum(Recording.size), 0),
            func.max(DeletionItem.last_error).filter(DeletionItem.outcome.is_(None)),
        )
        .join(Recording, Recording.id == DeletionItem.recording_id)
        .where(DeletionItem.act_id.in_(ids))
        .group_by(DeletionItem.act_id)
    )
    found = {row[0]: Progress(row[1], row[2], row[3], row[4], int(row[5] or 0), row[6]) for row in rows}
    return {act_id: found.get(act_id, Progress(0, 0, 0, 0, 0, None)) for act_id in ids}


def listed(session: Session, act_id: int, *, after: int = 0, at_most: int) -> list[Listed]:
    """The act's list behind an item."""
    rows = session.execute(
        select(DeletionItem, Recording, RetentionRule, CallRow.arrived_at)
        .join(Recording, Recording.id == DeletionItem.recording_id)
        .outerjoin(RetentionRule, RetentionRule.id == DeletionItem.rule_id)
        .outerjoin(CallRow, CallRow.id == Recording.call)
        .where(DeletionItem.act_id == act_id, DeletionItem.id > after)
        .order_by(DeletionItem.id)
        .limit(at_most)
    )
    return [Listed(*row) for row in rows]


def due_acts(session: Session, *, asked_before: datetime) -> Sequence[DeletionAct]:
    """Approved acts that nobody was asked lately to carry out; locked, so that two pollers do not take the same."""
    return session.scalars(
        select(DeletionAct)
        .where(
            DeletionAct.state == ActState.APPROVED,
            or_(DeletionAct.asked_at.is_(None), DeletionAct.asked_at < asked_before),
        )
        .order_by(DeletionAct.id)
        .with_for_update(skip_locked=True)
    ).all()


def waiting_items(session: Session, act_id: int, *, at_most: int) -> Sequence[DeletionItem]:
    """What of an approved act is yet to be deleted; what the store refused comes last."""
    return session.scalars(
        select(DeletionItem)
        .join(DeletionAct, DeletionAct.id == DeletionItem.act_id)
        .where(DeletionItem.act_id == act_id, DeletionItem.outcome.is_(None), DeletionAct.state == ActState.APPROVED)
        .order_by(DeletionItem.last_error.is_not(None), DeletionItem.id)
        .limit(at_most)
    ).all()


def take_item(session: Session, item_id: int) -> DeletionItem | None:
    """An item that is still to be settled, locked; None when somebody else is at it or it is settled."""
    return session.scalars(
        select(DeletionItem)
        .join(DeletionAct, DeletionAct.id == DeletionItem.act_id)
        .where(DeletionItem.id == item_id, DeletionItem.outcome.is_(None), DeletionAct.state == ActState.APPROVED)
        .with_for_update(skip_locked=True, of=DeletionItem)
    ).first()


def wait_for_holds(session: Session, call: UUID, caller: str | None) -> None:
    """Until the end of this transaction nobody else deletes the call's recordings, or puts them under a hold."""
    _take_turn(session, _CALLS, str(call))
    if caller:
        _take_turn(session, _NUMBERS, caller)


def wait_for_deletions(session: Session, hold: LegalHold) -> None:
    """Until the end of this transaction nobody deletes what the hold is to protect."""
    _take_turn(session, _CALLS if hold.call is not None else _NUMBERS, str(hold.call or hold.caller))


def _take_turn(session: Session, space: int, of: str) -> None:
    session.execute(select(func.pg_advisory_xact_lock(space, func.hashtext(of))))


def open_items(session: Session, act_id: int) -> int:
    """How many of an act's are not settled."""
    left = select(func.count()).where(DeletionItem.act_id == act_id, DeletionItem.outcome.is_(None))
    return session.scalar(left) or 0


def is_heard(session: Session, call: UUID) -> bool:
    """Whether anything of the call can still be played."""
    stored = exists().where(Recording.call == call, Recording.state == RecordingState.STORED)
    return bool(session.scalar(select(stored)))


def stored_of(session: Session, call: UUID) -> Sequence[Recording]:
    """The call's recordings that are stored and on no open list."""
    listed_ = exists().where(DeletionItem.recording_id == Recording.id, DeletionItem.outcome.is_(None))
    return session.scalars(
        select(Recording).where(Recording.call == call, Recording.state == RecordingState.STORED, ~listed_)
    ).all()
