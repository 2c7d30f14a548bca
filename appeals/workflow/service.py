"""Every deed on an assignment, each by the table, under the appeal's lock, written into its history, told at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from appeals.executors.model import MemberRole
from appeals.model import State
from appeals.routing import service as routing
from appeals.tables import Appeal
from appeals.terms import queries as terms
from appeals.terms import service as terms_of
from appeals.webhooks import outbox
from appeals.webhooks.model import Event
from appeals.workflow import news, outside, queries
from appeals.workflow.model import (
    ACTIVE,
    OF_APPEAL,
    OF_ASSIGNMENT,
    Deed,
    Need,
    OfAppeal,
    OfAssignment,
    OfFiling,
    Order,
    Part,
    Refusal,
    Stage,
    Told,
    Work,
    derived,
    fault_of_executors,
    fault_of_telling,
    permission_of,
)
from appeals.workflow.tables import AppealDeed, Assignment, Filing
from db import Conflict, NotFound
from staff import queries as staff
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.problems import NotAllowed


class NotDone(Conflict):
    """A deed that is not done; `why` says the reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class Changed(Conflict):
    """Somebody else did something since the page was opened: `last` says who and what."""

    def __init__(self, last: AppealDeed | None) -> None:
        super().__init__(last.deed if last else "")
        self.last = last


@dataclass(slots=True)
class Begun:
    """An appeal under its lock, with its assignments as they are now."""

    appeal: Appeal
    assignments: list[Assignment]
    by: Person
    told: Told
    again: bool  # the same form was sent before: nothing is left to do
    filing: Filing | None = None  # where it passes a chancellery

    def assignment(self, which: int) -> Assignment:
        """One of the appeal's assignments. NotFound."""
        found = next((each for each in self.assignments if each.id == which), None)
        if found is None:
            raise NotFound(f"assignment {which}")
        return found

    @property
    def active(self) -> list[Assignment]:
        """Those that count."""
        return [each for each in self.assignments if Work(each.state) in ACTIVE]


def begun(session: Session, number: str, told: Told, *, by: Person, assignment: int | None = None) -> Begun:
    """The appeal, locked. Changed where something was done to it, or to the one assignment, since it was seen."""
    appeal = terms.appeal_locked(session, number)
    known = queries.find_submission(session, told.submission) if told.submission is not None else None
    again = known is not None and known.appeal_id == appeal.id
    if told.seen is not None and not again:
        last = queries.last_deed(session, appeal.id, assignment=assignment)
        if (last.id if last is not None else 0) != told.seen:
            raise Changed(last)
    filing = queries.find_filing(session, appeal.id)
    return Begun(appeal, list(queries.assignments_anew(session, appeal.id)), by, told, again, filing)


def _on_assignment(session: Session, which: int, deed: Deed, told: Told, *, by: Person) -> tuple[Begun, Assignment]:
    """What the table says of the deed, asked: by whom, in which state, with what. NotAllowed, NotFound, NotDone."""
    row = OF_ASSIGNMENT[deed]
    number = queries.number_of(session, which)
    permit(by, row, filed=queries.is_filed(session, number))
    if row.permission == "assignments.work":
        queries.own(session, which, by.id, _today(session, by))
    step = begun(session, number, told, by=by, assignment=which)
    assignment = step.assignment(which)
    if not step.again:
        refuse(None if Work(assignment.state) in row.sources else Refusal.NOT_NOW)
        refuse(fault_of_telling(row.needs, told, datetime.now(UTC)))
    return step, assignment


