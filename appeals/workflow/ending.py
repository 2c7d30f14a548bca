"""Every deed that ends an appeal, with its result and what the author is told; and the one that begins it anew."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from appeals import service as appeals
from appeals import telling
from appeals.addresses import service as addresses
from appeals.maps import service as maps
from appeals.model import Result, State
from appeals.particulars import service as particulars
from appeals.tables import Appeal, Applicant
from appeals.terms import model as terms
from appeals.terms import service as terms_of
from appeals.workflow import news, outside, queries, reopening, words
from appeals.workflow.filing import dispatched
from appeals.workflow.model import (
    ANSWERED,
    CHOSEN,
    ENDS_WITH,
    OF_APPEAL,
    Deed,
    Refusal,
    Told,
    Work,
    fault_of_telling,
)
from appeals.workflow.service import Begun, begun, file, note, permit, refuse, settle
from notify.model import Template
from staff.audit import audit
from staff.tables import Person

LIMITS: Final = {Deed.FORWARD: terms.Deed.FORWARD, Deed.RETURN_TO_AUTHOR: terms.Deed.RETURN}


def close(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Accepted and closed: the result of the classifier, the answer to the author. NotDone while parts are missing."""
    return _close(session, _on_appeal(session, number, Deed.CLOSE, told, by=by), Deed.CLOSE)


