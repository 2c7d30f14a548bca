"""Every SELECT of the work on appeals."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, any_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from appeals.executors import model as in_tree
from appeals.executors import queries as executors
from appeals.executors.model import MemberRole
from appeals.executors.tables import Executor
from appeals.model import OPEN, State
from appeals.tables import Appeal
from appeals.terms.tables import ExtensionRequest
from appeals.workflow.model import WITH_EXECUTOR, Deed, Part, Stage, Work
from appeals.workflow.tables import (
    AppealCorrection,
    AppealDeed,
    Assignment,
    Chancellery,
    ChancelleryNumbering,
    Filing,
    ReopeningRule,
)
from db import NotFound

INBOX: Final = 300  # pieces of work on one screen, the most urgent of them
REPORTED: Final = 30  # handed in, waiting for the dispatcher
QUEUE: Final = 200
COUNTED_TO: Final = 10_000

_WITH_EXECUTOR_NAME = select(Assignment).options(joinedload(Assignment.executor))
_NAMED = (
    select(Assignment)
    .join(Assignment.appeal)
    .options(contains_eager(Assignment.appeal), joinedload(Assignment.executor))
)
_BEFORE, _OWN_DEED = aliased(Assignment), aliased(AppealDeed)  # made once: each names all columns anew


def assignments(session: Session, appeal: int) -> Sequence[Assignment]:
    """Everybody who has or had this appeal: the main one first, then in the order of their assignment."""
    main_first = (Assignment.role != Part.MAIN, Assignment.id)
    return session.scalars(_WITH_EXECUTOR_NAME.where(Assignment.appeal_id == appeal).order_by(*main_first)).all()


def assignments_anew(session: Session, appeal: int) -> Sequence[Assignment]:
    """The assignments as they are now, whatever this transaction has read before; the appeal's lock keeps them."""
    asked = _WITH_EXECUTOR_NAME.where(Assignment.appeal_id == appeal).order_by(Assignment.id)
    return session.scalars(asked.execution_options(populate_existing=True)).all()


def number_of(session: Session, assignment: int) -> str:
    """The number of the appeal that an assignment belongs to. NotFound."""
    found = session.scalar(
        select(Appeal.number).join(Assignment, Assignment.appeal_id == Appeal.id).where(Assignment.id == assignment)
    )
    if found is None:
        raise NotFound(f"assignment {assignment}")
    return found


def seen_by(session: Session, person: int, on: date) -> Mapping[int, MemberRole]:
    """The executors whose work this person sees on that day (U-40)."""
    return executors.seen_by(session, person, on)


def own(session: Session, assignment: int, person: int, on: date) -> Assignment:
    """The assignment with its appeal and applicant, if it is work of an executor of theirs. NotFound otherwise.

    What was taken from an executor is no longer theirs to read.
    """
    return _of(session, assignment, seen_by(session, person, on).keys())


def _of(session: Session, assignment: int, executors_seen: Collection[int]) -> Assignment:
    found = session.scalars(
        _WITH_EXECUTOR_NAME.options(joinedload(Assignment.appeal).joinedload(Appeal.applicant)).where(
            Assignment.id == assignment,
            Assignment.executor_id.in_(executors_seen),
            Assignment.state != Work.WITHDRAWN,
        )
    ).one_or_none()
    if found is None:
        raise NotFound(f"assignment {assignment}")
    return found


def readable(session: Session, assignment: int, person: int, on: date) -> Assignment:
    """The assignment as `own`; a head reads also what the executors below theirs have. NotFound otherwise."""
    return read_as(session, assignment, person, on)[0]


def read_as(session: Session, assignment: int, person: int, on: date) -> tuple[Assignment, MemberRole | None]:
    """The same, and what the reader is at its executor: None for a head of one above."""
    theirs = seen_by(session, person, on)
    led = [each for each, role in theirs.items() if role is MemberRole.HEAD]
    seen = theirs.keys() | (in_tree.within(led, executors.parents(session)) if led else frozenset())
    found = _of(session, assignment, seen)
    return found, theirs.get(found.executor_id)


def below(session: Session, executor_id: int) -> Sequence[Executor]:
    """The open executors that belong to this one, at any depth, by name."""
    parents = executors.parents(session)
    inside = in_tree.within([executor_id], parents) - {executor_id}
    return [each for each in executors.executors(session) if each.id in inside] if inside else []


