"""Deeds done to many appeals and their undoing: few while one waits, many by a worker, an appeal a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from appeals.journal import queries
from appeals.journal.model import AT_WORK, MOST_AT_ONCE, UNDONE_WITHIN, WHILE_ONE_WAITS, DeedState
from appeals.journal.tables import Deed
from appeals.tables import Appeal
from appeals.terms import service as terms
from appeals.terms.model import Refusal
from appeals.workflow import queries as of_work
from appeals.workflow import service as work
from appeals.workflow.model import Order, Part, Told
from db import Conflict
from staff import queries as staff
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.languages import gettext as _
from web.problems import NotAllowed

LONG_ON: Final = "long_on"
LONG_OFF: Final = "long_off"
GIVEN: Final = "given"  # to an executor
DEEDS: Final[dict[str, str]] = {  # and the permission of who does and undoes it
    LONG_ON: "terms.decide",
    LONG_OFF: "terms.decide",
    GIVEN: "appeals.assign",
}
NOT_ALLOWED: Final = "not_allowed"  # why an appeal was left: no longer, or not in the state it has
NOT_BACK: Final = "not_back"  # why it was left when the others were set back


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the undoing: how many are as before, which somebody has changed since, which one may not touch."""

    back: int
    left: Sequence[str]  # numbers
    barred: Sequence[str] = ()

    @classmethod
    def of(cls, deed: Deed) -> "Undone":
        """Of a deed that was undone."""
        barred = [number for number in deed.left if number in deed.refused]
        others = [number for number in deed.left if number not in deed.refused]
        return cls(len(deed.before) - len(deed.left), others, barred)


class TooLate(Conflict):
    """The time for undoing is over, or it is undone already."""


def set_long_control(
    session: Session, numbers: Sequence[str], *, on: bool, reason: str, language: str, by: Person
) -> Deed:
    """Puts many under long control or takes them out of it; what they were before is kept for a while. NotMoved."""
    if not reason.strip():
        raise terms.NotMoved(Refusal.NO_REASON)
    deed = Deed(deed=LONG_ON if on else LONG_OFF, reason=reason.strip(), language=language)
    return _begun(session, deed, numbers, by=by)


def give(session: Session, numbers: Sequence[str], order: Order, *, reason: str, language: str, by: Person) -> Deed:
    """Gives many to one executor, each as if it were alone; those that cannot be given stay, with the reason told."""
    deed = Deed(deed=GIVEN, reason=reason.strip(), language=language, executor_id=order.executor, part=order.part)
    return _begun(session, deed, numbers, by=by)


def _begun(session: Session, deed: Deed, numbers: Sequence[str], *, by: Person) -> Deed:
    """Few are changed now; many wait for a worker. The same asked for twice is one deed."""
    deed.organisation_id, deed.person_id = by.organisation_id, by.id
    deed.marked = list(dict.fromkeys(numbers[:MOST_AT_ONCE]))
    deed.state, deed.gone, deed.before, deed.refused, deed.left = DeedState.RUNNING, 0, {}, {}, []
    under_way = queries.same_deed(session, deed)
    if under_way is not None:
        return under_way
    session.add(deed)
    session.flush()
    _few(session, deed, by=by)
    return deed


def undo(session: Session, deed_id: int, *, by: Person) -> Deed:
    """Back to what was before, but for what somebody has changed since. NotFound, NotAllowed, TooLate, Conflict."""
    deed = queries.deed(session, deed_id, by.id, lock=True)
    if not has(by, DEEDS[deed.deed]):
        raise NotAllowed(DEEDS[deed.deed])
    if deed.state == DeedState.UNDOING:
        return deed
    if deed.state == DeedState.RUNNING:
        raise Conflict(f"deed {deed_id} is still being done")
    if deed.undone_at is not None or datetime.now(UTC) - deed.done_at > UNDONE_WITHIN:
        raise TooLate(f"deed {deed_id}")
    deed.state, deed.marked, deed.gone, deed.left = DeedState.UNDOING, sorted(deed.before), 0, []
    deed.told_at = datetime.now(UTC)
    _few(session, deed, by=by)
    return deed


def _few(session: Session, deed: Deed, *, by: Person) -> None:
    """Goes through few of them now, locked in one order, so that two who change many never wait for each other."""
    if len(deed.marked) > WHILE_ONE_WAITS:
        return
    queries.locked(session, deed.marked)
    while deed.state in AT_WORK:
        _next(session, deed, by=by)