def take(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """The executor has begun."""
    step, assignment = _on_assignment(session, which, Deed.TAKE, told, by=by)
    if not step.again:
        assignment.taken_at = datetime.now(UTC)
        _moved(session, step, assignment, Deed.TAKE)
    return assignment


def finish(session: Session, which: int, told: Told, *, by: Person, lacking: Collection[str] = ()) -> Assignment:
    """The executor reports. `lacking`: compulsory kinds of attachments that are not there."""
    step, assignment = _on_assignment(session, which, Deed.FINISH, told, by=by)
    if not step.again:
        _report(assignment, told, lacking, by=by, on_behalf=False)
        _moved(session, step, assignment, Deed.FINISH, result=assignment.outcome or "")
    return assignment


def answer_for(session: Session, which: int, told: Told, *, by: Person, lacking: Collection[str] = ()) -> Assignment:
    """The result of an executor without access: theirs, entered by somebody who is kept beside it (U-108)."""
    step, assignment = _on_assignment(session, which, Deed.ANSWER_FOR, told, by=by)
    if not step.again:
        _report(assignment, told, lacking, by=by, on_behalf=True)
        _moved(session, step, assignment, Deed.ANSWER_FOR, result=assignment.outcome or "")
    return assignment


def decline(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """Not in our competence: back to the dispatcher, and no term begins anew (U-105)."""
    step, assignment = _on_assignment(session, which, Deed.DECLINE, told, by=by)
    if not step.again:
        _moved(session, step, assignment, Deed.DECLINE)
    return assignment


def ask_later(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """A later control term is asked for; who decides it, and how far the law goes, is a matter of terms (U-107)."""
    step, assignment = _on_assignment(session, which, Deed.ASK_LATER, told, by=by)
    if not step.again:
        assert told.until is not None
        terms_of.ask_extension(session, step.appeal.number, told.until, told.reason, by=by)
        _moved(session, step, assignment, Deed.ASK_LATER, until=told.until)
    return assignment


def send_back(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """For rework: with a comment and a term of its own, and one more in the counter (U-110)."""
    step, assignment = _on_assignment(session, which, Deed.RETURN, told, by=by)
    if not step.again:
        assignment.due_at, assignment.reworks = told.until, assignment.reworks + 1
        _moved(session, step, assignment, Deed.RETURN, until=told.until)
    return assignment


def accept(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """One executor's part is right; the appeal is closed by a deed of its own."""
    step, assignment = _on_assignment(session, which, Deed.ACCEPT, told, by=by)
    if not step.again:
        _moved(session, step, assignment, Deed.ACCEPT)
    return assignment


def withdraw(session: Session, which: int, told: Told, *, by: Person) -> Assignment:
    """The executor has it no longer."""
    step, assignment = _on_assignment(session, which, Deed.WITHDRAW, told, by=by)
    if not step.again:
        _moved(session, step, assignment, Deed.WITHDRAW)
    return assignment


def reassign(session: Session, which: int, order: Order, told: Told, *, by: Person) -> Assignment:
    """Another executor in the place of one: the same part, the control term as it was (U-105)."""
    step, assignment = _on_assignment(session, which, Deed.REASSIGN, told, by=by)
    if step.again:
        return next((each for each in step.assignments if each.replaces_id == which), assignment)
    return _passed(session, step, assignment, order, Deed.REASSIGN)


def pass_on(session: Session, which: int, order: Order, told: Told, *, by: Person) -> Assignment:
    """A head gives it to an executor of their own house; dispatchers and the term have nothing to do with it."""
    before = queries.find_submission(session, told.submission) if told.submission is not None else None
    if before is not None and before.assignment_id == which:
        return queries.replacing(session, which)
    step, assignment = _on_assignment(session, which, Deed.PASS_ON, told, by=by)
    role = queries.seen_by(session, by.id, _today(session, by)).get(assignment.executor_id)
    refuse(None if role is MemberRole.HEAD else Refusal.NOT_HEAD)
    below = {each.id for each in queries.below(session, assignment.executor_id)}
    refuse(None if order.executor in below else Refusal.NOT_BELOW)
    return _passed(session, step, assignment, replace(order, until=order.until or assignment.due_at), Deed.PASS_ON)


def _passed(session: Session, step: Begun, assignment: Assignment, order: Order, deed: Deed) -> Assignment:
    others = [(each.executor_id, Part(each.role)) for each in step.active if each.id != assignment.id]
    part = Part(assignment.role)
    refuse(Refusal.HAS_IT if order.executor == assignment.executor_id else None)
    refuse(fault_of_executors([(order.executor, part)], others) if part is Part.MAIN else _has(order, others))
    _check_executors(session, step.appeal, [order])
    was, assignment.state = assignment.state, Work.WITHDRAWN
    session.flush()  # the place of the main executor is free before the next one takes it
    new = _added(session, step, order, part, task=order.task or assignment.task, replaces=assignment.id)
    _moved(session, step, assignment, deed, was=was, to=order.executor)
    note(session, step, Deed.ASSIGN, assignment=new, became=Work.ASSIGNED, until=new.due_at, first=False)
    return new


def assign(session: Session, number: str, wanted: Sequence[Order], told: Told, *, by: Person) -> list[Assignment]:
    """Executors for an appeal, one of them the main one, as many as it takes (U-104). NotDone."""
    row = OF_APPEAL[Deed.ASSIGN]
    permit(by, row, filed=queries.is_filed(session, number))
    step = begun(session, number, told, by=by)
    if step.again:
        return step.active
    refuse(None if step.appeal.state in row.sources else Refusal.NOT_NOW)
    return _assign(session, step, wanted)


def begin(session: Session, appeal: Appeal, *, by: Person) -> list[Assignment]:
    """The executors whom the rules of routing name, at the registration and in its transaction (U-03).

    Nobody where no rule does, where the appeal was settled at once, or for a form that was sent before; nor where it
    goes to the editor first.
    """
    step = Begun(appeal, list(queries.assignments_anew(session, appeal.id)), by, Told(), again=False)
    if appeal.state != State.REGISTERED or step.assignments or file(session, appeal):
        return []
    proposals = routing.proposed_for(session, appeal)
    named = dict.fromkeys(each for proposal in proposals for each in (proposal.executor, *proposal.co))
    orders = [Order(executor=each, part=Part.CO if place else Part.MAIN) for place, each in enumerate(named)]
    return _assign(session, step, orders) if orders else []


def file(session: Session, appeal: Appeal) -> bool:
    """Sends a new appeal on its way through the editor and the chancellery, where the organisation has them."""
    office = queries.chancellery(session, appeal.organisation_id)
    if office is None or office.since is None:
        return False
    stage = Stage.TO_FORMALISE
    whose = {"organisation_id": appeal.organisation_id, "appeal_id": appeal.id}
    session.add(Filing(**whose, stage=stage, recorded=appeal.substance))
    appeal.state = derived([], stage=stage)
    session.flush()
    news.tell(session, appeal.organisation_id, (), stage)
    return True


def _assign(session: Session, step: Begun, wanted: Sequence[Order]) -> list[Assignment]:
    present = [(each.executor_id, Part(each.role)) for each in step.active]
    refuse(fault_of_executors([(order.executor, order.part) for order in wanted], present))
    _check_executors(session, step.appeal, wanted)
    now = datetime.now(UTC)
    refuse(Refusal.PAST if any(order.until is not None and order.until <= now for order in wanted) else None)
    made = [_added(session, step, order, order.part, task=order.task) for order in wanted]
    for place, each in enumerate(made):
        note(session, step, Deed.ASSIGN, assignment=each, became=Work.ASSIGNED, until=each.due_at, first=place == 0)
    settle(session, step, Deed.ASSIGN, {each.executor_id for each in made})
    return made


def _added(
    session: Session, step: Begun, order: Order, part: Part, *, task: str, replaces: int | None = None
) -> Assignment:
    assignment = Assignment(
        organisation_id=step.appeal.organisation_id,
        appeal_id=step.appeal.id,
        executor_id=order.executor,
        role=part,
        state=Work.ASSIGNED,
        task=task.strip(),
        due_at=order.until,
        reworks=0,
        replaces_id=replaces,
        assigned_by=step.by.id,
    )
    session.add(assignment)
    session.flush()
    step.assignments.append(assignment)
    outside.write_to(session, step.appeal, assignment, queries.executor(session, order.executor))
    return assignment


def _report(assignment: Assignment, told: Told, lacking: Collection[str], *, by: Person, on_behalf: bool) -> None:
    refuse(Refusal.NO_ATTACHMENTS if lacking and Need.ATTACHMENTS in OF_ASSIGNMENT[Deed.FINISH].needs else None)
    assignment.outcome, assignment.report, assignment.later_on = told.outcome, told.report.strip(), told.later_on
    assignment.reported_by, assignment.on_behalf, assignment.done_at = by.id, on_behalf, datetime.now(UTC)


def _moved(
    session: Session,
    step: Begun,
    assignment: Assignment,
    deed: Deed,
    *,
    result: str = "",
    until: datetime | None = None,
    to: int | None = None,
    was: str = "",
) -> None:
    """The assignment's state by the table, the line in its history, the appeal's state, the news."""
    row = OF_ASSIGNMENT[deed]
    was = was or assignment.state
    assignment.state = row.to or assignment.state
    note(
        session, step, deed, assignment=assignment, was=was, became=assignment.state, result=result, until=until, to=to
    )
    outside.write_again(session, step.appeal, assignment, deed, step.told.reason)
    settle(session, step, deed, {assignment.executor_id} | ({to} if to is not None else set()))


def note(
    session: Session,
    step: Begun,
    deed: Deed,
    *,
    assignment: Assignment | None = None,
    was: str = "",
    became: str = "",
    result: str = "",
    until: datetime | None = None,
    to: int | None = None,
    body: str = "",
    late: bool = False,
    first: bool = True,
) -> None:
    """One line of the history, and the news of it; only the `first` of a form carries its name."""
    session.add(
        AppealDeed(
            organisation_id=step.appeal.organisation_id,
            appeal_id=step.appeal.id,
            assignment_id=assignment.id if assignment is not None else None,
            person_id=step.by.id,
            executor_id=assignment.executor_id if assignment is not None else None,
            to_executor_id=to,
            deed=deed,
            was=was,
            became=became,
            reason=(step.told.reason or step.told.report or step.told.text).strip(),
            result=result,
            body=step.told.body.strip() if deed is Deed.FORWARD else body,
            until_at=until,
            late=late,
            submission=step.told.submission if first else None,
        )
    )
    session.flush()
    which, whose = (assignment.id, assignment.executor_id) if assignment is not None else (None, None)
    concerned = {each for each in (whose, to) if each is not None}
    facts = {"deed": deed, "assignment": which, "was": was, "became": became}
    outbox.put(session, step.appeal, Event.CHANGED, executors=concerned, number=step.appeal.number, **facts)


def settle(session: Session, step: Begun, deed: Deed, executors: Collection[int]) -> None:
    """The open appeal's state from its assignments; the trail and the news."""
    if step.appeal.closed_at is None:
        works = [Work(each.state) for each in step.assignments]
        stage = Stage(step.filing.stage) if step.filing is not None else None
        step.appeal.state = derived(works, reopened=step.appeal.reopens_id is not None, stage=stage)
    session.flush()
    audit(session, step.by, f"work.{deed}", f"appeal:{step.appeal.number}", **_details(step.told))
    news.tell(session, step.appeal.organisation_id, executors, deed)


def _details(told: Told) -> Mapping[str, str]:
    return {"why": told.reason.strip()} if told.reason.strip() else {}


def permit(by: Person, row: OfAssignment | OfAppeal | OfFiling, *, filed: bool) -> None:
    """NotAllowed for whoever may not do the deed. What nobody does on this way is refused as not in its state."""
    permission = permission_of(row, filed=filed)
    if permission and not has(by, permission):
        raise NotAllowed(permission)
    refuse(None if permission else Refusal.NOT_NOW)


def _today(session: Session, by: Person) -> date:
    return staff.organisation(session, by.organisation_id).today()


def refuse(why: Refusal | None) -> None:
    """NotDone, if there is a reason."""
    if why is not None:
        raise NotDone(why)


def _has(order: Order, others: Sequence[tuple[int, Part]]) -> Refusal | None:
    return Refusal.HAS_IT if order.executor in {executor for executor, _part in others} else None


def _check_executors(session: Session, appeal: Appeal, wanted: Sequence[Order]) -> None:
    """NotFound for one that is not there, NotDone for one that gets no work any more, or that is complained of."""
    for order in wanted:
        refuse(None if queries.executor(session, order.executor).active else Refusal.CLOSED_EXECUTOR)
        refuse(None if routing.may_go_to(session, appeal, order.executor) else Refusal.COMPLAINED_OF)
