"""What pages show of the work on appeals: an executor's inbox, one piece of work, the work on one appeal."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from appeals.executors.model import MemberRole
from appeals.model import State
from appeals.tables import Appeal
from appeals.terms import model as terms
from appeals.terms import queries as terms_of
from appeals.terms import words as term_words
from appeals.terms.model import Change, Standing
from appeals.terms.tables import ExtensionRequest
from appeals.workflow import ending, outside, queries, reopening, words
from appeals.workflow.model import (
    APPEALS,
    OF_APPEAL,
    WITH_EDITOR,
    Deed,
    Group,
    OfAppeal,
    OfAssignment,
    OfFiling,
    Part,
    Stage,
    Work,
    deeds_on_appeal,
    deeds_on_assignment,
    deeds_on_filing,
    group_of,
    permission_of,
)
from appeals.workflow.outside import Delivery
from appeals.workflow.reopening import Limit
from appeals.workflow.tables import AppealDeed, Assignment, Filing
from calls import queries as calls
from calls.tables import CallRow
from staff import queries as staff
from staff.rights import has
from staff.tables import Person
from web.languages import gettext as _

ENDINGS = {row.deed for row in APPEALS if row.to is not None}
OF_TERMS = {Change.EXTENDED, Change.NOT_EXTENDED, Change.SHORTENED}  # what people decided about the term


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How a piece of work stands: its own term, else the appeal's."""

    at: datetime
    standing: Standing
    word: str
    tone: str
    icon: str
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One line of an inbox."""

    assignment: Assignment
    group: Group
    due: Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a history."""

    at: datetime
    told: str
    who: str  # "" where a rule did it
    executor: str = ""
    to: str = ""
    body: str = ""
    reason: str = ""
    until: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One assignment with what the reader may do with it."""

    assignment: Assignment
    due: Due | None
    deeds: Sequence[OfAssignment]
    seen: int
    reporter: str
    below: Mapping[str, str] = field(default_factory=dict)  # executors to whom the head may pass it on
    deliveries: Sequence[Delivery] = ()  # to a body outside, for whoever gives work out


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a filed appeal stands with the editor and the chancellery, and what the reader may do about it."""

    filing: Filing
    editor: str
    editing: timedelta  # so far
    checking: timedelta
    call: CallRow | None  # in which it was taken down
    deeds: Sequence[OfFiling]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The work on one appeal."""

    pieces: Sequence[Piece]
    gone: Sequence[Piece]
    deeds: Sequence[OfAppeal | OfFiling]
    history: Sequence[Line]
    seen: int
    limits: Mapping[Deed, datetime]
    waiting: ExtensionRequest | None
    earlier: Appeal | None
    later: Sequence[Appeal]
    report: str  # what the main executor wrote: the answer begins with it
    submission: str
    tells_the_end: bool  # the history does, and nothing else need
    reopening: Limit | None  # until when, of a closed one
    is_late: bool  # for reopening it
    way: Way | None  # through the chancellery, where there is one

    @property
    def has_main(self) -> bool:
        """Whether an executor is the main one already."""
        return any(each.assignment.role == Part.MAIN for each in self.pieces)


def due_of(assignment: Assignment, appeal: Appeal, now: datetime) -> Due | None:
    """How it stands at that moment; None without a term."""
    at = assignment.due_at or appeal.due_at
    if at is None:
        return None
    own = assignment.due_at is not None
    attention = terms.attention(assignment.assigned_at, at) if own else appeal.attention_at
    standing = terms.standing(at, attention, now)
    assert standing is not None
    return Due(
        at=at,
        standing=standing,
        word=_(term_words.STANDINGS[standing]),
        tone=term_words.TONES[standing],
        icon=term_words.ICONS[standing],
        left=term_words.left(at, now),
    )


def inbox(assignments: Iterable[Assignment]) -> dict[Group, list[Card]]:
    """The lines of an inbox by their groups, every group there."""
    found: dict[Group, list[Card]] = {group: [] for group in Group}
    now = datetime.now(UTC)
    for each in assignments:
        due = due_of(each, each.appeal, now)
        group = group_of(Work(each.state), due.standing if due else None)
        found[group].append(Card(assignment=each, group=group, due=due))
    return found


def piece(
    session: Session,
    assignment: Assignment,
    deeds: Collection[AppealDeed],
    person: Person,
    *,
    role: MemberRole | None,
) -> Piece:
    """One assignment for whoever looks at it: `role` is theirs at this executor; None reads, and does nothing.

    Its appeal is loaded; `deeds` are at least those with this assignment.
    """
    below = queries.below(session, assignment.executor_id) if role is MemberRole.HEAD else []
    may = partial(has, person)
    whose = {assignment.reported_by} - {None}
    return Piece(
        assignment=assignment,
        due=due_of(assignment, assignment.appeal, datetime.now(UTC)),
        deeds=deeds_on_assignment(Work(assignment.state), may, heads=bool(below)) if role is not None else [],
        below={f"{each.code} · {each.name}": each.name for each in below},
        seen=max((each.id for each in deeds if each.assignment_id == assignment.id), default=0),
        reporter=staff.names(session, whose).get(assignment.reported_by or 0, ""),  # type: ignore[arg-type]
    )


def panel(session: Session, appeal: Appeal, person: Person) -> Panel:
    """The work on an appeal for whoever looks at it."""
    deeds = queries.history(session, appeal.id)
    way = _way(session, appeal, person)
    pieces = _pieces(session, appeal, deeds, person, filed=way is not None)
    active = [each for each in pieces if each.assignment.state != Work.WITHDRAWN]
    main = next((each.assignment.report for each in active if each.assignment.report), "")
    allowed = deeds_on_appeal(State(appeal.state), partial(has, person), filed=way is not None)
    until = reopening.limit(session, appeal)
    is_late = until is not None and until.is_past(datetime.now(UTC))
    return Panel(
        pieces=active,
        gone=[each for each in pieces if each.assignment.state == Work.WITHDRAWN],
        deeds=[*(way.deeds if way else ()), *(it for it in allowed if it.deed is not Deed.REOPEN or not is_late)],
        reopening=until,
        is_late=is_late,
        history=lines(session, appeal, deeds),
        seen=deeds[-1].id if deeds else 0,
        limits=ending.limits(session, appeal) if any(each.deed in ending.LIMITS for each in allowed) else {},
        waiting=terms_of.open_request(session, appeal.id),
        earlier=queries.find_appeal(session, appeal.reopens_id) if appeal.reopens_id else None,
        later=queries.find_reopened(session, appeal.id),
        report=main,
        submission=str(uuid4()),
        tells_the_end=any(each.deed in ENDINGS for each in deeds),
        way=way,
    )


def _pieces(
    session: Session, appeal: Appeal, deeds: Collection[AppealDeed], person: Person, *, filed: bool
) -> list[Piece]:
    """Every assignment there was; nothing is done with those of an appeal that is over."""
    listed = queries.assignments(session, appeal.id)
    last = {each.assignment_id: each.id for each in deeds}
    people = staff.names(session, {each.reported_by for each in listed if each.reported_by})
    now, may, is_over = datetime.now(UTC), partial(has, person), appeal.closed_at is not None
    gives = not is_over and has(person, permission_of(OF_APPEAL[Deed.ASSIGN], filed=filed))
    told = outside.deliveries(session, appeal, listed) if gives else {}
    return [
        Piece(
            assignment=each,
            due=due_of(each, appeal, now),
            deeds=[] if is_over else deeds_on_assignment(Work(each.state), may, filed=filed),
            seen=last.get(each.id, 0),
            reporter=people.get(each.reported_by or 0, ""),
            deliveries=told.get(each.id, ()),
        )
        for each in listed
    ]


def _way(session: Session, appeal: Appeal, person: Person) -> Way | None:
    """The way of the appeal through the chancellery, where it has one."""
    filing = queries.find_filing(session, appeal.id)
    if filing is None:
        return None
    stage, now = Stage(filing.stage), datetime.now(UTC)
    here = now - filing.moved_at
    return Way(
        filing=filing,
        editor=staff.get(session, filing.editor_id).name if filing.editor_id is not None else "",
        editing=filing.editing + (here if stage in WITH_EDITOR else timedelta(0)),
        checking=filing.checking + (here if stage is Stage.SUBMITTED else timedelta(0)),
        call=calls.find(session, appeal.call_id) if appeal.call_id else None,
        deeds=deeds_on_filing(stage, partial(has, person)) if appeal.closed_at is None else [],
    )


def lines(session: Session, appeal: Appeal, deeds: Collection[AppealDeed]) -> list[Line]:
    """The history in words: deeds, and what was decided about the term."""
    changes = [each for each in terms_of.changes(session, appeal.id) if each.change in OF_TERMS]
    who = {each.person_id for each in deeds} | {each.person_id for each in changes}
    people = staff.names(session, [each for each in who if each is not None])
    bodies = {each.executor_id for each in deeds} | {each.to_executor_id for each in deeds}
    named = queries.names(session, [each for each in bodies if each is not None])
    found = [
        Line(
            at=each.at,
            told=": ".join(_(part) for part in (words.DONE[each.deed], words.HOW.get(each.result, "")) if part),
            who=people.get(each.person_id or 0, ""),
            executor=named.get(each.executor_id or 0, ""),
            to=named.get(each.to_executor_id or 0, ""),
            body=words.of_body(each.deed, each.body),
            reason=each.reason,
            until=each.until_at,
            late=each.late,
        )
        for each in deeds
    ]
    found += [
        Line(
            at=change.at,
            told=_(term_words.CHANGES[change.change]),
            who=people.get(change.person_id or 0, ""),
            reason=change.reason,
            until=change.due_at,
        )
        for change in changes
    ]
    return sorted(found, key=lambda line: line.at)