def replacing(session: Session, assignment: int) -> Assignment:
    """The assignment that came into the place of this one."""
    asked = _WITH_EXECUTOR_NAME.where(Assignment.replaces_id == assignment).order_by(Assignment.id.desc()).limit(1)
    return session.scalars(asked).one()


def passed_on(session: Session, ids: Collection[int]) -> Sequence[Assignment]:
    """What these executors' heads have passed on within the house and is not verified yet, the first due on top."""
    if not ids:
        return []
    deed = exists().where(AppealDeed.assignment_id == _BEFORE.id, AppealDeed.deed == Deed.PASS_ON)
    asked = (
        _NAMED.join(_BEFORE, _BEFORE.id == Assignment.replaces_id)
        .where(_BEFORE.executor_id.in_(ids), deed, Assignment.state.in_([*WITH_EXECUTOR, Work.DONE]))
        .order_by(due().nulls_last(), Assignment.id)
    )
    return session.scalars(asked.limit(REPORTED)).all()


def due() -> ColumnElement[datetime | None]:
    """By when a piece of work is due: its own term, else the appeal's."""
    return func.coalesce(Assignment.due_at, Appeal.due_at)


def inbox(session: Session, ids: Collection[int]) -> Sequence[Assignment]:
    """What waits for these executors, the first due on top; `INBOX` at most."""
    if not ids:
        return []
    waiting = Assignment.state.in_([work.value for work in WITH_EXECUTOR])
    asked = _NAMED.where(Assignment.executor_id.in_(ids), waiting).order_by(due().nulls_last(), Assignment.id)
    return session.scalars(asked.limit(INBOX)).all()


def reported(session: Session, ids: Collection[int]) -> Sequence[Assignment]:
    """What these executors have reported and nobody has verified yet, the newest first."""
    if not ids:
        return []
    asked = _NAMED.where(Assignment.executor_id.in_(ids), Assignment.state == Work.DONE)
    return session.scalars(asked.order_by(Assignment.done_at.desc()).limit(REPORTED)).all()


def corrections(session: Session, appeal: int) -> Sequence[tuple[AppealCorrection, AppealDeed]]:
    """What was put right on the card, each field with its deed, in order."""
    asked = select(AppealCorrection, AppealDeed).join(AppealDeed, AppealDeed.id == AppealCorrection.deed_id)
    rows = session.execute(asked.where(AppealCorrection.appeal_id == appeal).order_by(AppealCorrection.id))
    return [(row[0], row[1]) for row in rows]


def corrected_since(session: Session, assignments: Collection[int]) -> frozenset[int]:
    """Those of these assignments whose card was put right and whose executor has done nothing since."""
    if not assignments:
        return frozenset()
    last = select(func.max(_OWN_DEED.id)).where(_OWN_DEED.assignment_id == Assignment.id).scalar_subquery()
    asked = select(Assignment.id).join(AppealDeed, AppealDeed.appeal_id == Assignment.appeal_id)
    ids = literal(list(assignments), ARRAY(BigInteger))
    wanted = (Assignment.id == any_(ids), AppealDeed.deed == Deed.CORRECT, AppealDeed.id > func.coalesce(last, 0))
    return frozenset(session.scalars(asked.where(*wanted)))


def find_submission(session: Session, submission: UUID) -> AppealDeed | None:
    """What this very form has done, if it was sent before."""
    return session.scalars(select(AppealDeed).where(AppealDeed.submission == submission)).one_or_none()


def last_deed(session: Session, appeal: int, *, assignment: int | None = None) -> AppealDeed | None:
    """The last thing done with the appeal, or with one of its assignments."""
    asked = select(AppealDeed).where(AppealDeed.appeal_id == appeal)
    if assignment is not None:
        asked = asked.where(AppealDeed.assignment_id == assignment)
    return session.scalars(asked.order_by(AppealDeed.id.desc()).limit(1)).first()


def history(session: Session, appeal: int, *, assignment: int | None = None) -> Sequence[AppealDeed]:
    """What was done with the appeal, in order; of one assignment only that, and what concerns the whole appeal."""
    asked = select(AppealDeed).where(AppealDeed.appeal_id == appeal)
    if assignment is not None:
        asked = asked.where(or_(AppealDeed.assignment_id == assignment, AppealDeed.assignment_id.is_(None)))
    return session.scalars(asked.order_by(AppealDeed.id)).all()