def dispatch(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Closed by the chancellery: the answer goes out under a number, and the author is told both."""
    step = _on_appeal(session, number, Deed.DISPATCH, told, by=by)
    appeal = _close(session, step, Deed.DISPATCH)
    if not step.again and step.filing is not None:
        numbers = {"incoming": step.filing.incoming or "–", "outgoing": step.filing.outgoing or "–"}
        _tell(session, step, words.DISPATCHED, numbers | {"answer": appeal.answer})
    return appeal


def _close(session: Session, step: Begun, deed: Deed) -> Appeal:
    if not step.again:
        refuse(None if all(Work(each.state) in ANSWERED for each in step.active) else Refusal.UNANSWERED)
        for each in step.active:
            if each.state == Work.DONE:
                each.state = Work.ACCEPTED
                note(session, step, Deed.ACCEPT, assignment=each, was=Work.DONE, became=Work.ACCEPTED, first=False)
        assert step.told.result in CHOSEN
        _end(session, step, deed, step.told.result, answer=step.told.report)
    return step.appeal


def close_with_work(session: Session, number: str, result: Result, answer: str, *, by: Person) -> Appeal:
    """Answered together with the work that it waited for; whoever still has it has it no longer."""
    step = begun(session, number, Told(report=answer, result=result), by=by)
    _end(session, step, Deed.CLOSE, result, answer=answer)
    return step.appeal


def explain(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Explained without sending it to anybody: result 9.3 (U-101)."""
    step = _on_appeal(session, number, Deed.EXPLAIN, told, by=by)
    if not step.again:
        _end(session, step, Deed.EXPLAIN, Result.EXPLAINED, answer=told.report)
    return step.appeal


def forward(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """To the body in charge: result 9.5; the author is told which (article 7)."""
    step = _on_appeal(session, number, Deed.FORWARD, told, by=by)
    if not step.again:
        _end(session, step, Deed.FORWARD, ENDS_WITH[State.FORWARDED], answer=told.reason)
        _tell(session, step, words.FORWARDED, {"body": told.body.strip(), "reason": told.reason.strip()})
    return step.appeal


def return_to_author(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Back to the author with an explanation of what is missing: result 9.4 (articles 5 and 7)."""
    step = _on_appeal(session, number, Deed.RETURN_TO_AUTHOR, told, by=by)
    if not step.again:
        _end(session, step, Deed.RETURN_TO_AUTHOR, ENDS_WITH[State.RETURNED_TO_AUTHOR], answer=told.reason)
        _tell(session, step, words.RETURNED_TO_AUTHOR, {"reason": told.reason.strip()})
    return step.appeal


def leave_unconsidered(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Not subject to consideration, with the ground: result 9.6 (articles 8 and 17)."""
    step = _on_appeal(session, number, Deed.NOT_SUBJECT, told, by=by)
    if not step.again:
        _end(session, step, Deed.NOT_SUBJECT, ENDS_WITH[State.NOT_SUBJECT], answer=told.reason)
    return step.appeal


def cancel(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """Entered by mistake: it counts in no result, and stays to be read."""
    step = _on_appeal(session, number, Deed.CANCEL, told, by=by)
    if not step.again:
        _end(session, step, Deed.CANCEL, None, answer="")
    return step.appeal


def reopen(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """A new appeal that goes on with a closed one: its own number, term and executors, marked as repeated (U-85).

    The closed one keeps its answer. NotDone without a comment, after the organisation's limit, in another state.
    """
    return _reopen(session, _on_appeal(session, number, Deed.REOPEN, told, by=by))


def reopen_for_author(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """The same because its author says that nothing is settled; `by` is the account that registers for citizens."""
    return _reopen(session, _in_state(session, number, Deed.REOPEN, told, by=by))


def _reopen(session: Session, step: Begun) -> Appeal:
    earlier, told, by, number = step.appeal, step.told, step.by, step.appeal.number
    if step.again:
        return queries.find_reopened(session, earlier.id)[-1]
    now = datetime.now(UTC)
    allowed = reopening.limit(session, earlier)
    refuse(Refusal.TOO_LATE if allowed is not None and allowed.is_past(now) else None)
    who = earlier.applicant
    fields = ("kind", "topic", "problem", "address", "source")
    known = ("kind", "title", "code", "surname", "given_name", "patronymic", "phone", "email", "address", "language")
    new = appeals.register(
        session,
        Appeal(**{name: getattr(earlier, name) for name in fields}, substance=told.reason.strip(), received_at=now),
        Applicant(**{name: getattr(who, name) for name in known}),
        by=by,
        submission=uuid4(),
        chosen=who.id,
    )
    new.applicant, new.reopens_id, new.state = who, earlier.id, State.REOPENED
    file(session, new)
    particulars.carry_over(session, earlier.id, new)
    addresses.carry_over(session, earlier.id, new)
    maps.carry_over(session, earlier.id, new)
    note(session, step, Deed.REOPEN, was=earlier.state, became=earlier.state)
    audit(session, by, f"work.{Deed.REOPEN}", f"appeal:{number}", number=new.number)
    news.tell(session, new.organisation_id, (), Deed.REOPEN)
    return new


def limits(session: Session, appeal: Appeal) -> Mapping[Deed, datetime]:
    """By when the law wants it forwarded, or returned to its author, if that is what is done with it."""
    known = terms_of.ground(session, appeal.organisation_id)
    day = known.calendar.local(appeal.received_at).date()
    found = {}
    for deed, of_terms in LIMITS.items():
        rule = terms.rule_for(known.rules, terms_of.matter_of(appeal), day, deed=of_terms)
        if rule is not None:
            found[deed] = terms.due(rule, appeal.received_at, known.calendar)
    return found


def _on_appeal(session: Session, number: str, deed: Deed, told: Told, *, by: Person) -> Begun:
    """What the table says of the deed, asked: by whom, in which state, with what. NotAllowed, NotDone."""
    permit(by, OF_APPEAL[deed], filed=queries.is_filed(session, number))
    return _in_state(session, number, deed, told, by=by)


def _in_state(session: Session, number: str, deed: Deed, told: Told, *, by: Person) -> Begun:
    """In which state, with what. NotDone."""
    row = OF_APPEAL[deed]
    step = begun(session, number, told, by=by)
    if not step.again:
        refuse(None if State(step.appeal.state) in row.sources else Refusal.NOT_NOW)
        refuse(fault_of_telling(row.needs, told, datetime.now(UTC)))
    return step


def _end(session: Session, step: Begun, deed: Deed, result: Result | None, *, answer: str) -> None:
    """The end of the appeal: whoever still has it, has it no longer."""
    appeal, now, was = step.appeal, datetime.now(UTC), step.appeal.state
    gone = [each for each in step.active if Work(each.state) not in ANSWERED]
    for each in gone:
        note(session, step, Deed.WITHDRAW, assignment=each, was=each.state, became=Work.WITHDRAWN, first=False)
        each.state = Work.WITHDRAWN
        outside.write_again(session, appeal, each, Deed.WITHDRAW, step.told.reason)
    until = limits(session, appeal).get(deed) if deed in LIMITS else None
    state = OF_APPEAL[deed].to
    assert state is not None
    appeal.state, appeal.result, appeal.closed_at = state, result, now
    appeal.answer = answer.strip()
    if result is not None:
        particulars.conclude(session, appeal)
    late = until is not None and now > until
    out = dispatched(session, step.filing, step.told.number) if step.filing is not None and result is not None else ""
    note(session, step, deed, was=was, became=appeal.state, result=result or "", until=until, late=late, body=out)
    settle(session, step, deed, {each.executor_id for each in step.assignments})


def _tell(session: Session, step: Begun, template: Template, told: Mapping[str, str]) -> None:
    key = f"work:{step.appeal.id}:{template.code}"
    telling.tell_author(session, step.appeal, template, key=key, told=told)