def go_on(session: Session, deed_id: int) -> bool:
    """The next appeal of a deed that a worker does; whether there is more to do."""
    deed = queries.deed_at_work(session, deed_id)
    if deed is None:
        return False
    deed.told_at = datetime.now(UTC)
    _next(session, deed, by=staff.get(session, deed.person_id))
    return deed.state in AT_WORK


def ask_again(session: Session, silent: timedelta) -> Sequence[int]:
    """Deeds that nobody has gone on with for so long, and that are asked for once more now."""
    waiting = queries.deeds_to_do(session, silent)
    if waiting:
        session.execute(update(Deed).where(Deed.id.in_(waiting)).values(told_at=datetime.now(UTC)))
    return waiting


def _next(session: Session, deed: Deed, *, by: Person) -> None:
    """One appeal; a number that is none of one's own is passed over. After the last one it is over."""
    if deed.gone < len(deed.marked):
        number = deed.marked[deed.gone]
        deed.gone += 1
        one = _set_back if deed.state == DeedState.UNDOING else _change
        for appeal in queries.locked(session, [number]):
            one(session, deed, appeal, by=by)
    if deed.gone == len(deed.marked):
        _over(session, deed, by=by)


def _change(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> None:
    """What it was before, or why it was left, is kept with the deed."""
    try:
        with session.begin_nested():
            if not has(by, DEEDS[deed.deed]):
                raise NotAllowed(DEEDS[deed.deed])
            before = _given(session, deed, appeal, by=by) if deed.deed == GIVEN else _long(session, deed, appeal, by=by)
    except (work.NotDone, NotAllowed) as why:
        told = why.why if isinstance(why, work.NotDone) else NOT_ALLOWED
        deed.refused = {**deed.refused, appeal.number: told}
    else:
        if before is not None:
            deed.before = {**deed.before, appeal.number: before}


def _given(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> Any:
    order = Order(executor=deed.executor_id or 0, part=Part(deed.part or Part.MAIN))
    [made] = work.assign(session, appeal.number, [order], Told(reason=deed.reason), by=by)
    return {"assignment": made.id, "deed": _last_deed(session, appeal.id)}


def _long(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> Any:
    """None where it is as wanted already."""
    before, on = appeal.long_control, deed.deed == LONG_ON
    if before == on:
        return None
    terms.set_long_control(session, appeal.number, on=on, reason=deed.reason, by=by)
    return before


def _set_back(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> None:
    """As it was; left where somebody has changed it since, and where its doer may not do this any more."""
    try:
        with session.begin_nested():
            if not has(by, DEEDS[deed.deed]):
                raise NotAllowed(DEEDS[deed.deed])
            as_left = (_take_back if deed.deed == GIVEN else _long_back)(session, deed, appeal, by=by)
    except work.NotDone:
        as_left = False
    except NotAllowed:
        as_left = False
        deed.refused = {**deed.refused, appeal.number: NOT_BACK}
    if not as_left:
        deed.left = [*deed.left, appeal.number]


def _long_back(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> bool:
    on = deed.deed == LONG_ON
    as_left = appeal.long_control == on
    if as_left:
        terms.set_long_control(session, appeal.number, on=not on, reason=_("undone"), by=by)
    return as_left


def _take_back(session: Session, deed: Deed, appeal: Appeal, *, by: Person) -> bool:
    """Taken back from the executor, where nothing was done with the appeal since."""
    made = deed.before[appeal.number]
    as_left = bool(_last_deed(session, appeal.id) == made["deed"])
    if as_left:
        work.withdraw(session, made["assignment"], Told(reason=_("undone")), by=by)
    return as_left


def _over(session: Session, deed: Deed, *, by: Person) -> None:
    if deed.state == DeedState.UNDOING:
        deed.undone_at = datetime.now(UTC)
        back = sorted(set(deed.before) - set(deed.left))
        audit(session, by, "appeals.change_undone", "appeals", what=deed.deed, appeals=", ".join(back))
    else:
        deed.done_at = datetime.now(UTC)
        audit(session, by, "appeals.changed", "appeals", what=deed.deed, appeals=", ".join(deed.before))
    deed.state = DeedState.DONE


def _last_deed(session: Session, appeal: int) -> int:
    last = of_work.last_deed(session, appeal)
    return last.id if last is not None else 0