def names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Names of executors, closed ones too."""
    return executors.names(session, ids)


def offered(session: Session, present: Collection[int]) -> Sequence[Executor]:
    """Executors that may be given the appeal: open ones that do not have it."""
    return [each for each in executors.executors(session) if each.id not in present]


def executor(session: Session, executor_id: int) -> Executor:
    """The executor. NotFound, also for another organisation's."""
    return executors.get(session, executor_id)


def find_reopened(session: Session, appeal: int) -> Sequence[Appeal]:
    """The appeals that go on with this one, in order."""
    return session.scalars(select(Appeal).where(Appeal.reopens_id == appeal).order_by(Appeal.id)).all()


def find_appeal(session: Session, appeal: int) -> Appeal | None:
    """The appeal with this id."""
    return session.get(Appeal, appeal)


_ASKED = exists().where(ExtensionRequest.appeal_id == Appeal.id, ExtensionRequest.decided_at.is_(None))
_OPEN = Appeal.state.in_(sorted(OPEN))
_FILED = exists().where(Filing.appeal_id == Appeal.id)


def _at(*stages: Stage) -> ColumnElement[bool]:
    mine = exists().where(Filing.appeal_id == Appeal.id, Filing.stage.in_([stage.value for stage in stages]))
    return and_(mine, _OPEN)


def _in(*states: State) -> ColumnElement[bool]:
    return Appeal.state.in_([state.value for state in states])


QUEUES: Final[dict[str, ColumnElement[bool]]] = {  # what waits for somebody, by the address of its list
    "verify": and_(_in(State.TO_BE_VERIFIED), ~_FILED),
    "back": and_(_in(State.NOT_IN_COMPETENCE), ~_FILED),
    "later": and_(_OPEN, _ASKED),
    "unassigned": and_(_in(State.REGISTERED, State.REOPENED), ~_FILED),
    "formalise": _at(Stage.TO_FORMALISE, Stage.FORMALISING),
    "sent_back": _at(Stage.SENT_BACK),
    "submitted": _at(Stage.SUBMITTED),
    "to_enter": _at(Stage.SUBMITTED),
    "to_give": and_(_in(State.REGISTERED, State.REOPENED, State.NOT_IN_COMPETENCE), _FILED),
    "given": and_(_in(State.ASSIGNED, State.IN_WORK, State.RETURNED), _FILED),
    "to_dispatch": and_(_in(State.TO_BE_VERIFIED), _FILED),
}
DESKS: Final = {  # whose lists they are, each in the order of its tabs
    "dispatch": ("verify", "back", "later", "unassigned"),
    "editor": ("formalise", "sent_back", "submitted"),
    "chancellery": ("to_enter", "to_give", "given", "to_dispatch"),
}


def waiting(session: Session, queue: str) -> Sequence[Appeal]:
    """The appeals of one list, whose term ends first on top; `QUEUE` at most."""
    asked = select(Appeal).options(joinedload(Appeal.applicant)).where(QUEUES[queue])
    return session.scalars(asked.order_by(Appeal.due_at.nulls_last(), Appeal.id).limit(QUEUE)).all()


def counts(session: Session, queues: Iterable[str]) -> dict[str, int]:
    """How many appeals each of these lists has, counted no further than `COUNTED_TO` + 1."""
    found = {}
    for queue in queues:
        some = select(Appeal.id).where(QUEUES[queue]).limit(COUNTED_TO + 1).subquery()
        found[queue] = session.scalar(select(func.count()).select_from(some)) or 0
    return found


def executors_of(session: Session, appeals: Collection[int]) -> Mapping[int, list[Assignment]]:
    """Who has these appeals now, by appeal, the main one first."""
    found: dict[int, list[Assignment]] = {}
    if appeals:
        ids = literal(list(appeals), ARRAY(BigInteger))  # one statement, however many they are
        active = and_(Assignment.appeal_id == any_(ids), Assignment.state != Work.WITHDRAWN)
        ordered = _WITH_EXECUTOR_NAME.where(active).order_by(Assignment.role != Part.MAIN, Assignment.id)
        for each in session.scalars(ordered):
            found.setdefault(each.appeal_id, []).append(each)
    return found


