"""Deeds by their names: what pages and programs send becomes the one service function of each."""

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

import appeals.queries
from appeals.attachments import service as attachments
from appeals.tables import Appeal
from appeals.workflow import correcting, ending, filing, queries, service
from appeals.workflow.forms import DeedForm
from appeals.workflow.model import OF_ASSIGNMENT, Deed, Order, Part, Refusal
from appeals.workflow.tables import Assignment
from staff.tables import Person

ENDS: Final[dict[Deed, Callable[..., Appeal]]] = {
    Deed.CLOSE: ending.close,
    Deed.DISPATCH: ending.dispatch,
    Deed.EXPLAIN: ending.explain,
    Deed.FORWARD: ending.forward,
    Deed.RETURN_TO_AUTHOR: ending.return_to_author,
    Deed.NOT_SUBJECT: ending.leave_unconsidered,
    Deed.CANCEL: ending.cancel,
    Deed.CORRECT: correcting.correct,
    Deed.REOPEN: ending.reopen,
    Deed.FORMALISE: filing.formalise,
    Deed.SUBMIT: filing.submit,
    Deed.SEND_BACK: filing.send_back,
    Deed.ENTER: filing.enter,
}
PIECES: Final[dict[Deed, Callable[..., Assignment]]] = {
    Deed.RETURN: service.send_back,
    Deed.ACCEPT: service.accept,
    Deed.WITHDRAW: service.withdraw,
}
OWN: Final[dict[Deed, Callable[..., Assignment]]] = {
    Deed.TAKE: service.take,
    Deed.FINISH: service.finish,
    Deed.DECLINE: service.decline,
    Deed.ASK_LATER: service.ask_later,
}


def of_appeal(session: Session, number: str, given: DeedForm, *, by: Person) -> str:
    """A dispatcher's deed, done; the number of the appeal that it leads to. NotDone and the other refusals."""
    told, deed = given.told(), given.deed
    if deed is Deed.ASSIGN:
        service.assign(session, number, _orders(session, given), told, by=by)
    elif deed in ENDS:
        return ENDS[deed](session, number, told, by=by).number
    elif deed in OF_ASSIGNMENT and given.assignment is not None:
        if queries.number_of(session, given.assignment) != number:
            raise service.NotDone(Refusal.NOT_NOW)
        if deed is Deed.REASSIGN:
            order = Order(executor=_executor(session, given.executor), task=given.task, until=given.until_at)
            service.reassign(session, given.assignment, order, told, by=by)
        elif deed is Deed.ANSWER_FOR:
            missing = attachments.missing_kinds(session, appeals.queries.get(session, number))
            codes = [each.code for each in missing]
            service.answer_for(session, given.assignment, told, by=by, lacking=codes)
        elif deed in PIECES:
            PIECES[deed](session, given.assignment, told, by=by)
        else:
            raise service.NotDone(Refusal.NOT_NOW)
    else:
        raise service.NotDone(Refusal.NOT_NOW)
    return number


def of_assignment(session: Session, assignment: Assignment, given: DeedForm, *, by: Person) -> Assignment:
    """A deed of the executor's on their own piece of work. NotDone and the other refusals."""
    if given.deed is Deed.PASS_ON:
        order = Order(executor=_executor(session, given.executor), task=given.task, until=given.until_at)
        return service.pass_on(session, assignment.id, order, given.told(), by=by)
    if given.deed not in OWN:
        raise service.NotDone(Refusal.NOT_NOW)
    proofs = {"lacking": lacking(session, assignment)} if given.deed is Deed.FINISH else {}
    return OWN[given.deed](session, assignment.id, given.told(), by=by, **proofs)


def lacking(session: Session, assignment: Assignment) -> list[str]:
    """The kinds of attachments that this work must still be shown by (U-109). Its appeal is loaded."""
    return [each.code for each in attachments.missing_kinds(session, assignment.appeal, assignment.id)]


def _orders(session: Session, given: DeedForm) -> list[Order]:
    """The main executor, where one is named, and the others."""
    named = [(given.executor, Part.MAIN)] if given.executor.strip() else []
    named += [(each, Part.CO) for each in given.co if each.strip()]
    return [
        Order(executor=_executor(session, written), part=part, task=given.task, until=given.until_at)
        for written, part in named
    ]


def _executor(session: Session, written: str) -> int:
    found = queries.meant(session, written)
    if found is None:
        raise service.NotDone(Refusal.NO_EXECUTOR)
    return found.id