def like(session: Session, text: str, *, at_most: int, closed: bool = False) -> Sequence[Executor]:
    """Open executors, if wanted closed ones too, with each of these words in name or code, by name."""
    asked = select(Executor) if closed else select(Executor).where(Executor.active)
    for word in text.split():
        asked = asked.where(or_(*(each.icontains(word, autoescape=True) for each in (Executor.name, Executor.code))))
    return session.scalars(asked.order_by(Executor.name, Executor.id).limit(at_most)).all()


def meant(session: Session, written: str) -> Executor | None:
    """The executor that was chosen ("12 · Water works"), or the only one with this code or name; None in doubt."""
    code, _dot, name = (part.strip() for part in written.partition(" · "))
    by_code = executors.find(session, code)
    if by_code is not None and (not name or by_code.name == name):
        return by_code
    named = session.scalars(select(Executor).where(Executor.name == written.strip()).limit(2)).all()
    return named[0] if len(named) == 1 else None


def reopenings(session: Session, organisation: int) -> Sequence[ReopeningRule]:
    """The rules of reopening, the one that begins last on top."""
    mine = select(ReopeningRule).where(ReopeningRule.organisation_id == organisation)
    return session.scalars(mine.order_by(ReopeningRule.valid_from.desc())).all()


def reopening(session: Session, organisation: int, on: date) -> ReopeningRule | None:
    """The rule in force that day."""
    return next((rule for rule in reopenings(session, organisation) if rule.valid_from <= on), None)


def reopening_rule(session: Session, rule: int) -> ReopeningRule:
    """The rule. NotFound, also for another organisation's."""
    found = session.get(ReopeningRule, rule)
    if found is None:
        raise NotFound(f"reopening rule {rule}")
    return found


def chancellery(session: Session, organisation: int) -> Chancellery | None:
    """How the organisation's chancellery works; None before anybody has said anything of one."""
    return session.get(Chancellery, organisation)


def find_filing(session: Session, appeal: int) -> Filing | None:
    """The way of an appeal through the chancellery as it is now; None for one that has no such way."""
    return session.get(Filing, appeal, populate_existing=True)


def is_filed(session: Session, number: str) -> bool:
    """Whether the appeal with this number passes a chancellery."""
    filed = select(Filing.appeal_id).join(Appeal, Appeal.id == Filing.appeal_id).where(Appeal.number == number)
    return session.scalar(filed) is not None


def filings_of(session: Session, appeals: Collection[int]) -> Mapping[int, Filing]:
    """The ways of these appeals, by appeal."""
    asked = select(Filing).where(Filing.appeal_id.in_(appeals))
    return {each.appeal_id: each for each in session.scalars(asked)} if appeals else {}


def numbering_locked(session: Session, organisation: int, register: str, year: int) -> ChancelleryNumbering:
    """The numbering of a register in a year, for one who takes a number at a time."""
    row = ChancelleryNumbering
    mine = (row.organisation_id == organisation, row.register == register, row.year == year)
    asked = select(row).where(*mine).with_for_update().execution_options(populate_existing=True)
    return session.scalars(asked).one()


def is_number_taken(session: Session, register: str, number: str) -> bool:
    """Whether something stands in that register of the chancellery under this number."""
    return session.scalar(select(exists().where(getattr(Filing, register) == number))) or False


def filed_as(session: Session, number: str) -> Sequence[Appeal]:
    """The appeals with this number of the chancellery, incoming or outgoing."""
    asked = select(Appeal).join(Filing, Filing.appeal_id == Appeal.id)
    return session.scalars(asked.where(or_(Filing.incoming == number, Filing.outgoing == number)).limit(2)).all()


class Pace(NamedTuple):
    """How long half of the appeals took at most, and how many there were."""

    editing: timedelta | None
    checking: timedelta | None
    entered: int


def pace(session: Session, since: datetime) -> Pace:
    """What was entered in the register since then: the time with the editor, and at the chancellery before that."""
    editing, checking = (func.percentile_cont(0.5).within_group(it) for it in (Filing.editing, Filing.checking))
    row = session.execute(select(editing, checking, func.count()).where(Filing.entered_at >= since)).one()
    return Pace(row[0], row[1], row[2])
